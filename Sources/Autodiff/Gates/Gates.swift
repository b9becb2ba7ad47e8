extension Gate {
  /// The families of gates, one file each; a new family is one entry here.
  static var families: [[Gate]] {
    [
      arithmetic, exponentials, trigonometry, signs, activations, rounding, comparisons, choosing,
      reductions, spreadGates, extremes, scans, softmaxes, losses, shapes, joining, moving,
      diagonals, indexing, products, linearAlgebra, eigenvalues,
      leastSquares, convolutions, pools, maps, fused,
    ]
  }
}

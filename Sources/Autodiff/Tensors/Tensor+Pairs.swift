extension Tensor {
  /// A tensor that the closure writes, all of it, from the entries of two others; zeros where any of
  /// the three has no entries.
  init(
    shape: Shape, from a: Tensor, _ b: Tensor,
    fill: (UnsafePointer<Double>, UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void
  ) {
    self = a.withEntries { x in
      b.withEntries { y in
        Tensor(shape: shape) { out in
          guard let x = x.baseAddress, let y = y.baseAddress, let z = out.baseAddress,
            !out.isEmpty
          else {
            out.initialize(repeating: 0)
            return
          }
          fill(x, y, z)
        }
      }
    }
  }
}

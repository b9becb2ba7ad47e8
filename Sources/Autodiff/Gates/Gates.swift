extension Gate {
  /// The families of gates, one file each; a new family is one entry here.
  static var families: [[Gate]] {
    [arithmetic, shapes, indexing, products]
  }
}

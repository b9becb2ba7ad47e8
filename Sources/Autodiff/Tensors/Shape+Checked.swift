extension Shape {
  /// A shape of lengths that come from a user.
  ///
  /// Throws: too many axes, a negative length, or more entries than memory holds.
  public init(checking dimensions: [Int]) throws(GateError) {
    guard dimensions.count <= Shape.maximumRank else {
      throw GateError(
        .shape,
        "a tensor has at most \(Shape.maximumRank) axes, this would have \(dimensions.count)")
    }
    for length in dimensions {
      guard length >= 0 else {
        throw GateError(.value, "an axis cannot have \(length) entries")
      }
      guard length <= Int(Int32.max) else {
        throw GateError(
          .memory, "an axis of \(length) entries is longer than the \(Int32.max) that one may have")
      }
    }
    self.init(dimensions)
    guard fitsMemory else { throw .tooLarge(self) }
  }

  /// Whether the entries of a tensor of this shape fit the memory that a session may take.
  public var fitsMemory: Bool {
    var count = 1
    for axis in 0..<rank {
      let (product, overflow) = count.multipliedReportingOverflow(by: self[axis])
      if overflow { return false }
      count = product
    }
    return count <= MemoryLimit.bytes / MemoryLayout<Double>.stride
  }
}

import Autodiff

extension Session {
  /// What a `dtype` means: a type, a name such as `'float32'`, or a dtype.
  func dtype(_ value: Value) throws(Failure) -> DType {
    if let type = value.object(TypeObject.self), let dtype = type.dtype { return dtype }
    if let type = value.object(DTypeObject.self) { return type.dtype }
    if let name = value.text {
      let stem = name.drop { "<>=|".contains($0) }
      if stem.hasPrefix("float") || stem == "double" || ["f", "d", "f4", "f8"].contains(stem) {
        return .float
      }
      if stem.hasPrefix("int") || stem.hasPrefix("uint")
        || ["i", "i4", "i8", "u1", "long", "l", "b"].contains(stem)
      {
        return .int
      }
      if stem.hasPrefix("bool") || stem == "?" { return .bool }
    }
    throw Failure(
      .type, "\(try repr(value)) is no dtype",
      hint: "float, int and bool are; all numbers are float64")
  }

  /// The tensor with entries as a dtype wants them: truncated for integers, a mask for booleans.
  func converted(_ x: Traced, to dtype: DType) throws(Failure) -> Traced {
    switch dtype {
    case .float:
      guard x.tensor.isMask else { return x }
      return Traced(x.tensor.marked(asMask: false), x.node)
    case .int:
      for value in x.tensor.values where !value.isFinite {
        throw Failure(.value, "\(Printing.number(value)) is no integer")
      }
      let isWhole = x.tensor.withEntries { $0.allSatisfy { $0 == $0.rounded(.towardZero) } }
      if isWhole { return Traced(x.tensor.marked(asMask: false), untracked(x.node)) }
      return Traced(x.tensor.mapped { $0.rounded(.towardZero) }, untracked(x.node))
    case .bool:
      if x.tensor.isMask { return x }
      return Traced(x.tensor.mapped(isMask: true) { $0 != 0 ? 1 : 0 }, untracked(x.node))
    }
  }

  /// Integers and masks have no gradient; what was fresh stays fresh.
  private func untracked(_ node: NodeID) -> NodeID { node == .fresh ? .fresh : .constant }

  /// The tensor converted as the `dtype` argument at a place says, where it was given.
  func converted(
    _ x: Traced, _ call: BoundArguments, dtypeAt place: Int
  ) throws(Failure) -> Traced {
    guard let value = call[place] else { return x }
    return try converted(x, to: dtype(value))
  }
}

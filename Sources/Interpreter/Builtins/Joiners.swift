import Autodiff

/// `np.c_[…]`: the parts side by side, vectors as columns.
final class ColumnJoiner: Object {
  override var typeName: String { "c_" }
  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    var parts: [Traced] = []
    for part in index.object(TupleObject.self)?.items ?? [index] {
      var x = try session.joinable(part)
      if x.rank < 2 { x = try session.reshape(x, [x.shape.count, 1]) }
      parts.append(x)
    }
    guard let first = parts.first else { throw Failure(.value, "c_[…] needs at least one part") }
    return Value(try session.concatenate(parts, axis: first.rank - 1))
  }
}

/// `np.r_[…]`: the parts end to end along the first axis, slices as ranges.
final class RowJoiner: Object {
  override var typeName: String { "r_" }
  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    var parts: [Traced] = []
    for part in index.object(TupleObject.self)?.items ?? [index] {
      let x = try session.joinable(part)
      parts.append(x.rank == 0 ? try session.reshape(x, Shape(1)) : x)
    }
    guard !parts.isEmpty else { throw Failure(.value, "r_[…] needs at least one part") }
    return Value(try session.concatenate(parts, axis: 0))
  }
}

extension Session {
  /// A part between the brackets of `c_` and `r_`: a tensor, or a slice as its range.
  fileprivate func joinable(_ value: Value) throws(Failure) -> Traced {
    if let slice = value.object(SliceObject.self) {
      guard let stop = slice.stop else {
        throw Failure(.value, "a slice in c_ or r_ needs its end")
      }
      let range = RangeObject(start: slice.start ?? 0, stop: stop, step: slice.step)
      if let traced = try range.asTensor(self) { return traced }
    }
    return try Builtins.array(value, function: "r_", self)
  }
}

import Autodiff

extension Builtins {
  /// Several tensors joined, and one taken apart.
  static func joining() -> [Builtin] {
    [
      Builtin(
        "concatenate", "xs, axis=0", "Tensors joined along an axis that they have.",
        type: "gate"
      ) { call, session throws(Failure) in
        var parts = try session.tensors(call.value(0), what: "the parts of concatenate()")
        guard call.values[1]?.isNone != true else {
          for index in parts.indices {
            parts[index] = try session.reshape(parts[index], Shape(parts[index].shape.count))
          }
          return Value(try session.concatenate(parts, axis: 0))
        }
        let axis = try call.int(1, default: 0)
        return try session.apply(Gates.concatenate, parts, .axis(axis))
      },
      Builtin("stack", "xs, axis=0", "Tensors of one shape joined along a new axis.", type: "gate")
      { call, session throws(Failure) in
        let parts = try session.tensors(call.value(0), what: "the parts of stack()")
        return try session.apply(Gates.stack, parts, .axis(call.int(1, default: 0)))
      },
      Builtin(
        "hstack", "xs", "Tensors side by side: vectors end to end, matrices by columns.",
        type: "gate"
      ) { call, session throws(Failure) in
        let parts = try atLeast(1, call, session)
        return Value(try session.concatenate(parts, axis: parts[0].rank == 1 ? 0 : 1))
      },
      Builtin("vstack", "xs", "Tensors below each other; a vector is a row.", type: "gate") {
        call, session throws(Failure) in
        Value(try session.concatenate(atLeast(2, call, session), axis: 0))
      },
      Builtin("dstack", "xs", "Matrices joined along a third axis.", type: "gate") {
        call, session throws(Failure) in
        var parts = try atLeast(2, call, session)
        for index in parts.indices where parts[index].rank == 2 {
          let vector = try session.tensors(call.value(0), what: "the parts")[index].rank < 2
          let shape = parts[index].shape
          // A vector of n becomes (1, n, 1), a matrix gets its axis last.
          parts[index] = try session.reshape(
            parts[index], vector ? [1, shape.count, 1] : shape.dimensions + [1])
        }
        return Value(try session.concatenate(parts, axis: 2))
      },
      Builtin("column_stack", "xs", "Tensors side by side; a vector is a column.", type: "gate") {
        call, session throws(Failure) in
        var parts = try session.tensors(call.value(0), what: "the parts of column_stack()")
        for index in parts.indices where parts[index].rank < 2 {
          parts[index] = try session.reshape(parts[index], [parts[index].shape.count, 1])
        }
        return Value(try session.concatenate(parts, axis: 1))
      },
      Builtin(
        "append", "x, values, axis=None", "x with values at its end; flat without an axis.",
        type: "gate"
      ) { call, session throws(Failure) in
        var parts = [try call.tensor(0, session), try call.tensor(1, session)]
        guard let axis = try call.optionalInt(2) else {
          for index in parts.indices {
            parts[index] = try session.reshape(parts[index], Shape(parts[index].shape.count))
          }
          return Value(try session.concatenate(parts, axis: 0))
        }
        return try session.apply(Gates.concatenate, parts, .axis(axis))
      },
      Builtin("delete", "x, index, axis=None", "x without some entries; flat without an axis.") {
        call, session throws(Failure) in
        try deleting(call, session)
      },
      Builtin("insert", "x, index, values, axis=None", "x with values before a place.") {
        call, session throws(Failure) in
        try inserting(call, session)
      },
      split("split", axis: nil, mustBeEven: true),
      split("array_split", axis: nil, mustBeEven: false),
      split("vsplit", axis: 0, mustBeEven: true),
      split("hsplit", axis: 1, mustBeEven: true),
    ]
  }

  private static func atLeast(
    _ rank: Int, _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> [Traced] {
    var parts = try session.tensors(call.value(0), what: "the parts of \(call.function)()")
    for index in parts.indices where parts[index].rank < rank {
      let ones = [Int](repeating: 1, count: rank - parts[index].rank)
      parts[index] = try session.reshape(parts[index], ones + parts[index].shape.dimensions)
    }
    return parts
  }

  private static func deleting(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    var x = try call.tensor(0, session)
    let given = try call.optionalInt(2)
    if given == nil { x = try session.reshape(x, Shape(x.shape.count)) }
    let axis = try session.axis(given ?? 0, of: x.shape)
    let length = x.shape[axis]
    var gone: Set<Int> = []
    if let slice = call.value(1).object(SliceObject.self) {
      gone = Set(try slice.places(length))
    } else {
      for index in try call.integers(1, session) {
        guard index >= -length, index < length else {
          throw Failure(
            .index, "index \(index) is out of range for axis \(axis) of shape \(x.shape)")
        }
        gone.insert(index < 0 ? index + length : index)
      }
    }
    return Value(try session.pick(x, (0..<length).filter { !gone.contains($0) }, axis: axis))
  }

  private static func inserting(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    var x = try call.tensor(0, session)
    let given = try call.optionalInt(3)
    if given == nil { x = try session.reshape(x, Shape(x.shape.count)) }
    let axis = try session.axis(given ?? 0, of: x.shape)
    let length = x.shape[axis]
    let index = try call.int(1)
    guard index >= -length, index <= length else {
      throw Failure(.index, "index \(index) is out of range for axis \(axis) of shape \(x.shape)")
    }
    let place = index < 0 ? index + length : index
    var new = try call.tensor(2, session)
    let isFlat = new.rank == 1 && x.rank == 1
    let shape = x.shape.replacing(axis: axis, with: isFlat ? new.shape[0] : 1)
    if new.rank == x.rank - 1, new.rank > 0 {
      new = try session.reshape(new, new.shape.inserting(1, at: axis))
    }
    new = try session.trace(Gates.broadcastTo, [new], .shape(shape))
    return Value(
      try session.concatenate(
        [
          session.slice(x, 0..<place, axis: axis), new,
          session.slice(x, place..<length, axis: axis),
        ], axis: axis))
  }

  private static func split(_ name: String, axis fixed: Int?, mustBeEven: Bool) -> Builtin {
    Builtin(
      name, fixed == nil ? "x, parts, axis=0" : "x, parts",
      "A tensor taken apart along an axis: into as many equal parts, or before given places."
    ) { call, session throws(Failure) in
      let x = try call.tensor(0, session)
      let wanted: Int
      if let fixed { wanted = fixed } else { wanted = try call.int(2, default: 0) }
      let axis = try session.axis(name == "hsplit" && x.rank == 1 ? 0 : wanted, of: x.shape)
      let length = x.shape[axis]
      var bounds: [Int]
      if call.value(1).isNumber {
        let parts = try call.int(1)
        guard parts > 0 else {
          throw Failure(.value, "\(name)() needs at least one part, not \(parts)")
        }
        guard !mustBeEven || length % parts == 0 else {
          throw Failure(
            .value,
            "\(length) entries along axis \(axis) cannot be split into \(parts) equal parts",
            hint: "array_split makes parts of nearly equal size")
        }
        guard parts <= 1 << 20 else { throw Failure(.value, "\(parts) parts are too many") }
        // The first ones are longer by one where they cannot be equal.
        bounds = [0]
        for part in 0..<parts {
          bounds.append(bounds[part] + length / parts + (part < length % parts ? 1 : 0))
        }
      } else {
        bounds = [0]
        for place in try call.integers(1, session) {
          let place = place < 0 ? max(place + length, 0) : min(place, length)
          bounds.append(place)
        }
        bounds.append(length)
      }
      var parts: [Value] = []
      for (start, end) in zip(bounds, bounds.dropFirst()) {
        parts.append(Value(try session.slice(x, start..<max(start, end), axis: axis)))
      }
      return .list(parts)
    }
  }
}

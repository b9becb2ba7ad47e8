import Autodiff

extension Builtins {
  /// The same entries in another shape or order of axes.
  static func shaping() -> [Builtin] {
    [
      Builtin(
        "reshape", "x, *shape", "The same entries in another shape; -1 is worked out.",
        type: "gate"
      ) { call, session throws(Failure) in
        let x = try call.tensor(0, session)
        return Value(try reshaped(x, to: lengths(call.rest, "the shape", session), session))
      },
      Builtin("ravel", "x", "The entries as one row.", type: "gate") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        return Value(try session.reshape(x, Shape(x.shape.count)))
      },
      Builtin(
        "transpose", "x, *axes", "The axes in another order; reversed by default.",
        type: "gate"
      ) { call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let given = call.rest.filter { !$0.isNone }
        if given.isEmpty { return Value(try session.permute(x, (0..<x.rank).reversed())) }
        var order: [Int] = []
        for axis in try lengths(given, "the axes", session) {
          order.append(try session.axis(axis, of: x.shape))
        }
        guard order.sorted() == Array(0..<x.rank) else {
          throw Failure(
            .value, "the axes of a transpose name each axis once: \(order) for shape \(x.shape)")
        }
        return Value(try session.permute(x, order))
      },
      Builtin(
        "moveaxis", "x, source, destination", "Axes at other places, the others in order.",
        type: "gate"
      ) { call, session throws(Failure) in
        try moveAxes(call, session)
      },
      Builtin("swapaxes", "x, axis1, axis2", "Two axes exchanged.", type: "gate") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        var order = Array(0..<x.rank)
        order.swapAt(
          try session.axis(call.int(1), of: x.shape), try session.axis(call.int(2), of: x.shape))
        return Value(try session.permute(x, order))
      },
      Builtin(
        "expand_dims", "x, axis", "With axes of length 1 at places of the result.",
        type: "gate"
      ) { call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let places = try call.integers(1, session)
        let rank = x.rank + places.count
        let target = try session.shape(of: [Int](repeating: 1, count: rank))
        var lengths = [Int?](repeating: nil, count: rank)
        for place in places { lengths[try session.axis(place, of: target)] = 1 }
        var rest = x.shape.dimensions[...]
        return Value(try session.reshape(x, lengths.map { $0 ?? rest.popFirst() ?? 1 }))
      },
      Builtin("squeeze", "x, axis=None", "Without axes of length 1.", type: "gate") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let axes = try call.axes(1, of: x.shape, session)
        for axis in axes ?? [] where x.shape[axis] != 1 {
          throw Failure(
            .shape,
            "axis \(axis) of shape \(x.shape) has \(x.shape[axis]) entries, so it cannot"
              + " be squeezed away")
        }
        let kept = (0..<x.rank).filter { axis in
          axes.map { !$0.contains(axis) } ?? (x.shape[axis] != 1)
        }
        return Value(try session.reshape(x, kept.map { x.shape[$0] }))
      },
      Builtin(
        "broadcast_to", "x, shape", "Entries repeated along axes to fill a shape.",
        type: "gate"
      ) { call, session throws(Failure) in
        try session.apply(
          Gates.broadcastTo, [call.tensor(0, session)], .shape(call.shape(1, session)))
      },
      Builtin("broadcast_arrays", "*xs", "Each of them in the shape that all broadcast to.") {
        call, session throws(Failure) in
        var parts: [Traced] = []
        for value in call.rest { parts.append(try array(value, function: call.function, session)) }
        var shape = Shape.scalar
        for part in parts {
          guard let both = shape.broadcast(with: part.shape) else {
            throw Failure(.shape, "shapes \(shape) and \(part.shape) do not broadcast")
          }
          shape = both
        }
        var results: [Value] = []
        for part in parts { results.append(Value(try session.broadcast(part, to: shape))) }
        return .list(results)
      },
      atLeast(1), atLeast(2),
      Builtin("shape", "x", "The lengths of the axes.") { call, session throws(Failure) in
        .tuple(try call.tensor(0, session).shape.dimensions.map { .int($0) })
      },
      Builtin("ndim", "x", "The number of axes.") { call, session throws(Failure) in
        .int(try call.tensor(0, session).rank)
      },
      Builtin("size", "x, axis=None", "The number of entries, of all or along an axis.") {
        call, session throws(Failure) in
        let shape = try call.tensor(0, session).shape
        guard let axis = try call.optionalInt(1) else { return .int(shape.count) }
        return .int(shape[try session.axis(axis, of: shape)])
      },
    ]
  }

  /// Integers given one by one, or as one tuple, list or tensor.
  static func lengths(
    _ values: [Value], _ what: String, _ session: Session
  ) throws(Failure) -> [Int] {
    guard let first = values.first else {
      throw Failure(.type, "\(what) is missing", hint: "as in x.reshape(2, -1)")
    }
    if values.count == 1 { return try session.integers(first, what: what) }
    return try session.integers(.tuple(values), what: what)
  }

  /// In a shape of which one length may be -1.
  static func reshaped(
    _ x: Traced, to lengths: [Int], _ session: Session
  ) throws(Failure) -> Traced {
    var lengths = lengths
    let open = lengths.indices.filter { lengths[$0] == -1 }
    guard open.count <= 1 else {
      throw Failure(.value, "only one length of a shape can be -1")
    }
    if let place = open.first {
      var known = 1
      for length in lengths where length != -1 {
        let (product, overflow) = known.multipliedReportingOverflow(by: length)
        known = overflow ? 0 : product
      }
      guard known > 0, x.shape.count % known == 0 else {
        let wanted = lengths.map(String.init).joined(separator: ", ")
        throw Failure(
          .shape,
          "cannot reshape a tensor of shape \(x.shape) to"
            + " (\(wanted)\(lengths.count == 1 ? "," : "")): \(x.shape.count) entries are no"
            + " multiple of \(known)")
      }
      lengths[place] = x.shape.count / known
    }
    return try session.reshape(x, lengths)
  }

  private static func moveAxes(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let x = try call.tensor(0, session)
    var from: [Int] = []
    for axis in try call.integers(1, session) { from.append(try session.axis(axis, of: x.shape)) }
    var to: [Int] = []
    for axis in try call.integers(2, session) { to.append(try session.axis(axis, of: x.shape)) }
    guard from.count == to.count, Set(from).count == from.count, Set(to).count == to.count else {
      throw Failure(.value, "moveaxis() needs as many different places as axes: \(from) to \(to)")
    }
    var order = [Int?](repeating: nil, count: x.rank)
    for (axis, place) in zip(from, to) { order[place] = axis }
    var rest = (0..<x.rank).filter { !from.contains($0) }[...]
    return Value(try session.permute(x, order.map { $0 ?? rest.popFirst() ?? 0 }))
  }

  private static func atLeast(_ rank: Int) -> Builtin {
    Builtin("atleast_\(rank)d", "x", "With at least \(rank == 1 ? "one axis" : "two axes").") {
      call, session throws(Failure) in
      let x = try array(call.value(0), function: call.function, session)
      if x.rank >= rank { return Value(x) }
      let ones = [Int](repeating: 1, count: rank - x.rank)
      return Value(try session.reshape(x, ones + x.shape.dimensions))
    }
  }
}

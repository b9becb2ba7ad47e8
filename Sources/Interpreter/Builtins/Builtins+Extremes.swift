import Autodiff

extension Builtins {
  /// The largest and the smallest, by value and by place.
  static func extremes() -> [Builtin] {
    [
      extreme("max", Gates.maximum, takesLarger: true),
      extreme("min", Gates.minimum, takesLarger: false),
      place("argmax"), place("argmin"),
      Builtin("ptp", "x, axis=None, keepdims=False", "The largest entry minus the smallest.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let parameters = Parameters.axes(
          try call.axes(1, of: x.shape, session),
          keepDimensions: try call.bool(2, default: false, session))
        let largest = try session.trace(Gates.row("max"), [x], parameters)
        let smallest = try session.trace(Gates.row("min"), [x], parameters)
        return try session.apply(Gates.subtract, [largest, smallest])
      },
    ]
  }

  /// NumPy's `max` and `min`, whose second argument is the axis.
  static func arrayExtreme(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(name, "x, axis=None, keepdims=False", gate.summary, type: "gate") {
      call, session throws(Failure) in
      try reduce(gate, call, session)
    }
  }

  /// Python's and NumPy's `max` or `min` at once: of several values, of a tensor along axes, of the
  /// items of an iterable.
  private static func extreme(_ name: String, _ pairwise: Gate, takesLarger: Bool) -> Builtin {
    let reduction = Gates.row(name)
    let adjective = takesLarger ? "largest" : "smallest"
    return Builtin(
      name, "*values, axis=None, keepdims=False, key=None, default=None",
      "The \(adjective) of several values, of a tensor's entries or of an iterable's items.",
      type: "gate", gate: pairwise
    ) { call, session throws(Failure) in
      let values = call.rest
      guard let first = values.first else {
        throw Failure(.type, "\(name)() needs at least one value")
      }
      if values.count == 1 {
        if call[0] != nil || first.traced != nil {
          return try alongAxes(first, reduction, call, session)
        }
        let items = try session.items(of: first)
        guard !items.isEmpty else {
          if let other = call[3] { return other }
          throw Failure(
            .value, "\(name)() of nothing has no value", hint: "default= gives one")
        }
        return try extreme(
          of: items, pairwise: nil, reduction, key: call[2], takesLarger, session)
      }
      return try extreme(
        of: values, pairwise: pairwise, reduction, key: call[2], takesLarger, session)
    }
  }

  private static func alongAxes(
    _ value: Value, _ gate: Gate, _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    guard let x = try session.tensor(value) else {
      throw Failure(.type, "\(gate.name)() along an axis needs a tensor, not \(value.described)")
    }
    let axes = try call.axes(0, of: x.shape, session)
    let keeps = try call.bool(1, default: false, session)
    return try session.apply(gate, [x], .axes(axes, keepDimensions: keeps))
  }

  private static func extreme(
    of values: [Value], pairwise: Gate?, _ reduction: Gate, key: Value?, _ takesLarger: Bool,
    _ session: Session
  ) throws(Failure) -> Value {
    if key == nil, let value = try recorded(values, pairwise, reduction, session) { return value }
    var best = values[0]
    var bestKey = best
    if let key { bestKey = try session.call(key, Arguments([best])) }
    for value in values.dropFirst() {
      let rank = try key.map { key throws(Failure) in try session.call(key, Arguments([value])) }
      let other = rank ?? value
      let wins =
        takesLarger
        ? try session.isLess(bestKey, other) : try session.isLess(other, bestKey)
      if wins {
        best = value
        bestKey = other
      }
    }
    return best
  }

  /// The extreme of numbers or tensors, through which gradients flow; nil for other values.
  private static func recorded(
    _ values: [Value], _ pairwise: Gate?, _ reduction: Gate, _ session: Session
  ) throws(Failure) -> Value? {
    if let pairwise {
      var result: Traced?
      for value in values {
        if value.object(TupleObject.self) != nil { return nil }
        guard let x = try session.tensor(value) else { return nil }
        result =
          try result.map { sofar throws(Failure) in try session.trace(pairwise, [sofar, x]) }
          ?? x
      }
      return result.map { Value($0) }
    }
    let areNumbers = values.allSatisfy(\.isNumber)
    let areTensors = values.contains { $0.traced != nil }
    guard areNumbers || areTensors, let all = try session.stacked(values) else { return nil }
    return try session.apply(reduction, [all], .axes(nil, keepDimensions: false))
  }

  private static func place(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(name, "x, axis=None, keepdims=False", gate.summary) {
      call, session throws(Failure) in
      try reduce(gate, call, session)
    }
  }
}

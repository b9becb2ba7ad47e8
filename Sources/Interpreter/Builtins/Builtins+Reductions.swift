import Autodiff

extension Builtins {
  /// Sums and what is made of them, along axes or over all entries.
  static func reductions() -> [Builtin] {
    [
      Builtin(
        "sum", "x, axis=None, keepdims=False, start=0, dtype=None",
        "The sum of entries, along axes or of all; of an iterable its items' sum.", type: "gate",
        direct: sumOfOne
      ) { call, session throws(Failure) in
        guard call.value(0).traced == nil else { return try reduce(Gates.sum, call, session) }
        let values = try session.items(of: call.value(0))
        // Of a list of numbers the second argument is Python's start, of a nested list the axis.
        if let second = call[1], second.isNumber, !values.allSatisfy(\.isNumber) {
          return try reduce(Gates.sum, call, session)
        }
        return try sum(of: values, from: call[1] ?? call[3], session)
      },
      simple("mean"), simple("prod"), simple("logsumexp"),
      spread("var"), spread("std"),
      Builtin(
        "norm", "x, ord=None, axis=None, keepdims=False",
        "The length of a vector, or of all entries; `ord` 1, inf or p for other norms.",
        type: "gate"
      ) { call, session throws(Failure) in
        try norm(call, session)
      },
      Builtin(
        "average", "x, axis=None, weights=None", "The mean, weighted where weights are given."
      ) { call, session throws(Failure) in
        guard call[2] != nil else { return try reduce(Gates.mean, call, session) }
        return try weightedMean(call, session)
      },
      Builtin("median", "x, axis=None, keepdims=False", "The middle entry, or the mean of two.") {
        call, session throws(Failure) in
        try median(call, session)
      },
      scan("cumsum"), scan("cumprod"),
      Builtin("any", "x, axis=None, keepdims=False", "Whether one of them is true.") {
        call, session throws(Failure) in
        try truths(call, session, start: false)
      },
      Builtin("all", "x, axis=None, keepdims=False", "Whether all of them are true.") {
        call, session throws(Failure) in
        try truths(call, session, start: true)
      },
      Builtin("count_nonzero", "x, axis=None, keepdims=False", "How many entries are not 0.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session).tensor.mapped { $0 == 0 ? 0 : 1 }
        let axes = try call.axes(1, of: x.shape, session)
        let keeps = try call.bool(2, default: false, session)
        return Value(
          try session.sum(Traced(constant: x), axes: axes, keepDimensions: keeps).detached)
      },
    ]
  }

  /// A reduction by its row, with the axes at place 1 and `keepdims` at place 2.
  static func reduce(
    _ gate: Gate, _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let x = try call.tensor(0, session)
    let axes = try call.axes(1, of: x.shape, session)
    let keeps = call.values.count > 2 ? try call.bool(2, default: false, session) : false
    return try session.apply(gate, [x], .axes(axes, keepDimensions: keeps))
  }

  /// `sum(x)` with nothing else.
  private static func sumOfOne(_ x: Value, _ session: Session) throws(Failure) -> Value {
    guard let traced = x.traced else {
      return try sum(of: session.items(of: x), from: nil, session)
    }
    return try session.apply(Gates.sum, [traced], .axes(nil, keepDimensions: false))
  }

  private static func simple(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    let direct: Builtin.Direct = { value, session throws(Failure) in
      guard let x = try session.tensor(value) else {
        throw Failure(.type, "\(name)() needs a tensor for x, not \(value.described)")
      }
      return try session.apply(gate, [x], .axes(nil, keepDimensions: false))
    }
    return Builtin(
      name, "x, axis=None, keepdims=False, dtype=None", gate.summary, type: "gate", direct: direct
    ) {
      call, session throws(Failure) in
      try reduce(gate, call, session)
    }
  }

  private static func spread(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(
      name, "x, axis=None, ddof=0, keepdims=False, dtype=None", gate.summary, type: "gate"
    ) { call, session throws(Failure) in
      let x = try call.tensor(0, session)
      let axes = try call.axes(1, of: x.shape, session)
      let spread = Spread(
        axes: axes, keepsDimensions: try call.bool(3, default: false, session),
        ddof: try call.number(2, default: 0))
      return try session.apply(gate, [x], .other(spread))
    }
  }

  private static func scan(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(name, "x, axis=None", gate.summary, type: "gate") {
      call, session throws(Failure) in
      let x = try call.tensor(0, session)
      guard let axis = try call.optionalInt(1) else {
        return try session.apply(
          gate, [session.reshape(x, Shape(x.shape.count))], .axis(0))
      }
      return try session.apply(gate, [x], .axis(session.axis(axis, of: x.shape)))
    }
  }

  /// Python's sum of an iterable: many numbers as one gate, other items one after the other.
  private static func sum(
    of values: [Value], from start: Value?, _ session: Session
  ) throws(Failure) -> Value {
    // For few numbers the gates of their additions cost less than a tensor of them.
    if values.count > 64, values.allSatisfy(\.isNumber), let all = try session.stacked(values) {
      let total = try session.sum(all, axes: nil)
      guard let start else { return Value(total) }
      return try session.binary(.add, start, Value(total))
    }
    if values.contains(where: { $0.object(ListObject.self) != nil }), start == nil,
      let all = try session.stacked(values)
    {
      return Value(try session.sum(all, axes: nil))
    }
    guard let first = values.first else { return start ?? .number(0, .fresh) }
    var total = start ?? first
    if case .string = total {
      throw Failure(.type, "sum() does not join strings", hint: "use ''.join(…)")
    }
    for value in values.dropFirst(start == nil ? 1 : 0) {
      total = try session.binary(.add, total, value)
    }
    return total
  }

  private static func norm(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    let x = try call.tensor(0, session)
    let axes = try call.axes(2, of: x.shape, session)
    let keeps = try call.bool(3, default: false, session)
    let parameters = Parameters.axes(axes, keepDimensions: keeps)
    let count = axes?.count ?? x.rank
    if call[1]?.text == "fro", count != 2 {
      throw Failure(.value, "norm() with ord='fro' needs a matrix, or two axes")
    }
    guard let order = call[1], order.text != "fro" else {
      return try session.apply(Gates.row("norm"), [x], parameters)
    }
    let isNuclear = order.text == "nuc"
    guard let order = isNuclear ? 1 : order.traced?.tensor.item else {
      throw Failure(
        .value, "norm() knows no ord \(try session.repr(order))", hint: "numbers, inf, 'fro', 'nuc'"
      )
    }
    if isNuclear, count != 2 {
      throw Failure(.value, "norm() with ord='nuc' needs a matrix, or two axes")
    }
    if count == 2 {
      // The rows' axis comes first, also where it is the later one.
      let pair = axes == nil ? [0, 1] : try call.ordered(2, of: x.shape, session)
      let rest = (0..<x.rank).filter { !pair.contains($0) }.map { x.shape[$0] }
      if isNuclear || abs(order) == 2 {
        // Of the singular values the sum, the largest or the smallest.
        let axis = x.rank - 2
        let others = (0..<x.rank).filter { !pair.contains($0) }
        let values = try singularValues(session.permute(x, others + pair), session)
        let isLargest = order > 0 && values.shape[values.rank - 1] > 0
        let gate =
          isNuclear || order > 0 && !isLargest ? Gates.sum : Gates.row(isLargest ? "max" : "min")
        let result = try session.trace(gate, [values], .axes([axis], keepDimensions: false))
        return Value(
          keeps
            ? try session.reshape(
              result, (0..<x.rank).map { pair.contains($0) ? 1 : x.shape[$0] }) : result)
      }
      // Matrix norms: the largest (smallest) sum of magnitudes of a column or a row.
      let across: Int
      switch order {
      case 1, -1: across = pair[0]
      case .infinity, -.infinity: across = pair[1]
      default:
        throw Failure(
          .value, "norm() of a matrix has no ord \(Printing.number(order))",
          hint: "1, 2, inf, their negatives, 'fro', 'nuc'; ravel it for a vector norm")
      }
      let along = across == pair[0] ? pair[1] : pair[0]
      let sums = try session.sum(session.trace("abs", x), axes: [across], keepDimensions: true)
      let largest = try session.trace(
        largest(order, of: sums.shape[along]), [sums], .axes([along], keepDimensions: true))
      if keeps { return Value(largest) }
      return Value(try session.reshape(largest, rest))
    }
    guard count <= 1 else {
      throw Failure(.value, "norm() with ord needs one or two axes, not \(count)")
    }
    switch order {
    case 2: return try session.apply(Gates.row("norm"), [x], parameters)
    case 1: return Value(try session.trace(Gates.sum, [session.trace("abs", x)], parameters))
    case .infinity, -.infinity:
      let gate = largest(order, of: axes.map { x.shape[$0[0]] } ?? x.shape.count)
      return Value(try session.trace(gate, [session.trace("abs", x)], parameters))
    case 0:
      let count = Traced(constant: x.tensor.mapped { $0 == 0 ? 0 : 1 })
      return Value(try session.trace(Gates.sum, [count], parameters))
    default:
      let powers = try session.trace(Gates.power, [session.trace("abs", x), .own(order)])
      let total = try session.trace(Gates.sum, [powers], parameters)
      return Value(try session.trace(Gates.power, [total, .own(1 / order)]))
    }
  }

  /// The gate for the largest of magnitudes, which is 0 where there are none, or for the smallest.
  private static func largest(_ order: Double, of count: Int) -> Gate {
    order > 0 ? count == 0 ? Gates.sum : Gates.row("max") : Gates.row("min")
  }

  private static func weightedMean(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let x = try call.tensor(0, session)
    var weights = try call.tensor(2, session)
    let axes = try call.axes(1, of: x.shape, session)
    if let axes, axes.count == 1, weights.rank == 1, x.rank > 1,
      weights.shape[0] == x.shape[axes[0]]
    {
      let lengths = (0..<x.rank).map { $0 == axes[0] ? weights.shape[0] : 1 }
      weights = try session.reshape(weights, lengths)
    }
    let parts = try session.trace(Gates.multiply, [x, weights])
    let total = try session.sum(parts, axes: axes)
    let weight = try session.sum(session.broadcast(weights, to: x.shape), axes: axes)
    return try session.apply(Gates.divide, [total, weight])
  }

  private static func median(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    var x = try call.tensor(0, session)
    let shape = x.shape
    let axes = try call.axes(1, of: shape, session) ?? Array(0..<shape.rank)
    let kept = (0..<shape.rank).filter { !axes.contains($0) }
    // The axes go last and become one.
    x = try session.permute(x, kept + axes)
    let count = axes.reduce(1) { $0 * shape[$1] }
    if count > 0 {
      x = try session.reshape(x, kept.map { shape[$0] } + [count])
      x = try session.trace(Gates.sort, [x], .axis(kept.count))
      let last = try session.pick(
        x, [IndexItem](repeating: .whole, count: kept.count) + [.integer(count - 1)])
      let middle = count % 2 == 1 ? count / 2..<count / 2 + 1 : count / 2 - 1..<count / 2 + 1
      x = try session.slice(x, middle, axis: kept.count)
      x = try session.trace(Gates.mean, [x], .axes([kept.count], keepDimensions: false))
      x = try Builtins.nan(where: last, in: x, session)
    } else {
      // Of no entries there is no median.
      x = Traced(
        constant: Tensor(repeating: .nan, shape: try session.shape(of: kept.map { shape[$0] })))
    }
    guard try call.bool(2, default: false, session) else { return Value(x) }
    return Value(
      try session.reshape(x, (0..<shape.rank).map { axes.contains($0) ? 1 : shape[$0] }))
  }

  /// nan where the last entry of a sorted line is nan: nan goes last, so the line has one.
  static func nan(
    where last: Traced, in x: Traced, _ session: Session
  ) throws(Failure) -> Traced {
    let isMissing = last.tensor.mapped(isMask: true) { $0.isNaN ? 1 : 0 }
    guard isMissing.withEntries({ $0.contains(1) }) else { return x }
    return try session.trace(Gates.choose, [Traced(constant: isMissing), .own(.nan), x])
  }

  /// `any` and `all`: of an iterable by truth, of a tensor along axes.
  private static func truths(
    _ call: BoundArguments, _ session: Session, start: Bool
  ) throws(Failure) -> Value {
    if call.value(0).traced == nil, call[1] == nil {
      if let list = call.value(0).object(ListObject.self),
        list.items.contains(where: { !$0.isNumber }), try session.tensor(call.value(0)) != nil
      {
        return try reduce(Gates.row(call.function), call, session)
      }
      let items = try session.iterator(call.value(0))
      var place = 0
      while let item = try items.next(session) {
        place += 1
        try Session.look(at: place)
        if try session.truth(item) != start { return .boolean(!start) }
      }
      return .boolean(start)
    }
    return try reduce(Gates.row(call.function), call, session)
  }
}

extension BoundArguments {
  /// Axes in the order in which they were given.
  fileprivate func ordered(
    _ index: Int, of shape: Shape, _ session: Session
  ) throws(Failure) -> [Int] {
    try integers(index, session).map { axis throws(Failure) in
      try session.axis(axis, of: shape)
    }
  }
}

extension Value {
  /// Whether it is a number, a boolean or a tensor of rank 0.
  var isNumber: Bool {
    switch self {
    case .number, .boolean: true
    case .param(let param): param.tensor.isScalar
    default: false
    }
  }
}

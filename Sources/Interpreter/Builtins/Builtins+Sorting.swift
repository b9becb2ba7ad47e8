import Autodiff

extension Builtins {
  /// Order among entries.
  static func sorting() -> [Builtin] {
    [
      Builtin(
        "sort", "x, axis=-1, kind=None", "The entries in rising order along an axis.",
        type: "gate"
      ) { call, session throws(Failure) in
        try ordered(Gates.sort, call, session)
      },
      Builtin("argsort", "x, axis=-1, kind=None", "The places that would sort along an axis.") {
        call, session throws(Failure) in
        try ordered(Gates.row("argsort"), call, session)
      },
      Builtin(
        "unique",
        "x, return_index=False, return_inverse=False, return_counts=False",
        "The different entries in rising order; with their first places, the place of each entry"
          + " among them, and how often each stands."
      ) { call, session throws(Failure) in
        try unique(call, session)
      },
      Builtin("bincount", "x, weights=None, minlength=0", "How often 0, 1, 2, … stand in x.") {
        call, session throws(Failure) in
        try bincount(call, session)
      },
      Builtin(
        "searchsorted", "x, v, side='left'", "Where values would stand in a sorted vector."
      ) { call, session throws(Failure) in
        let sorted = try call.tensor(0, session).tensor
        guard sorted.shape.rank == 1 else {
          throw Failure(.shape, "searchsorted() needs a vector, not shape \(sorted.shape)")
        }
        let side = try call.string(2, default: "left")
        guard side == "left" || side == "right" else {
          throw Failure(.value, "searchsorted() knows the sides 'left' and 'right', not '\(side)'")
        }
        let entries = sorted.values
        return .constant(
          try call.tensor(1, session).tensor.mapped {
            Double(place(of: $0, in: entries, afterEquals: side == "right"))
          })
      },
      Builtin("digitize", "x, bins", "The bin of each entry, of bins given by rising bounds.") {
        call, session throws(Failure) in
        let bins = try call.tensor(1, session).tensor.values
        return .constant(
          try call.tensor(0, session).tensor.mapped {
            Double(place(of: $0, in: bins, afterEquals: true))
          })
      },
      Builtin("percentile", "x, q, axis=None", "The entry below which q percent of entries are.") {
        call, session throws(Failure) in
        try quantile(call, session, scale: 0.01)
      },
      Builtin("quantile", "x, q, axis=None", "The entry below which a share q of entries is.") {
        call, session throws(Failure) in
        try quantile(call, session, scale: 1)
      },
    ]
  }

  private static func ordered(
    _ gate: Gate, _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    var x = try call.tensor(0, session)
    if call.values[1]?.isNone == true { x = try session.reshape(x, Shape(x.shape.count)) }
    return try session.apply(
      gate, [x], .axis(session.axis(call.int(1, default: -1), of: x.shape)))
  }

  /// The first place whose entry is not before a value.
  private static func place(
    of value: Double, in entries: [Double], afterEquals: Bool
  ) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      let entry = entries[middle]
      // nan stands after all numbers.
      let isBefore =
        entry < value || (afterEquals && entry == value)
        || (value.isNaN && !entry.isNaN)
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func unique(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    let x = try array(call.value(0), function: "unique", session).tensor
    let entries = x.values
    let order = SortedOrder.of(x)
    try session.checkInterruption()
    var values: [Double] = []
    var first: [Double] = []
    var counts: [Double] = []
    var inverse = [Double](repeating: 0, count: entries.count)
    for (turn, place) in order.enumerated() {
      try Session.look(at: turn)
      let value = entries[place]
      let isSame = values.last.map { $0 == value || ($0.isNaN && value.isNaN) } ?? false
      if isSame {
        counts[counts.count - 1] += 1
      } else {
        values.append(value)
        first.append(Double(place))
        counts.append(1)
      }
      inverse[place] = Double(values.count - 1)
    }
    func vector(_ numbers: [Double], isMask: Bool = false) -> Value {
      .constant(Tensor(shape: Shape(numbers.count), values: numbers, isMask: isMask))
    }
    var results = [vector(values, isMask: x.isMask)]
    if try call.bool(1, default: false, session) { results.append(vector(first)) }
    if try call.bool(2, default: false, session) {
      results.append(.constant(Tensor(shape: x.shape, values: inverse)))
    }
    if try call.bool(3, default: false, session) { results.append(vector(counts)) }
    return results.count == 1 ? results[0] : .tuple(results)
  }

  private static func bincount(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    var places: [Int] = []
    for value in try call.tensor(0, session).tensor.values {
      guard let place = Int(exactly: value), place >= 0 else {
        throw Failure(.value, "bincount() counts integers from 0 up, not \(Printing.number(value))")
      }
      places.append(place)
      try Session.look(at: places.count)
    }
    let weights = call[1] == nil ? nil : try call.tensor(1, session).tensor
    if let weights, weights.count != places.count {
      throw Failure(
        .shape,
        "bincount() needs a weight for each of \(places.count) entries, not"
          + " \(weights.count)")
    }
    let (last, overflow) = (places.max() ?? -1).addingReportingOverflow(1)
    let least = try call.int(2, default: 0)
    let shape = try session.shape(of: [overflow ? Int.max : max(last, least)])
    return .constant(
      Tensor(shape: shape) { entries in
        entries.initialize(repeating: 0)
        for (index, place) in places.enumerated() { entries[place] += weights?[index] ?? 1 }
      })
  }

  /// The quantile by linear interpolation between the entries at both sides.
  private static func quantile(
    _ call: BoundArguments, _ session: Session, scale: Double
  ) throws(Failure) -> Value {
    let x = try call.tensor(0, session)
    let shares = try call.tensor(1, session).tensor
    let axes = try call.axes(2, of: x.shape, session) ?? Array(0..<x.rank)
    let kept = (0..<x.rank).filter { !axes.contains($0) }
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    guard count > 0 else {
      throw Failure(.value, "\(call.function)() of no entries has no value")
    }
    var line = try session.permute(x, kept + axes)
    line = try session.reshape(line, kept.map { x.shape[$0] } + [count])
    line = try session.trace(Gates.sort, [line], .axis(kept.count))
    let last = try session.pick(
      line, [IndexItem](repeating: .whole, count: kept.count) + [.integer(count - 1)])
    var results: [Traced] = []
    for share in shares.values {
      guard share * scale >= 0, share * scale <= 1 else {
        throw Failure(
          .value,
          "\(call.function)() needs q from 0 to \(Printing.number(1 / scale)), not"
            + " \(Printing.number(share))")
      }
      let position = share * scale * Double(count - 1)
      let low = Int(position)
      let weight = position - Double(low)
      let items = [IndexItem](repeating: .whole, count: kept.count)
      let below = try session.pick(line, items + [.integer(low)])
      guard weight > 0 else {
        results.append(try nan(where: last, in: below, session))
        continue
      }
      let above = try session.pick(line, items + [.integer(low + 1)])
      let step = try session.trace(Gates.subtract, [above, below])
      let part = try session.trace(Gates.multiply, [.own(weight), step])
      results.append(
        try nan(where: last, in: session.trace(Gates.add, [below, part]), session))
    }
    if shares.isScalar { return Value(results[0]) }
    return Value(try session.stack(results, axis: 0))
  }
}

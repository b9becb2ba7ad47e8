import Autodiff

extension Builtins {
  /// Entries repeated, moved and surrounded.
  static func repeating() -> [Builtin] {
    [
      Builtin("repeat", "x, repeats, axis=None", "Each entry several times.", type: "gate") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let counts = try call.integers(1, session)
        let axis = try call.optionalInt(2).map { axis throws(Failure) in
          try session.axis(axis, of: x.shape)
        }
        return try session.apply(Gates.row("repeat"), [x], .other(Repetition(counts, axis: axis)))
      },
      Builtin("tile", "x, reps", "The whole tensor several times along each axis.", type: "gate") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let counts = try call.shape(1, session)
        return try session.apply(Gates.row("tile"), [x], .shape(counts))
      },
      Builtin(
        "pad", "x, pad_width, mode='constant', constant_values=0",
        "Entries before and after each axis: a constant, or by mode edge, reflect, wrap, symmetric.",
        type: "gate"
      ) { call, session throws(Failure) in
        try pad(call, session)
      },
      Builtin("flip", "x, axis=None", "The entries in reverse order along axes.", type: "gate") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        return try session.apply(
          Gates.row("flip"), [x],
          .axes(call.axes(1, of: x.shape, session), keepDimensions: false))
      },
      mirrored("fliplr", axis: 1), mirrored("flipud", axis: 0),
      Builtin(
        "roll", "x, shift, axis=None",
        "The entries moved on; what falls off comes in at the start.",
        type: "gate"
      ) { call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let shifts = try call.integers(1, session)
        let axes = call[2] == nil ? nil : try call.integers(2, session)
        return try session.apply(Gates.row("roll"), [x], .other(Roll(shifts, axes: axes)))
      },
      Builtin("rot90", "x, k=1", "A matrix turned by a quarter, k times.", type: "gate") {
        call, session throws(Failure) in
        var x = try call.tensor(0, session)
        guard x.rank >= 2 else {
          throw Failure(.shape, "rot90() needs a matrix, not a tensor of shape \(x.shape)")
        }
        let quarters = ((try call.int(1, default: 1) % 4) + 4) % 4
        var order = Array(0..<x.rank)
        order.swapAt(0, 1)
        for _ in 0..<quarters {
          x = try session.permute(x, order)
          x = try session.trace(Gates.row("flip"), [x], .axes([0], keepDimensions: false))
        }
        return Value(x)
      },
      Builtin("diff", "x, n=1, axis=-1", "Differences of neighbours.", type: "gate") {
        call, session throws(Failure) in
        var x = try call.tensor(0, session)
        let axis = try session.axis(call.int(2, default: -1), of: x.shape)
        for _ in 0..<min(max(try call.int(1, default: 1), 0), x.shape[axis]) {
          let length = x.shape[axis]
          x = try session.trace(
            Gates.subtract,
            [
              session.slice(x, min(1, length)..<length, axis: axis),
              session.slice(x, 0..<max(length - 1, 0), axis: axis),
            ])
        }
        return Value(x)
      },
    ]
  }

  private static func mirrored(_ name: String, axis: Int) -> Builtin {
    Builtin(
      name, "x", axis == 0 ? "The rows in reverse order." : "The columns in reverse order.",
      type: "gate"
    ) { call, session throws(Failure) in
      let x = try call.tensor(0, session)
      return try session.apply(
        Gates.row("flip"), [x],
        .axes([session.axis(axis, of: x.shape)], keepDimensions: false))
    }
  }

  private static func pad(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    var x = try call.tensor(0, session)
    let widths = try widths(call, rank: x.rank, session)
    let mode = try call.string(2, default: "constant")
    if mode == "constant" {
      let value = try call.number(3, default: 0)
      return try session.apply(Gates.row("pad"), [x], .other(Padding(widths, value: value)))
    }
    for (axis, width) in widths.enumerated() where width != (0, 0) {
      let length = x.shape[axis]
      guard length > 0, width.before >= 0, width.after >= 0 else {
        throw Failure(
          .value, "pad() cannot put \(width) entries around axis \(axis) of shape \(x.shape)")
      }
      _ = try session.shape(of: [length, width.before, width.after])
      var places: [Int] = []
      for place in -width.before..<length + width.after {
        guard let place = source(of: place, length, mode) else {
          throw Failure(
            .value, "pad() knows no mode '\(mode)'",
            hint: "constant, edge, reflect, symmetric and wrap")
        }
        places.append(place)
      }
      x = try session.pick(x, places, axis: axis)
    }
    return Value(x)
  }

  /// Where an entry beyond the ends of an axis comes from; nil for an unknown mode.
  private static func source(of place: Int, _ length: Int, _ mode: String) -> Int? {
    func modulo(_ a: Int, _ b: Int) -> Int { ((a % b) + b) % b }
    switch mode {
    case "edge": return min(max(place, 0), length - 1)
    case "wrap": return modulo(place, length)
    case "symmetric":
      let folded = modulo(place, 2 * length)
      return folded < length ? folded : 2 * length - 1 - folded
    case "reflect":
      if length == 1 { return 0 }
      let folded = modulo(place, 2 * length - 2)
      return folded < length ? folded : 2 * length - 2 - folded
    default: return nil
    }
  }

  /// Widths of padding: a number, one pair for all axes, or a pair for each.
  private static func widths(
    _ call: BoundArguments, rank: Int, _ session: Session
  ) throws(Failure) -> [(before: Int, after: Int)] {
    let value = call.value(1)
    if value.isNumber {
      let width = try call.int(1)
      return [(before: Int, after: Int)](repeating: (width, width), count: rank)
    }
    var pairs: [[Int]] = []
    let parts = try session.items(of: value)
    for part in parts {
      pairs.append(try session.integers(part, what: "pad_width"))
    }
    if pairs.count == 2, pairs.allSatisfy({ $0.count == 1 }), parts.allSatisfy(\.isNumber) {
      pairs = [[pairs[0][0], pairs[1][0]]]
    }
    if pairs.count == 1 { pairs = [[Int]](repeating: pairs[0], count: rank) }
    guard pairs.count == rank, pairs.allSatisfy({ (1...2).contains($0.count) }) else {
      throw Failure(
        .value,
        "pad_width is a number, a pair or a pair for each of \(rank) axes,"
          + " not \(try session.repr(value))")
    }
    return pairs.map { ($0[0], $0[$0.count - 1]) }
  }
}

/// How far entries move: along the axes, or through all entries in row-major order.
public struct Roll: Sendable {
  public var shifts: [Int]
  public var axes: [Int]?

  public init(_ shifts: [Int], axes: [Int]?) {
    self.shifts = shifts
    self.axes = axes
  }
}

/// How often entries follow themselves: one count for all, or one for each.
public struct Repetition: Sendable {
  public var counts: [Int]
  /// Nil repeats the entries in row-major order.
  public var axis: Int?

  public init(_ counts: [Int], axis: Int?) {
    self.counts = counts
    self.axis = axis
  }
}

/// What is put around a tensor: entries before and after for each axis, all of one value.
public struct Padding: Sendable {
  public var widths: [(before: Int, after: Int)]
  public var value: Double

  public init(_ widths: [(before: Int, after: Int)], value: Double = 0) {
    self.widths = widths
    self.value = value
  }
}

extension Gate {
  /// Entries moved, repeated and surrounded.
  ///
  /// Parameters: `.axes` for `flip`, `.other(Roll)` for `roll`, `.other(Repetition)` for `repeat`,
  /// `.shape` with the counts for `tile`, `.other(Padding)` for `pad`.
  static let moving: [Gate] = [
    moving(
      "flip", parameters: ["axis=None"], summary: "The entries in reverse order along axes.",
      samples: [
        Sample([Shape(3, 4)], .axes(nil, keepDimensions: false)),
        Sample([Shape(2, 3, 4)], .axes([1], keepDimensions: false)),
        Sample([Shape(0, 3)], .axes(nil, keepDimensions: false)),
      ],
      { source, parameters throws(GateError) in
        guard case .axes(let axes, _) = parameters else { throw .parameters }
        var start = 0
        var steps = source.strides
        for axis in try source.resolved(axes: axes) {
          start += max(source[axis] - 1, 0) * steps[axis]
          steps[axis] = -steps[axis]
        }
        return Selection(
          source: source, result: source, places: .strided(start: start, steps: steps))
      }),
    moving(
      "roll", parameters: ["shift", "axis=None"],
      summary: "The entries moved on; what falls off the end comes in at the start.",
      samples: [
        Sample([Shape(3, 4)], .other(Roll([5], axes: nil))),
        Sample([Shape(3, 4)], .other(Roll([1, -2], axes: [0, 1]))),
      ],
      { source, parameters throws(GateError) in
        guard case .other(let roll as Roll) = parameters else { throw .parameters }
        guard let axes = roll.axes else {
          var shift = 0
          for part in roll.shifts { shift = try Selection.sum(shift, part) }
          let offsets = Selection.rolled(source.count, shift)
          return Selection(source: source, result: source, places: .listed(offsets))
        }
        guard axes.count == roll.shifts.count || roll.shifts.count == 1 else {
          throw GateError(
            .value, "roll was given \(roll.shifts.count) shifts for \(axes.count) axes")
        }
        var shifts = [Int](repeating: 0, count: source.rank)
        for (index, axis) in axes.enumerated() {
          let place = try source.resolved(axis: axis)
          shifts[place] = try Selection.sum(
            shifts[place], roll.shifts[roll.shifts.count == 1 ? 0 : index])
        }
        return try Selection(
          source: source, axes: (0..<source.rank).map { Selection.rolled(source[$0], shifts[$0]) })
      }),
    moving(
      "repeat", parameters: ["repeats", "axis=None"],
      summary: "Each entry several times, one after the other.",
      samples: [
        Sample([Shape(3, 2)], .other(Repetition([2], axis: nil))),
        Sample([Shape(3, 2)], .other(Repetition([0, 3, 1], axis: 0))),
      ],
      { source, parameters throws(GateError) in
        guard case .other(let repetition as Repetition) = parameters else { throw .parameters }
        let axis = try repetition.axis.map { axis throws(GateError) in
          try source.resolved(axis: axis)
        }
        let length = axis.map { source[$0] } ?? source.count
        let counts = repetition.counts
        guard counts.count == 1 || counts.count == length else {
          throw GateError(
            .value, "repeat was given \(counts.count) counts for \(length) entries")
        }
        var total = 0
        for index in 0..<length {
          let count = counts[counts.count == 1 ? 0 : index]
          guard count >= 0 else {
            throw GateError(.value, "entries cannot be repeated \(count) times")
          }
          total = try Selection.sum(total, count)
        }
        // Checked before the list of places is made.
        _ = try Shape(checking: [total])
        let places = (0..<length).flatMap {
          [Int](repeating: $0, count: counts[counts.count == 1 ? 0 : $0])
        }
        guard let axis else {
          return Selection(source: source, result: Shape(total), places: .listed(places))
        }
        var axes = (0..<source.rank).map { Array(0..<source[$0]) }
        axes[axis] = places
        return try Selection(source: source, axes: axes)
      }),
    moving(
      "tile", parameters: ["reps"], summary: "The whole tensor several times along each axis.",
      samples: [
        Sample([Shape(2, 3)], .shape(Shape(2, 1))), Sample([Shape(3)], .shape(Shape(2, 2))),
        Sample([Shape(2, 3)], .shape(Shape(2))), Sample([Shape()], .shape(Shape(3))),
      ],
      { source, parameters throws(GateError) in
        guard case .shape(let counts) = parameters else { throw .parameters }
        let rank = max(source.rank, counts.rank)
        let lengths = [Int](repeating: 1, count: rank - source.rank) + source.dimensions
        let repeats = [Int](repeating: 1, count: rank - counts.rank) + counts.dimensions
        var result: [Int] = []
        for (length, count) in zip(lengths, repeats) {
          let (product, overflow) = length.multipliedReportingOverflow(by: count)
          result.append(overflow ? Int.max : product)
        }
        _ = try Shape(checking: result)
        let wide = try Selection(
          source: Shape(lengths),
          axes: zip(lengths, result).map { length, total in (0..<total).map { $0 % length } })
        return Selection(source: source, result: wide.result, places: wide.places)
      }),
    .general(
      "pad", parameters: ["width", "value=0"],
      summary: "The tensor with entries of one value around it.", formula: "pad(x, width)",
      localGradient: "placement",
      samples: [
        Sample([Shape(2, 3)], .other(Padding([(1, 0), (2, 1)], value: 3))),
        Sample([Shape(2)], .other(Padding([(0, 2)]))),
      ],
      forward: { operands, parameters throws(GateError) in
        let (padding, selection) = try Padding.resolved(parameters, operands[0].shape)
        var result = Tensor(repeating: padding.value, shape: selection.source)
        result.replace(selection, with: operands[0])
        return result
      },
      local: { _, application, _ throws(GateError) in
        .placement(try Padding.resolved(application.parameters, application.operands[0].shape).1)
      }),
  ]

  /// A gate that picks entries by a rule of its own.
  static func moving(
    _ name: String, parameters: [String], summary: String, source: String = "NumPy",
    samples: [Sample],
    _ selection: @escaping @Sendable (Shape, Parameters) throws(GateError) -> Selection
  ) -> Gate {
    .general(
      name, parameters: parameters, summary: summary,
      formula: "\(name)(x, \(parameters[0].prefix { $0 != "=" }))", localGradient: "selection",
      source: source, samples: samples,
      forward: { operands, parameters throws(GateError) in
        operands[0].picking(try selection(operands[0].shape, parameters))
      },
      local: { _, application, _ throws(GateError) in
        .selection(try selection(application.operands[0].shape, application.parameters))
      })
  }
}

extension Padding {
  /// The padding and where the operand stands in the result.
  fileprivate static func resolved(
    _ parameters: Parameters, _ shape: Shape
  ) throws(GateError) -> (Padding, Selection) {
    guard case .other(let padding as Padding) = parameters else { throw .parameters }
    guard padding.widths.count == shape.rank else {
      throw GateError(
        .value,
        "pad was given \(padding.widths.count) pairs of widths, and {0} of shape \(shape)"
          + " has \(shape.rank) axes")
    }
    var lengths: [Int] = []
    for (axis, width) in padding.widths.enumerated() {
      guard width.before >= 0, width.after >= 0 else {
        throw GateError(.value, "a width cannot be negative: (\(width.before), \(width.after))")
      }
      lengths.append(try Selection.sum(shape[axis], Selection.sum(width.before, width.after)))
    }
    let result = try Shape(checking: lengths)
    let steps = result.strides
    let start = zip(padding.widths, steps).reduce(0) { $0 + $1.0.before * $1.1 }
    return (
      padding,
      Selection(source: result, result: shape, places: .strided(start: start, steps: steps))
    )
  }
}

extension Selection {
  /// A selection by a list of places for each axis.
  fileprivate init(source: Shape, axes: [[Int]]) throws(GateError) {
    let result = try Shape(checking: axes.map(\.count))
    var offsets = [0]
    for (places, stride) in zip(axes, source.strides) {
      offsets = offsets.flatMap { base in places.map { base + $0 * stride } }
    }
    self.init(source: source, result: result, places: .listed(offsets))
  }

  /// The places of an axis moved on by a shift.
  fileprivate static func rolled(_ length: Int, _ shift: Int) -> [Int] {
    guard length > 0 else { return [] }
    let rest = ((shift % length) + length) % length
    return (0..<length).map { ($0 - rest + length) % length }
  }

  /// A sum of what a user gave.
  fileprivate static func sum(_ a: Int, _ b: Int) throws(GateError) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    guard !overflow else { throw GateError(.value, "\(a) + \(b) is too large a number of entries") }
    return sum
  }
}

extension Gate {
  /// What tests reduce, and how.
  private static let samples = [
    Sample([Shape(3, 4)], .axes(nil, keepDimensions: false)),
    Sample([Shape(3, 4)], .axes([0], keepDimensions: false)),
    Sample([Shape(2, 3, 4)], .axes([1], keepDimensions: true)),
    Sample([Shape(2, 3, 4)], .axes([0, 2], keepDimensions: false)),
    Sample([Shape(5)], .axes([0], keepDimensions: true)),
    Sample([Shape()], .axes(nil, keepDimensions: false)),
  ]

  private static let axes = ["axis=None", "keepdims=False"]

  /// Sums, products and the truth of many.
  ///
  /// Parameters: `.axes`.
  static let reductions: [Gate] = [
    .general(
      "sum", parameters: axes, symbol: "Σ",
      summary: "The sum of all entries, or along axes; hands its gradient to every entry.",
      formula: "Σ x", localGradient: "1 for every entry", note: "0 when there are no entries",
      samples: samples, shortcut: .filling(isMean: false),
      forward: { operands, parameters throws(GateError) in
        if case .axes(nil, keepDimensions: false) = parameters {
          return operands[0].summed(to: .scalar)
        }
        let reduction = try Reduction(operands[0].shape, parameters)
        return operands[0].summed(to: reduction.kept).reshaped(reduction.result)
      },
      local: { _, application, _ throws(GateError) in
        try Reduction(application.operands[0].shape, application.parameters).sum
      }),
    .general(
      "mean", parameters: axes,
      summary: "The mean of all entries, or along axes.", formula: "Σ x / n",
      localGradient: "1 / n for every entry", note: "nan when there are no entries",
      samples: samples, shortcut: .filling(isMean: true),
      forward: { operands, parameters throws(GateError) in
        try operands[0].mean(Reduction(operands[0].shape, parameters))
      },
      local: { _, application, _ throws(GateError) in
        let reduction = try Reduction(application.operands[0].shape, application.parameters)
        let share = Traced(constant: 1 / Double(reduction.length))
        return LinearMap(rows: reduction.result, columns: reduction.result, .scaled(share))
          .after(reduction.sum)
      }),
    .general(
      "prod", parameters: axes, symbol: "Π",
      summary: "The product of all entries, or along axes.", formula: "Π x",
      localGradient: "the product of the other entries",
      note: "1 when there are no entries; the gradient is right where entries are 0",
      samples: samples, usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        try Reduction(operands[0].shape, parameters).fold(operands[0], from: 1) { $0 * $1 }
      },
      local: { tape, application, _ throws(GateError) in
        let reduction = try Reduction(application.operands[0].shape, application.parameters)
        return try reduction.weighted(
          tape.productsOfOthers(application.operands[0], reduction))
      }),
    .general(
      "any", parameters: axes, summary: "Whether any entry is true.", formula: "x₁ or x₂ or …",
      note: "False when there are no entries; nan is true", samples: samples,
      forward: { operands, parameters throws(GateError) in
        try Reduction(operands[0].shape, parameters)
          .fold(operands[0], from: 0, isMask: true) { $1 != 0 ? 1 : $0 }
      }, local: nil),
    .general(
      "all", parameters: axes, summary: "Whether all entries are true.",
      formula: "x₁ and x₂ and …", note: "True when there are no entries; nan is true",
      samples: samples,
      forward: { operands, parameters throws(GateError) in
        try Reduction(operands[0].shape, parameters)
          .fold(operands[0], from: 1, isMask: true) { $1 == 0 ? 0 : $0 }
      }, local: nil),
  ]
}

extension Tensor {
  /// The mean of each group.
  func mean(_ reduction: Reduction) -> Tensor {
    let count = Double(reduction.length)
    var result = summed(to: reduction.kept).reshaped(reduction.result)
    result.update { entries in for index in entries.indices { entries[index] /= count } }
    return result
  }
}

extension Tape {
  /// For each entry the product of the others in its group, of the operand's shape.
  ///
  /// A tree of products up and down, so that no entry is divided by: right where entries are 0, and
  /// to any order.
  fileprivate mutating func productsOfOthers(
    _ x: Traced, _ reduction: Reduction
  ) throws(GateError) -> Traced {
    let shape = x.shape
    let order = (0..<shape.rank).filter { !reduction.axes.contains($0) } + reduction.axes
    let moved = try apply("transpose", x, parameters: .permutation(order))
    let rows = reduction.result.count
    var level = try reshape(moved, Shape(rows, reduction.length))
    if level.shape.count == 0 { return Traced(constant: Tensor(repeating: 0, shape: shape)) }
    // Up: each level holds the products of the halves of the one below, padded to an even width.
    var halves: [(width: Int, low: Traced, high: Traced)] = []
    while level.shape[1] > 1 {
      let width = level.shape[1]
      if width % 2 == 1 {
        level = try apply(
          "pad", level, parameters: .other(Padding([(0, 0), (0, 1)], value: 1)))
      }
      let half = level.shape[1] / 2
      let low = try columns(0..<half, of: level)
      let high = try columns(half..<2 * half, of: level)
      halves.append((width, low, high))
      level = try multiply(low, high)
    }
    // Down: the others of an entry are the others of its pair times its partner.
    var others = Traced(constant: Tensor(repeating: 1, shape: Shape(rows, 1)))
    for (width, low, high) in halves.reversed() {
      others = try apply(
        "concatenate", multiply(others, high), multiply(others, low), parameters: .axis(1))
      if others.shape[1] > width { others = try columns(0..<width, of: others) }
    }
    var inverse = order
    for (place, axis) in order.enumerated() { inverse[axis] = place }
    let unmoved = try reshape(others, moved.shape)
    return try apply("transpose", unmoved, parameters: .permutation(inverse))
  }

  /// Some columns of a matrix.
  private mutating func columns(_ range: Range<Int>, of x: Traced) throws(GateError) -> Traced {
    let selection = Selection(
      source: x.shape, result: Shape(x.shape[0], range.count),
      places: .strided(start: range.lowerBound, steps: [x.shape[1], 1]))
    return try apply("take", x, parameters: .selection(selection))
  }
}

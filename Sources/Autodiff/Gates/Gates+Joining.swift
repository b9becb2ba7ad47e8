extension Gate {
  /// Several tensors joined into one.
  ///
  /// Parameters: `.axis`; any number of operands.
  static let joining: [Gate] = [
    .general(
      "concatenate", operands: ["x…"], parameters: ["axis=0"],
      summary: "Tensors joined along an axis that they have.", formula: "concatenate((a, b, …))",
      localGradient: "placement: each operand gets its part of the gradient",
      domain: [-2...2, -2...2, -2...2],
      samples: [
        Sample([Shape(2, 3), Shape(1, 3), Shape(4, 3)], .axis(0)),
        Sample([Shape(2, 3), Shape(2, 1)], .axis(-1)), Sample([Shape(3), Shape(2)], .axis(0)),
        Sample([Shape(2, 0), Shape(2, 1)], .axis(1)),
      ],
      shortcut: .parting(isNew: false),
      forward: { operands, parameters throws(GateError) in
        let join = try Join(operands.map(\.shape), parameters, isNew: false)
        return join.joined(operands)
      },
      local: { _, application, place throws(GateError) in
        let join = try Join(
          application.operands.map(\.shape), application.parameters, isNew: false)
        return .placement(join.selection(place))
      }),
    .general(
      "stack", operands: ["x…"], parameters: ["axis=0"],
      summary: "Tensors of one shape joined along a new axis.", formula: "stack((a, b, …))",
      localGradient: "placement: each operand gets its part of the gradient",
      domain: [-2...2, -2...2, -2...2],
      samples: [
        Sample([Shape(2, 3), Shape(2, 3), Shape(2, 3)], .axis(1)),
        Sample([Shape(2, 3), Shape(2, 3)], .axis(-1)), Sample([Shape(), Shape()], .axis(0)),
      ],
      shortcut: .parting(isNew: true),
      forward: { operands, parameters throws(GateError) in
        let join = try Join(operands.map(\.shape), parameters, isNew: true)
        return join.joined(operands)
      },
      local: { _, application, place throws(GateError) in
        .placement(
          try Join.selection(
            stacked: place, of: application.operands[place].shape, in: application.result.shape,
            axis: application.parameters.axis()))
      }),
  ]
}

/// Where the parts of a joined tensor stand.
struct Join {
  private let parts: [Shape]
  private let axis: Int
  private let result: Shape
  private let isNew: Bool
  /// The place of each part along the axis.
  private let starts: [Int]

  init(_ parts: [Shape], _ parameters: Parameters, isNew: Bool) throws(GateError) {
    let verb = isNew ? "stack" : "concatenate"
    let axis = try parameters.axis()
    guard let first = parts.first else {
      throw GateError(.value, "\(verb) needs at least one tensor")
    }
    if first.rank == 0, !isNew {
      throw GateError(
        .shape, "cannot concatenate numbers: {0} has no axis", hint: "stack makes a new axis")
    }
    if isNew, first.rank == Shape.maximumRank {
      throw GateError(.shape, "a tensor has at most \(Shape.maximumRank) axes")
    }
    let axes = isNew ? first.inserting(1, at: 0) : first
    let place = try axes.resolved(axis: axis)
    for (index, part) in parts.enumerated().dropFirst() {
      if part == first { continue }
      let clash = "cannot \(verb) {0} of shape \(first) and {\(index)} of shape \(part)"
      guard part.rank == first.rank else {
        throw GateError(.shape, clash + ": they differ in the number of axes")
      }
      for k in 0..<part.rank where part[k] != first[k] && (isNew || k != place) {
        throw GateError(
          .shape,
          clash + " along axis \(axis): axis \(k) has \(first[k]) against \(part[k])"
            + " entries")
      }
    }
    var starts: [Int] = []
    var length = 0
    for part in parts {
      starts.append(length)
      length += isNew ? 1 : part[place]
    }
    var dimensions = first.dimensions
    if isNew { dimensions.insert(length, at: place) } else { dimensions[place] = length }
    self.parts = parts
    self.axis = place
    self.isNew = isNew
    self.starts = starts
    result = try Shape(checking: dimensions)
  }

  /// Where a part stands in the result.
  func selection(_ index: Int) -> Selection {
    var steps = result.strides
    let start = starts[index] * steps[axis]
    if isNew { steps.remove(at: axis) }
    return Selection(
      source: result, result: parts[index], places: .strided(start: start, steps: steps))
  }

  /// Where a part of equal ones stands, without a look at the others: a stack may have many.
  static func selection(
    stacked place: Int, of part: Shape, in result: Shape, axis: Int
  ) throws(GateError) -> Selection {
    let axis = try result.resolved(axis: axis)
    var steps = result.strides
    let start = place * steps[axis]
    steps.remove(at: axis)
    return Selection(source: result, result: part, places: .strided(start: start, steps: steps))
  }

  /// The part of a joined tensor, or of its gradient, that an operand has.
  func part(_ index: Int, of joined: Tensor) -> Tensor {
    let inner = (axis + 1..<result.rank).reduce(1) { $0 * result[$1] }
    let outer = (0..<axis).reduce(1) { $0 * result[$1] }
    let run = inner * (isNew ? 1 : parts[index][axis])
    return joined.withEntries { source in
      Tensor(shape: parts[index]) { entries in
        guard run > 0, let out = entries.baseAddress, let source = source.baseAddress else {
          return
        }
        for row in 0..<outer {
          (out + row * run).update(
            from: source + row * inner * result[axis] + starts[index] * inner, count: run)
        }
      }
    }
  }

  func joined(_ operands: [Tensor]) -> Tensor {
    // Runs of entries that follow each other in a part and in the result.
    let inner = (axis + 1..<result.rank).reduce(1) { $0 * result[$1] }
    let outer = (0..<axis).reduce(1) { $0 * result[$1] }
    let block = inner * result[axis]
    return Tensor(shape: result, isMask: operands.allSatisfy(\.isMask)) { entries in
      for (index, operand) in operands.enumerated() {
        let run = inner * (isNew ? 1 : parts[index][axis])
        guard run > 0, let start = entries.baseAddress else { continue }
        operand.withEntries { source in
          guard let source = source.baseAddress else { return }
          for row in 0..<outer {
            if row * run & 0xFFFF < run, Interruption.isCurrentRequested { return }
            (start + row * block + starts[index] * inner)
              .update(from: source + row * run, count: run)
          }
        }
      }
    }
  }
}

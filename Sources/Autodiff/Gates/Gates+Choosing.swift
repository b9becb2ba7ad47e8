import CKernels

extension Gate {
  /// Gates that route the gradient to one of several operands.
  static let choosing: [Gate] = [
    .binary(
      "maximum", { $0 >= $1 || $0.isNaN ? $0 : $1 }, kernel: nabla_maximum,
      partials: (.gate("greater_equal", .x, .y), .gate("less", .x, .y)), symbol: "max",
      phrase: "take the maximum of {0} and {1}",
      summary: "The larger of two; the gradient goes to it alone: a router.",
      formula: "max(x, y)", note: "on a tie all goes to the first; nan wins"),
    .binary(
      "minimum", { $0 <= $1 || $0.isNaN ? $0 : $1 }, kernel: nabla_minimum,
      partials: (.gate("less_equal", .x, .y), .gate("greater", .x, .y)), symbol: "min",
      phrase: "take the minimum of {0} and {1}",
      summary: "The smaller of two; the gradient goes to it alone: a router.",
      formula: "min(x, y)", note: "on a tie all goes to the first; nan wins"),
    .general(
      "where", operands: ["mask", "a", "b"],
      summary: "Entries of a where the mask is true, else of b; broadcasts.",
      formula: "a where mask, else b",
      localGradient: "diagonal: the mask for a, its opposite for b",
      note: "the branch not taken gets 0, even where its own slope is infinite",
      domain: [0...1, -2...2, -2...2],
      samples: [
        Sample([Shape(3, 4), Shape(3, 4), Shape(3, 4)], masks: [0]),
        Sample([Shape(3, 1), Shape(4), Shape()], masks: [0]),
        Sample([Shape(), Shape(), Shape()], masks: [0]),
        Sample([Shape(4), Shape(3, 1), Shape(1, 1)], masks: [0]),
      ],
      usesOperands: true,
      forward: { operands, _ throws(GateError) in
        let shape = try Shape.broadcast("choose by {0} between {1} and {2}", operands)
        let mask = operands[0].broadcast(to: shape)
        var result = operands[2].broadcast(to: shape)
        let first = operands[1].broadcast(to: shape)
        result.isMask = operands[1].isMask && operands[2].isMask
        mask.withEntries { mask in
          first.withEntries { first in
            result.update { entries in
              for index in entries.indices where mask[index] != 0 { entries[index] = first[index] }
            }
          }
        }
        return result
      },
      local: { tape, application, place throws(GateError) in
        let columns = application.operands[place].shape
        let rows = application.result.shape
        if place == 0 { return .zero(rows: rows, columns: columns) }
        let gate = place == 1 ? "not_equal" : "equal"
        let taken = try tape.apply(gate, Traced(constant: application.operands[0].tensor), 0)
        return try .diagonal(tape.broadcast(taken, rows)).after(.broadcast(from: columns, to: rows))
      }),
    .general(
      "clip", operands: ["x", "low", "high"], defaults: [-.infinity, .infinity],
      summary: "x kept between two bounds; broadcasts.", formula: "min(max(x, low), high)",
      localGradient: "diagonal: 1 for x within the bounds, 1 for a bound that x exceeds",
      note: "x passes at its bounds; where low > high the result is high",
      domain: [-2...2, -1 ... -0.3, 0.3...1],
      samples: [
        Sample([Shape(3, 4), Shape(), Shape()]), Sample([Shape(3, 1), Shape(4), Shape(1, 4)]),
        Sample([Shape(), Shape(), Shape()]),
      ],
      usesOperands: true,
      forward: { operands, _ throws(GateError) in
        let shape = try Shape.broadcast("clip {0} to {1} and {2}", operands)
        return Tensor.map3(shape, operands) { x, low, high in
          let raised = x < low ? low : x
          return raised > high ? high : raised
        }
      },
      local: { _, application, place in
        let rows = application.result.shape
        let choice = Tensor.map3(rows, application.operands.map(\.tensor)) { x, low, high in
          let raised = x < low ? low : x
          return raised > high ? (place == 2 ? 1 : 0) : place == (x < low ? 1 : 0) ? 1 : 0
        }
        return LinearMap.diagonal(Traced(constant: choice))
          .after(.broadcast(from: application.operands[place].shape, to: rows))
      }),
  ]
}

extension Shape {
  /// The shape that all operands broadcast to; `phrase` says what is asked of them.
  static func broadcast(_ phrase: String, _ operands: [Tensor]) throws(GateError) -> Shape {
    var shape = Shape.scalar
    for operand in operands {
      guard let both = shape.broadcast(with: operand.shape) else {
        throw GateError(
          .shape, "cannot \(phrase.withShapes(operands.map(\.shape))): they do not broadcast")
      }
      shape = both
    }
    guard shape.fitsMemory else { throw .tooLarge(shape) }
    return shape
  }
}

extension Tensor {
  /// A function of three operands at each entry of the shape that they broadcast to.
  fileprivate static func map3(
    _ shape: Shape, _ operands: [Tensor], _ body: (Double, Double, Double) -> Double
  ) -> Tensor {
    let (a, b, c) = (
      operands[0].broadcast(to: shape), operands[1].broadcast(to: shape),
      operands[2].broadcast(to: shape)
    )
    return a.withEntries { a in
      b.withEntries { b in
        c.withEntries { c in
          Tensor(shape: shape) { entries in
            for index in entries.indices { entries[index] = body(a[index], b[index], c[index]) }
          }
        }
      }
    }
  }
}

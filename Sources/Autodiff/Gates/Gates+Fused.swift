extension Gate {
  /// An elementwise expression computed in one pass; the engine makes them of large tensors.
  static let fused: [Gate] = [
    .general(
      "fused", operands: ["x"], parameters: ["expression"], symbol: "f",
      summary: "An elementwise expression of large tensors, computed in one pass.",
      formula: "as written", localGradient: "by the chain rule through its gates",
      note: "as its gates choose", source: "Nabla", samples: fusedSamples, usesOperands: true,
      shortcut: .fused,
      forward: { operands, parameters throws(GateError) in
        let fusion = try Fusion(parameters)
        let result = fusion.program.run(operands, fusion.shape)[0]
        guard let divisor = fusion.divisor else { return result }
        return Tensor(result.number / divisor)
      },
      local: { tape, application, place throws(GateError) in
        let fusion = try Fusion(application.parameters)
        let operand = application.operands[place].shape
        let factor = try fusion.program.factor(of: place, at: application.operands, on: &tape)
        let map = try LinearMap.diagonal(tape.broadcast(factor, fusion.shape))
          .after(.broadcast(from: operand, to: fusion.shape))
        guard let divisor = fusion.divisor else { return map }
        let sum = LinearMap.sum(from: fusion.shape, to: .scalar)
        if divisor == 1 { return sum.after(map) }
        return LinearMap(rows: .scalar, columns: .scalar, .scaled(Traced(constant: 1 / divisor)))
          .after(sum).after(map)
      })
  ]

  /// An expression kept, summed and averaged, at operands that broadcast.
  private static let fusedSamples: [Sample] = [
    sample([Shape(3, 4), Shape(3, 4), Shape(3, 4)], Shape(3, 4), divisor: nil),
    sample([Shape(3, 4), Shape(4), Shape()], Shape(3, 4), divisor: nil),
    sample([Shape(2, 3), Shape(2, 1), Shape(1, 1)], Shape(2, 3), divisor: 1),
    sample([Shape(5), Shape(5), Shape(1)], Shape(5), divisor: 5),
  ]

  private static func sample(_ shapes: [Shape], _ shape: Shape, divisor: Double?) -> Sample {
    let kinds = shapes.map { FusedProgram.kind(of: $0, in: shape) }
    return Sample(shapes, .other(SampleFusion(kinds: kinds, shape: shape, divisor: divisor)))
  }
}

/// A sample of the row; its program is made when it is applied, because its gates are rows of the
/// table that this is a part of.
private struct SampleFusion: Sendable {
  let kinds: [FusedProgram.LeafKind]
  let shape: Shape
  let divisor: Double?

  /// `σ(x y + z) tanh(x) + x**3 exp(-y y)`.
  var program: FusedProgram {
    var builder = FusionBuilder()
    func unary(_ name: String, _ x: FusedProgram.Source) -> FusedProgram.Source {
      builder.unary(GateTable[name], x)
    }
    func binary(
      _ name: String, _ x: FusedProgram.Source, _ y: FusedProgram.Source
    ) -> FusedProgram.Source {
      builder.binary(GateTable[name], x, y)
    }
    let (x, y, z) = (
      FusedProgram.Source.leaf(0), FusedProgram.Source.leaf(1), FusedProgram.Source.leaf(2)
    )
    let gate = unary("sigmoid", binary("add", binary("multiply", x, y), z))
    let bell = unary("exp", unary("negative", binary("multiply", y, y)))
    let cube = binary("power", x, .constant(3))
    let result = binary(
      "add", binary("multiply", gate, unary("tanh", x)), binary("multiply", cube, bell))
    return FusedProgram(
      leaves: kinds, steps: builder.steps,
      outputs: [FusedProgram.Output(source: result, isSum: divisor != nil)])
  }
}

extension Fusion {
  /// What an application of the row holds.
  fileprivate init(_ parameters: Parameters) throws(GateError) {
    guard case .other(let held) = parameters else { throw .parameters }
    if let fusion = held as? Fusion {
      self = fusion
    } else if let sample = held as? SampleFusion {
      self.init(program: sample.program, shape: sample.shape, divisor: sample.divisor)
    } else {
      throw .parameters
    }
  }
}

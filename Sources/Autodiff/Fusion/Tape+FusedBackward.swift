import CKernels

// Backward through elementwise gates in one pass over blocks, without temporaries.

extension Tape {
  /// Hands the gradient of a fused expression on to its operands.
  mutating func propagate(
    fusion: Fusion, _ application: Application, _ upstream: Tensor, isTraining: Bool
  ) throws(GateError) {
    var wanted: UInt64 = 0
    for (place, operand) in application.operands.enumerated() where operand.node.isTracked {
      if isTraining, !isTrained(operand.node) { continue }
      if isForgotten(operand.node.raw) { throw .forgotten }
      wanted |= 1 << UInt64(place)
    }
    guard wanted != 0 else { return }
    var upstream = upstream
    if let divisor = fusion.divisor, divisor != 1 { upstream = Tensor(upstream.number / divisor) }
    let kind = FusedProgram.kind(of: upstream.shape, in: fusion.shape)
    let program = fusion.program.gradient(wanted: wanted, upstream: kind)
    var results = program.run(application.operands.map(\.tensor) + [upstream], fusion.shape)[...]
    try interruption.check()
    for (place, operand) in application.operands.enumerated() where wanted >> UInt64(place) & 1 == 1
    {
      guard let gradient = results.popFirst() else { return }
      add(gradient, to: operand)
    }
  }

  /// Hands the gradient of one elementwise gate on to an operand.
  mutating func propagate(
    elementwise gate: Gate, _ partial: Formula, _ application: Application, operand place: Int,
    _ upstream: Tensor
  ) throws(GateError) {
    let operand = application.operands[place]
    if case .constant(1) = partial {
      return gradients.add(upstream.summed(to: operand.shape), at: operand.node.raw)
    }
    let shape = application.result.shape
    if !shape.isScalar, shape.count <= FusedProgram.blockLength,
      let factor = partial.factor(of: application),
      factor.shape == shape, operand.shape == shape
    {
      // One product of few entries, as multiplication has it, needs no program.
      gradients.update(at: operand.node.raw, shape: shape) { out, adds in
        Tape.chain(upstream, factor, out, adds: adds)
      }
      return
    }
    let second = application.operands.count > 1 ? application.operands[1] : application.operands[0]
    let leaves = [
      application.operands[0].tensor, second.tensor, application.result.tensor, upstream,
    ]
    let kinds = leaves.map { FusedProgram.kind(of: $0.shape, in: shape) }
    let program = fusedPrograms.derivative(of: gate, partial, operand: place, kinds: kinds)
    let gradient = program.run(leaves, shape)[0]
    try interruption.check()
    add(gradient, to: operand)
  }

  /// Upstream times local gradient, written or added.
  private static func chain(
    _ upstream: Tensor, _ factor: Tensor, _ out: UnsafeMutableBufferPointer<Double>, adds: Bool
  ) {
    upstream.withEntries { u in
      factor.withEntries { f in
        let count = out.count
        guard adds else {
          return nabla_chain(u.baseAddress, 1, f.baseAddress, 1, out.baseAddress, count)
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(count, 1)) { product in
          nabla_chain(u.baseAddress, 1, f.baseAddress, 1, product.baseAddress, count)
          nabla_add(out.baseAddress, 1, product.baseAddress, 1, out.baseAddress, count)
        }
      }
    }
  }

  private mutating func add(_ gradient: Tensor, to operand: Traced) {
    let shaped =
      gradient.shape.count == operand.shape.count
      ? gradient.reshaped(operand.shape) : gradient.summed(to: operand.shape)
    gradients.add(shaped, at: operand.node.raw)
  }
}

extension Formula {
  /// The operand or the result, where the local gradient is just that.
  fileprivate func factor(of application: Application) -> Tensor? {
    switch self {
    case .operand(let index): application.operands[index].tensor
    case .result: application.result.tensor
    case .constant, .apply: nil
    }
  }
}

/// Collects the steps of a program; what was computed already is not computed again.
struct FusionBuilder {
  private(set) var steps: [FusedProgram.Step] = []
  private var known: [FusedProgram.Step: Int] = [:]

  typealias Source = FusedProgram.Source

  /// The steps of a program, to be continued.
  init(_ steps: [FusedProgram.Step] = []) {
    for step in steps { _ = append(step) }
  }

  private mutating func append(_ step: FusedProgram.Step) -> Source {
    if let index = known[step] { return .step(index) }
    steps.append(step)
    known[step] = steps.count - 1
    return .step(steps.count - 1)
  }

  mutating func unary(_ gate: Gate, _ x: Source) -> Source {
    if case .constant(let value) = x, case .unary(let row) = gate.kind {
      return .constant(row.scalar(value))
    }
    return append(FusedProgram.Step(gate: gate, a: x, b: x))
  }

  mutating func binary(_ gate: Gate, _ x: Source, _ y: Source) -> Source {
    if case .constant(let first) = x, case .constant(let second) = y,
      case .binary(let row) = gate.kind
    {
      return .constant(row.scalar(first, second))
    }
    if gate.index == EngineGates.power.index, case .constant(let exponent) = y,
      let simpler = power(x, exponent)
    {
      return simpler
    }
    if case .constant(1) = y, gate.index == EngineGates.multiply.index { return x }
    if case .constant(1) = x, gate.index == EngineGates.multiply.index { return y }
    return append(FusedProgram.Step(gate: gate, a: x, b: y))
  }

  /// Powers by multiplication, where that rounds no worse.
  private mutating func power(_ x: Source, _ exponent: Double) -> Source? {
    switch exponent {
    case 0: .constant(1)
    case 1: x
    case 2: unary(EngineGates.square, x)
    case 3: binary(EngineGates.multiply, unary(EngineGates.square, x), x)
    case -1: unary(EngineGates.reciprocal, x)
    default: nil
    }
  }

  /// A formula at the places of a gate's operands and result.
  mutating func formula(
    _ formula: Formula, operands: (Source, Source), result: Source
  ) -> Source {
    switch formula {
    case .constant(let value): return .constant(value)
    case .operand(let index): return index == 0 ? operands.0 : operands.1
    case .result: return result
    case .apply(let name, let arguments):
      let gate = GateTable[name]
      let first = self.formula(arguments[0], operands: operands, result: result)
      guard arguments.count > 1 else { return unary(gate, first) }
      return binary(
        gate, first, self.formula(arguments[1], operands: operands, result: result))
    }
  }

  /// Upstream times local gradient.
  mutating func chain(_ upstream: Source, _ local: Source) -> Source {
    if case .constant(1) = local { return upstream }
    if case .constant(0) = local { return local }
    if case .constant(1) = upstream { return local }
    return binary(EngineGates.chain, upstream, local)
  }
}

extension Gate {
  /// Whether it acts entry by entry and has local gradients, so that it can be a step.
  public var isFusible: Bool {
    switch kind {
    case .unary(let row): row.partial != nil && !row.isMask
    case .binary(let row): row.partials != nil && !row.isMask
    case .general, .custom: false
    }
  }
}

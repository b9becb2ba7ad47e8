extension FusedProgram {
  /// The program for gradients: the forward steps again, then upstream times local gradients back
  /// through them, contributions added up where a value was used more than once.
  ///
  /// Without an upstream gradient it gives the factors alone, entry by entry for every operand.
  func derived(wanted: UInt64, upstream kind: LeafKind?) -> FusedProgram {
    var builder = FusionBuilder(steps)
    let upstream = kind == nil ? Source.constant(1) : Source.leaf(leaves.count)
    let onPath = stepsThatLead(to: wanted)
    var ofSteps = [Source?](repeating: nil, count: steps.count)
    var ofLeaves = [Source?](repeating: nil, count: leaves.count)

    func add(_ contribution: Source, to place: Source) {
      switch place {
      case .leaf(let index):
        guard wanted >> UInt64(index) & 1 == 1 else { return }
        ofLeaves[index] =
          ofLeaves[index].map { builder.binary(EngineGates.add, $0, contribution) } ?? contribution
      case .step(let index):
        guard onPath[index] else { return }
        ofSteps[index] =
          ofSteps[index].map { builder.binary(EngineGates.add, $0, contribution) } ?? contribution
      case .constant: break
      }
    }

    add(upstream, to: outputs[0].source)
    for index in steps.indices.reversed() {
      guard let upstream = ofSteps[index] else { continue }
      let step = steps[index]
      let operands = (step.a, step.b)
      func local(_ formula: Formula) -> Source {
        builder.chain(
          upstream, builder.formula(formula, operands: operands, result: .step(index)))
      }
      switch step.gate.kind {
      case .unary(let row):
        if let partial = row.partial, leads(step.a, wanted, onPath) {
          add(local(partial), to: step.a)
        }
      case .binary(let row):
        guard let partials = row.partials else { continue }
        if leads(step.a, wanted, onPath) { add(local(partials.0), to: step.a) }
        if leads(step.b, wanted, onPath) { add(local(partials.1), to: step.b) }
      case .general, .custom: break
      }
    }
    let outputs = leaves.indices.filter { wanted >> UInt64($0) & 1 == 1 }.map { index in
      Output(
        source: ofLeaves[index] ?? .constant(0), isSum: kind != nil && leaves[index] == .scalar)
    }
    return FusedProgram(
      leaves: leaves + (kind.map { [$0] } ?? []), steps: builder.steps, outputs: outputs)
  }

  /// For each step whether a wanted operand goes into it.
  private func stepsThatLead(to wanted: UInt64) -> [Bool] {
    var result: [Bool] = []
    for step in steps {
      result.append(leads(step.a, wanted, result) || leads(step.b, wanted, result))
    }
    return result
  }

  private func leads(_ source: Source, _ wanted: UInt64, _ steps: [Bool]) -> Bool {
    switch source {
    case .leaf(let index): wanted >> UInt64(index) & 1 == 1
    case .step(let index): steps[index]
    case .constant: false
    }
  }
}

extension FusedProgram {
  /// The factors by which upstream gradients reach an operand, recorded where the tape records:
  /// what gradients of higher order flow through.
  func factor(
    of place: Int, at operands: [Traced], on tape: inout Tape
  ) throws(GateError) -> Traced {
    var values: [Traced] = []
    func value(_ source: Source) -> Traced {
      switch source {
      case .leaf(let index): operands[index]
      case .step(let index): values[index]
      case .constant(let number): Traced(constant: number)
      }
    }
    for step in steps {
      values.append(try tape.apply(step.gate, step.operands.map(value)))
    }
    let wanted = UInt64(1) << UInt64(place)
    let onPath = stepsThatLead(to: wanted)
    var gradients = [Traced?](repeating: nil, count: steps.count)
    var result: Traced?

    func add(_ contribution: Traced, to source: Source) throws(GateError) {
      switch source {
      case .leaf(let index) where index == place:
        result =
          try result.map { sum throws(GateError) in try tape.add(sum, contribution) }
          ?? contribution
      case .step(let index) where onPath[index]:
        gradients[index] =
          try gradients[index].map { sum throws(GateError) in try tape.add(sum, contribution) }
          ?? contribution
      default: break
      }
    }

    try add(1, to: outputs[0].source)
    for index in steps.indices.reversed() {
      guard let upstream = gradients[index] else { continue }
      let step = steps[index]
      let operands = step.operands
      for (number, partial) in step.gate.partials.enumerated()
      where leads(operands[number], wanted, onPath) {
        let local = try partial.evaluate(
          on: &tape, operands: operands.map(value), result: values[index])
        try add(tape.chain(upstream, local), to: operands[number])
      }
    }
    return result ?? 0
  }
}

extension FusedProgram.Step {
  /// One source for each operand of the gate.
  var operands: [FusedProgram.Source] { gate.operands.count == 1 ? [a] : [a, b] }
}

extension Gate {
  /// The local gradients of an elementwise gate, by operand.
  var partials: [Formula] {
    switch kind {
    case .unary(let row): row.partial.map { [$0] } ?? []
    case .binary(let row): row.partials.map { [$0.0, $0.1] } ?? []
    case .general, .custom: []
    }
  }
}

extension Formula {
  /// The formula as a function of numbers.
  func compiled() -> @Sendable (_ x: Double, _ y: Double, _ f: Double) -> Double {
    switch self {
    case .constant(let value): return { _, _, _ in value }
    case .operand(0): return { x, _, _ in x }
    case .operand: return { _, y, _ in y }
    case .result: return { _, _, f in f }
    case .apply(let name, let operands):
      switch GateTable[name].kind {
      case .unary(let row):
        let scalar = row.scalar
        let operand = operands[0].compiled()
        return { scalar(operand($0, $1, $2)) }
      case .binary(let row):
        let scalar = row.scalar
        // The most frequent shape, 1 - f * f, gets a closure without inner calls.
        if name == "subtract", case .constant(let c) = operands[0],
          case .apply("multiply", let factors) = operands[1], case .result = factors[0],
          case .result = factors[1]
        {
          return { _, _, f in c - f * f }
        }
        let first = operands[0].compiled()
        let second = operands[1].compiled()
        return { scalar(first($0, $1, $2), second($0, $1, $2)) }
      case .general, .custom: preconditionFailure("a formula applies elementwise gates only")
      }
    }
  }

  /// The formula at tensors, recorded where the tape records.
  func evaluate(
    on tape: inout Tape, operands values: [Traced], result: Traced
  ) throws(GateError) -> Traced {
    switch self {
    case .constant(let value): return Traced(constant: value)
    case .operand(let index): return values[index]
    case .result: return result
    case .apply(let name, let operands):
      var arguments: [Traced] = []
      for operand in operands {
        arguments.append(try operand.evaluate(on: &tape, operands: values, result: result))
      }
      var value = try tape.apply(GateTable[name], arguments)
      // A slope that changes in jumps has the slope 0 between them.
      if value.node == .stepped { value.node = .constant }
      return value
    }
  }
}

// How a row is written: one call states all that is known of a gate.

extension Gate {
  static func unary(
    _ name: String, _ scalar: @escaping @Sendable (Double) -> Double,
    kernel: UnaryKernel? = nil, partial: Formula?, isMask: Bool = false,
    operand: String = "x", symbol: String? = nil, domain: ClosedRange<Double> = -2...2,
    summary: String, formula: String, note: String? = nil, source: String = "NumPy"
  ) -> Gate {
    Gate(
      name: name, operands: [operand], parameters: [], symbol: symbol, summary: summary,
      formula: formula, localText: nil, note: note, source: source, domain: [domain], samples: [],
      kind: .unary(Unary(scalar: scalar, kernel: kernel, partial: partial, isMask: isMask)))
  }

  static func binary(
    _ name: String, _ scalar: @escaping @Sendable (Double, Double) -> Double,
    kernel: BinaryKernel? = nil, partials: (Formula, Formula)?, isMask: Bool = false,
    operands: [String] = ["x", "y"], defaults: [Double] = [], symbol: String? = nil,
    phrase: String? = nil, domain: [ClosedRange<Double>] = [-2...2, -2...2],
    summary: String, formula: String, note: String? = nil, source: String = "NumPy"
  ) -> Gate {
    Gate(
      name: name, operands: operands, defaults: defaults, parameters: [], symbol: symbol,
      summary: summary, formula: formula, phrase: phrase, localText: nil, note: note,
      source: source, domain: domain, samples: [],
      kind: .binary(Binary(scalar: scalar, kernel: kernel, partials: partials, isMask: isMask)))
  }

  static func general(
    _ name: String, operands: [String] = ["x"], defaults: [Double] = [],
    parameters: [String] = [], symbol: String? = nil,
    summary: String, formula: String, localGradient: String? = nil, note: String? = nil,
    source: String = "NumPy", domain: [ClosedRange<Double>] = [-2...2], samples: [Sample],
    usesOperands: Bool = false, usesResult: Bool = false,
    shortcut: General.Shortcut? = nil, caching: General.Caching? = nil,
    forward: @escaping @Sendable ([Tensor], Parameters) throws(GateError) -> Tensor,
    local: (@Sendable (inout Tape, Application, Int) throws(GateError) -> LinearMap)?
  ) -> Gate {
    Gate(
      name: name, operands: operands, defaults: defaults, parameters: parameters, symbol: symbol,
      summary: summary, formula: formula, localText: localGradient, note: note, source: source,
      domain: domain, samples: samples,
      kind: .general(
        General(
          forward: forward, caching: caching, local: local, usesOperands: usesOperands,
          usesResult: usesResult, shortcut: shortcut)))
  }

  /// A gate that picks entries by a rule of its own, which its local Jacobian does not ask again.
  static func picking(
    _ name: String, parameters: [String], summary: String, formula: String, localGradient: String,
    note: String? = nil, source: String = "NumPy", samples: [Sample],
    _ selection: @escaping @Sendable (Tensor, Parameters) throws(GateError) -> Selection
  ) -> Gate {
    .general(
      name, parameters: parameters, summary: summary, formula: formula,
      localGradient: localGradient, note: note, source: source, samples: samples,
      caching: { operands, parameters throws(GateError) in
        let picked = try selection(operands[0], parameters)
        return (operands[0].picking(picked), picked)
      },
      forward: { operands, parameters throws(GateError) in
        operands[0].picking(try selection(operands[0], parameters))
      },
      local: { _, application, _ throws(GateError) in
        guard let picked = application.cache as? Selection else { throw .parameters }
        return .selection(picked)
      })
  }
}

import Testing

@testable import Autodiff

@Suite("The gate table")
struct GateTableTests {
  @Test("names no gate twice")
  func namesAreUnique() {
    let names = GateTable.gates.map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test("every row has a summary, a formula, a source and a domain", arguments: GateTable.gates)
  func rowsAreComplete(_ gate: Gate) {
    #expect(!gate.summary.isEmpty && gate.summary.hasSuffix("."))
    #expect(!gate.formula.isEmpty)
    #expect(!gate.source.isEmpty)
    #expect(!gate.symbol.isEmpty)
    #expect(gate.defaults.count <= gate.operands.count)
    #expect(gate.localGradients.isEmpty != gate.isDifferentiable)
    if case .general = gate.kind {
      #expect(!gate.samples.isEmpty)
    } else {
      #expect(gate.domain.count == gate.operands.count)
    }
  }

  @Test("a row with a kink, a tie or a jump says what it chooses there", arguments: GateTable.gates)
  func kinksAreStated(_ gate: Gate) {
    if gate.formulas.contains(where: \.hasJump) || Self.choosing.contains(gate.name) {
      #expect(gate.note?.isEmpty == false, "\(gate.name) has no note")
    }
  }

  /// Gates of whole tensors that choose among entries, or have no slope somewhere.
  static let choosing: Set = [
    "max", "min", "argmax", "argmin", "sort", "argsort", "where", "clip", "norm", "std",
    "svm_loss", "max_pool2d", "eigh", "svd", "qr", "pinv", "lstsq", "cholesky", "det", "inv",
    "solve", "logabsdet", "chain_matmul",
  ]

  @Test("the gates that choose are gates")
  func choosingGatesExist() {
    for name in Self.choosing { #expect(GateTable.gate(named: name) != nil, "\(name)") }
  }

  @Test("every formula applies elementwise gates that exist", arguments: GateTable.gates)
  func formulasNameGates(_ gate: Gate) throws {
    for formula in gate.formulas { try check(formula) }
  }

  private func check(_ formula: Formula) throws {
    guard case .apply(let name, let operands) = formula else { return }
    let gate = try #require(GateTable.gate(named: name), "no gate named \(name)")
    switch gate.kind {
    case .unary: #expect(operands.count == 1)
    case .binary: #expect(operands.count == 2)
    case .general, .custom: Issue.record("\(name) is not elementwise")
    }
    for operand in operands { try check(operand) }
  }

  @Test(
    "local gradients read as formulas",
    arguments: [
      ("add", ["1", "1"]), ("multiply", ["y", "x"]), ("divide", ["1 / y", "-f / y"]),
      ("tanh", ["1 - f**2"]), ("sigmoid", ["(1 - f) * f"]), ("relu", ["[x > 0]"]),
      ("sqrt", ["0.5 / f"]), ("power", ["y * x**(y - 1)", "f * log(x)"]),
      ("reciprocal", ["-f**2"]), ("erf", ["2 / sqrt(π) * exp(-x**2)"]),
      ("hypot", ["x / f", "y / f"]), ("arcsin", ["1 / sqrt((1 - x) * (1 + x))"]),
      ("maximum", ["[x >= y]", "[x < y]"]),
      ("leaky_relu", ["[x > 0] + [x <= 0] * alpha", "minimum(x, 0)"]),
    ])
  func formulasAreReadable(_ name: String, _ texts: [String]) {
    #expect(GateTable.gate(named: name)?.localGradients == texts)
  }

  @Test("signatures show defaults")
  func signatures() {
    #expect(GateTable.gate(named: "leaky_relu")?.signature == "(x, alpha=0.01)")
    #expect(GateTable.gate(named: "clip")?.signature == "(x, low=-inf, high=inf)")
    #expect(GateTable.gate(named: "sum")?.signature == "(x, axis=None, keepdims=False)")
  }
}

extension Gate {
  /// The local gradients that are formulas.
  var formulas: [Formula] {
    switch kind {
    case .unary(let row): row.partial.map { [$0] } ?? []
    case .binary(let row): row.partials.map { [$0.0, $0.1] } ?? []
    case .general, .custom: []
    }
  }
}

extension Formula {
  /// Whether a local gradient changes in jumps: it compares, or rounds, or is 0 where the gate is
  /// not constant.
  var hasJump: Bool {
    switch self {
    case .constant(let value): value == 0
    case .operand, .result: false
    case .apply(let name, let operands):
      [
        "sign", "greater", "greater_equal", "less", "less_equal", "equal", "not_equal", "floor",
        "ceil", "trunc", "round", "floor_divide",
      ].contains(name)
        || operands.contains { operand in
          if case .constant = operand { false } else { operand.hasJump }
        }
    }
  }
}

extension Gate: CustomTestStringConvertible {
  public var testDescription: String { name }
}

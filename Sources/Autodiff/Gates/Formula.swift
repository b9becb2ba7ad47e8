/// An expression over gates: how a row states its local gradients.
///
/// One statement serves the numeric passes, the recorded passes of higher order, and the text that
/// help shows.
public indirect enum Formula: Sendable {
  case constant(Double)
  /// An operand of the gate, from 0.
  case operand(Int)
  /// The gate's result.
  case result
  /// A gate, by name, of formulas.
  case apply(String, [Formula])
}

extension Formula: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension Formula {
  /// The operands by the names that rows use, and the result.
  static let x = Formula.operand(0)
  static let y = Formula.operand(1)
  static let f = Formula.result

  static func + (a: Formula, b: Formula) -> Formula { .apply("add", [a, b]) }
  static func - (a: Formula, b: Formula) -> Formula { .apply("subtract", [a, b]) }
  static func * (a: Formula, b: Formula) -> Formula { .apply("multiply", [a, b]) }
  static func / (a: Formula, b: Formula) -> Formula { .apply("divide", [a, b]) }
  static prefix func - (a: Formula) -> Formula { .apply("negative", [a]) }

  /// A named gate of one operand or two.
  static func gate(_ name: String, _ operands: Formula...) -> Formula { .apply(name, operands) }

  /// Whether the formula mentions an operand.
  func uses(operand index: Int) -> Bool {
    switch self {
    case .constant, .result: false
    case .operand(let other): other == index
    case .apply(_, let operands): operands.contains { $0.uses(operand: index) }
    }
  }

  /// Whether the formula mentions the result.
  var usesResult: Bool {
    switch self {
    case .constant, .operand: false
    case .result: true
    case .apply(_, let operands): operands.contains { $0.usesResult }
    }
  }
}

extension Formula {
  /// The formula as text, with the given names for operands and result.
  public func text(operands: [String], result: String) -> String {
    written(operands: operands, result: result).text
  }

  /// Text with its binding strength: 4 for atoms, 3 for powers, 2 for products, 1 for sums.
  private func written(operands: [String], result: String) -> (text: String, strength: Int) {
    switch self {
    case .constant(.pi): return ("π", 4)
    case .constant(let value):
      let text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
      return (text, value < 0 ? 1 : 4)
    case .operand(let index): return (operands[index], 4)
    case .result: return (result, 4)
    case .apply(let name, let arguments):
      let parts = arguments.map { $0.written(operands: operands, result: result) }
      func bound(_ index: Int, _ strength: Int) -> String {
        parts[index].strength >= strength ? parts[index].text : "(\(parts[index].text))"
      }
      switch name {
      case "add": return ("\(bound(0, 1)) + \(bound(1, 1))", 1)
      case "subtract": return ("\(bound(0, 1)) - \(bound(1, 2))", 1)
      case "multiply", "chain":
        if parts[0].text == parts[1].text { return ("\(bound(0, 4))**2", 3) }
        return ("\(bound(0, 2)) * \(bound(1, 2))", 2)
      case "divide", "divide_or_zero": return ("\(bound(0, 2)) / \(bound(1, 3))", 2)
      case "negative": return ("-\(bound(0, 2))", 1)
      case "square": return ("\(bound(0, 4))**2", 3)
      case "power": return ("\(bound(0, 4))**\(bound(1, 4))", 3)
      case "less", "greater", "less_equal", "greater_equal", "equal", "not_equal":
        return ("[\(parts[0].text) \(GateTable[name].symbol) \(parts[1].text)]", 4)
      default: return ("\(name)(\(parts.map(\.text).joined(separator: ", ")))", 4)
      }
    }
  }
}

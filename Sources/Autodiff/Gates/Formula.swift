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

  /// Text with its binding strength: 3 for atoms, 2 for products, 1 for sums.
  private func written(operands: [String], result: String) -> (text: String, strength: Int) {
    switch self {
    case .constant(let value):
      let text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
      return (text, value < 0 ? 1 : 3)
    case .operand(let index): return (operands[index], 3)
    case .result: return (result, 3)
    case .apply(let name, let arguments):
      let parts = arguments.map { $0.written(operands: operands, result: result) }
      func bound(_ index: Int, _ strength: Int) -> String {
        parts[index].strength >= strength ? parts[index].text : "(\(parts[index].text))"
      }
      switch name {
      case "add": return ("\(bound(0, 1)) + \(bound(1, 1))", 1)
      case "subtract": return ("\(bound(0, 1)) - \(bound(1, 2))", 1)
      case "multiply":
        if parts[0].text == parts[1].text { return ("\(bound(0, 4))**2", 3) }
        return ("\(bound(0, 2)) * \(bound(1, 2))", 2)
      case "divide": return ("\(bound(0, 2)) / \(bound(1, 3))", 2)
      case "negative": return ("-\(bound(0, 3))", 1)
      case "power": return ("\(bound(0, 3))**\(bound(1, 3))", 3)
      case "less", "greater", "less_equal", "greater_equal", "equal", "not_equal":
        let symbols = [
          "less": "<", "greater": ">", "less_equal": "<=", "greater_equal": ">=", "equal": "==",
          "not_equal": "!=",
        ]
        return ("[\(parts[0].text) \(symbols[name] ?? name) \(parts[1].text)]", 3)
      default: return ("\(name)(\(parts.map(\.text).joined(separator: ", ")))", 3)
      }
    }
  }
}

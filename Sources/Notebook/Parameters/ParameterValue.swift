import JSON

/// A value that a notebook is given from outside: what YAML and JSON can say.
public indirect enum ParameterValue: Sendable, Equatable {
  case none
  case bool(Bool)
  /// A whole number of any size, by its decimal digits.
  case integer(String)
  case number(Double)
  case string(String)
  case list([ParameterValue])
  case dictionary([Member])

  public struct Member: Sendable, Equatable {
    public var key: String
    public var value: ParameterValue
  }

  /// Reads a word of the command line as papermill's `-p` does: `True`, `False`, `None`, then what
  /// Python reads as a whole number or as a float, else a string.
  public init(word: String) {
    switch word {
    case "True": self = .bool(true)
    case "False": self = .bool(false)
    case "None": self = .none
    default:
      if let digits = Self.digits(word) {
        self = .integer(digits)
      } else {
        self = Self.number(word).map { .number($0) } ?? .string(word)
      }
    }
  }

  public init(_ json: JSON) {
    switch json {
    case .null: self = .none
    case .bool(let value): self = .bool(value)
    case .number(let number):
      let isWhole = number.text.allSatisfy { $0 == "-" || $0.isNumber }
      self = isWhole ? .integer(number.text) : .number(number.double ?? .nan)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .list(elements.map(Self.init))
    case .object(let object):
      self = .dictionary(object.pairs.map { Member(key: $0.key, value: Self($0.value)) })
    }
  }

  /// The decimal digits of a text that Python's `int` reads, without needless signs and zeros.
  static func digits(_ text: String) -> String? {
    var digits = trimmed(text)
    let isNegative = digits.first == "-"
    if let sign = digits.first, sign == "-" || sign == "+" { digits = digits.dropFirst() }
    guard let plain = withoutSeparators(digits), plain.allSatisfy({ "0"..."9" ~= $0 }) else {
      return nil
    }
    let significant = plain.drop { $0 == "0" }
    if significant.isEmpty { return "0" }
    return (isNegative ? "-" : "") + significant
  }

  /// What Python's `float` reads.
  static func number(_ text: String) -> Double? {
    let text = trimmed(text)
    let unsigned = text.first == "-" || text.first == "+" ? text.dropFirst() : text
    switch unsigned.lowercased() {
    case "nan": return .nan
    case "inf", "infinity": return text.first == "-" ? -.infinity : .infinity
    default: break
    }
    // Swift also reads hexadecimal numbers and payloads of NaN.
    guard let plain = withoutSeparators(unsigned),
      plain.allSatisfy({ "0"..."9" ~= $0 || "eE+-.".contains($0) }), let value = Double(plain)
    else { return nil }
    return text.first == "-" ? -value : value
  }

  private static func trimmed(_ text: String) -> Substring {
    var text = text[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  /// Takes the underscores from between digits; nil where one stands elsewhere.
  private static func withoutSeparators(_ text: Substring) -> String? {
    if text.isEmpty { return nil }
    let parts = text.split(separator: "_", omittingEmptySubsequences: false)
    for (left, right) in zip(parts, parts.dropFirst()) {
      guard let last = left.last, let first = right.first, last.isNumber, first.isNumber else {
        return nil
      }
    }
    return parts.joined()
  }
}

extension ParameterValue {
  /// The value as source text, the same that papermill writes for Python.
  public var source: String {
    switch self {
    case .none: "None"
    case .bool(let value): value ? "True" : "False"
    case .integer(let digits): digits
    case .number(let number) where number.isNaN: "float('nan')"
    case .number(let number) where number.isInfinite: number < 0 ? "float('-inf')" : "float('inf')"
    case .number(let number): "\(number)"
    case .string(let text): Self.quoted(text)
    case .list(let values): "[" + values.map(\.source).joined(separator: ", ") + "]"
    case .dictionary(let members):
      "{" + members.map { "\(Self.quoted($0.key)): \($0.value.source)" }.joined(separator: ", ")
        + "}"
    }
  }

  /// A string literal of ASCII alone.
  private static func quoted(_ text: String) -> String {
    func escape(_ letter: String, _ value: UInt32, _ count: Int) -> String {
      let digits = String(value, radix: 16)
      return "\\" + letter + String(repeating: "0", count: count - digits.count) + digits
    }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case " "..."~": result.unicodeScalars.append(scalar)
      case ..."\u{FF}": result += escape("x", scalar.value, 2)
      case ..."\u{FFFF}": result += escape("u", scalar.value, 4)
      default: result += escape("U", scalar.value, 8)
      }
    }
    return result + "\""
  }
}

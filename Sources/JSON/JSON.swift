/// A JSON value that keeps the order of members and the text of numbers as they came.
public enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  /// A number, by the text it had; see ``JSON/Number``.
  case number(Number)
  case string(String)
  case array([JSON])
  case object(Object)
}

extension JSON {
  /// A number by its text, so that `1.0`, `1e3` and integers past 2^53 survive a round trip.
  public struct Number: Sendable, Hashable {
    /// The number in JSON's grammar.
    public let text: String

    /// Wraps text that is known to be a number in JSON's grammar.
    public init(verbatim text: String) { self.text = text }
    public init(_ value: Int) { text = String(value) }

    /// The shortest text that reads back as `value`.
    ///
    /// JSON has no text for NaN and the infinities; here they become `null`, and ``JSON/number(_:)`` makes them
    /// strings.
    public init(_ value: Double) {
      guard value.isFinite else {
        text = "null"
        return
      }
      if value == value.rounded(), abs(value) < 1e15 {
        text = value == 0 && value.sign == .minus ? "-0.0" : String(Int(value))
      } else {
        text = "\(value)"
      }
    }

    public var double: Double? { Double(text) }
    public var int: Int? { Int(text) ?? double.flatMap { Int(exactly: $0) } }
  }
}

extension JSON {
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var int: Int? { if case .number(let value) = self { value.int } else { nil } }
  public var double: Double? { if case .number(let value) = self { value.double } else { nil } }
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  public var object: Object? { if case .object(let value) = self { value } else { nil } }
  public var isNull: Bool { if case .null = self { true } else { false } }

  /// The member of that name, where this is an object that has it.
  public subscript(key: String) -> JSON? { object?[key] }

  /// A number; non-finite values become the strings `NaN`, `INF` and `-INF`, as in a Frictionless data resource.
  public static func number(_ value: Double) -> JSON {
    if value.isNaN { return .string("NaN") }
    if value.isInfinite { return .string(value < 0 ? "-INF" : "INF") }
    return .number(Number(value))
  }
  public static func number(_ value: Int) -> JSON { .number(Number(value)) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int) { self = .number(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Object(elements)) }
}

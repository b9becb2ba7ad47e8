/// A value that is put into a format string.
public enum FormatArgument: Sendable, Hashable {
  /// A number; a whole one counts as an integer.
  case number(Double)
  case bool(Bool)
  case string(String)
  /// Any other value: its type's name, what `str` and what `repr` give.
  case other(type: String, text: String, representation: String)

  /// What `str` gives.
  public var text: String {
    switch self {
    case .number(let number): NumberFormat.shortest(number)
    case .bool(let truth): truth ? "True" : "False"
    case .string(let string): string
    case .other(_, let text, _): text
    }
  }

  /// What `repr` gives.
  public var representation: String {
    switch self {
    case .string(let string): QuotedText.quoted(string)
    case .other(_, _, let representation): representation
    default: text
    }
  }

  /// The name of the type, for messages.
  var typeName: String {
    switch self {
    case .number(let number): number == number.rounded() ? "int" : "float"
    case .bool: "bool"
    case .string: "str"
    case .other(let type, _, _): type
    }
  }
}

/// Why a format string could not be filled in.
public struct FormatError: Error, Sendable, Hashable {
  /// The kind of error that the language raises.
  public enum Kind: String, Sendable, Hashable {
    case value = "ValueError"
    case type = "TypeError"
    case key = "KeyError"
    case index = "IndexError"
  }
  public var kind: Kind
  /// What is wrong, in one sentence.
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
}

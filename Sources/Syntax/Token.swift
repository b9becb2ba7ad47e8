/// A word or a mark of the language with the place where it stands.
public struct Token: Sendable, Hashable {
  public let kind: Kind
  public let span: Span

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
  }

  public enum Kind: Sendable, Hashable {
    case name
    case keyword(Keyword)
    case number
    /// A string without replacement fields, with its prefix and quotes.
    case string
    /// The prefix and the opening quotes of an f-string.
    case formatStart
    /// Literal text of an f-string or of a format specification.
    case formatText
    /// The closing quotes of an f-string.
    case formatEnd
    case symbol(Symbol)
    /// A whole line `%name …`, or from `%%name` to the end of the text.
    case magic
    /// Only given where a caller asks for comments.
    case comment
    case newline
    case indent
    case dedent
    case end
    /// Text that is no token; the lexer says why in `problem`.
    case invalid
    /// A string that is not closed, from its start or from the last field of an f-string on; only
    /// in lists of tokens, where the parser would see `.invalid`.
    case openString
  }
}

/// The reserved words, those of Python that the language leaves out among them.
public enum Keyword: String, Sendable, Hashable, CaseIterable {
  case `false` = "False"
  case none = "None"
  case `true` = "True"
  case and
  case `as`
  case assert
  case async
  case await
  case `break`
  case `class`
  case `continue`
  case def
  case del
  case elif
  case `else`
  case except
  case finally
  case `for`
  case from
  case global
  case `if`
  case `import`
  case `in`
  case `is`
  case lambda
  case nonlocal
  case not
  case or
  case pass
  case raise
  case `return`
  case `try`
  case `while`
  case with
  case yield

  /// Whether the word is reserved without being a part of the language.
  public var isLeftOut: Bool {
    switch self {
    case .async, .await, .yield: true
    default: false
    }
  }

  /// The words that a program can use, with `gate`, sorted.
  public static let names: [String] =
    (allCases.filter { !$0.isLeftOut }.map(\.rawValue) + ["gate"]).sorted()

  /// Words that begin a statement, which a mistyped first word is compared with.
  static let statementStarts: [String] = [
    "assert", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally",
    "for", "from", "gate", "global", "if", "import", "nonlocal", "pass", "raise", "return", "try",
    "while", "with",
  ]

  /// Words that can stand right behind a number, as in `1if x else 2`.
  var canFollowNumber: Bool {
    switch self {
    case .and, .or, .if, .else, .in, .is, .not, .for: true
    default: false
    }
  }
}

/// Operators and punctuation.
public enum Symbol: String, Sendable, Hashable, CaseIterable {
  case leftParen = "("
  case rightParen = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case comma = ","
  case colon = ":"
  case semicolon = ";"
  case dot = "."
  case ellipsis = "..."
  case arrow = "->"
  case question = "?"
  case exclamation = "!"
  case assign = "="
  case walrus = ":="
  case plus = "+"
  case minus = "-"
  case star = "*"
  case doubleStar = "**"
  case slash = "/"
  case doubleSlash = "//"
  case percent = "%"
  case at = "@"
  case ampersand = "&"
  case pipe = "|"
  case caret = "^"
  case tilde = "~"
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case equal = "=="
  case notEqual = "!="
  case plusAssign = "+="
  case minusAssign = "-="
  case starAssign = "*="
  case doubleStarAssign = "**="
  case slashAssign = "/="
  case doubleSlashAssign = "//="
  case percentAssign = "%="
  case atAssign = "@="
  case ampersandAssign = "&="
  case pipeAssign = "|="
  case caretAssign = "^="
  case shiftLeftAssign = "<<="
  case shiftRightAssign = ">>="

  /// The operator of an augmented assignment.
  var augmentedOperator: BinaryOperator? {
    switch self {
    case .plusAssign: .add
    case .minusAssign: .subtract
    case .starAssign: .multiply
    case .doubleStarAssign: .power
    case .slashAssign: .divide
    case .doubleSlashAssign: .floorDivide
    case .percentAssign: .remainder
    case .atAssign: .matmul
    case .ampersandAssign: .bitAnd
    case .pipeAssign: .bitOr
    case .caretAssign: .bitXor
    default: nil
    }
  }
}

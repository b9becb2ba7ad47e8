/// Builds the tree of a program from its tokens.
///
/// Statements are parsed by descent, operators by precedence. Both are bounded in depth, so no text
/// can exhaust the stack.
public struct Parser {
  public struct Options: Sendable {
    /// Whether `%name` lines and `name?` are statements.
    public var allowsMagics: Bool

    public init(allowsMagics: Bool = true) { self.allowsMagics = allowsMagics }
  }

  /// What encloses the statement that is parsed, as far as statements depend on it.
  struct Scope {
    enum Kind {
      case top
      case function
      case classBody
    }
    var kind: Kind = .top
    var loops = 0
  }

  let source: Source
  var lexer: Lexer
  /// The token that is looked at.
  var token: Token
  /// The end of the token before it.
  var previousEnd = 0
  var scope = Scope()
  /// Blocks around the statement that is parsed.
  var blockDepth = 0
  /// Expressions around the expression that is parsed.
  var expressionDepth = 0

  private init(_ source: Source, options: Options) {
    self.source = source
    lexer = Lexer(source.utf8, allowsMagics: options.allowsMagics)
    token = Token(.end, Span(0, 0))
  }

  /// Parses a cell or a file.
  ///
  /// Throws the first error as a `SyntaxError`.
  public static func parse(
    _ source: Source, options: Options = Options()
  ) throws(Diagnostic) -> Program {
    do {
      return try program(source, options: options)
    } catch {
      throw error.diagnostic(in: source)
    }
  }

  /// Parses a text and keeps what the diagnostic leaves out: whether more text could mend it.
  static func program(
    _ source: Source, options: Options = Options()
  ) throws(SyntaxProblem) -> Program {
    var parser = Parser(source, options: options)
    try parser.advance()
    var statements: [Statement] = []
    while parser.token.kind != .end { try parser.statement(into: &statements) }
    return Program(source: source, statements: statements)
  }

  // MARK: Tokens

  /// Goes on to the next token.
  mutating func advance() throws(SyntaxProblem) {
    previousEnd = token.span.end
    token = lexer.next()
    if token.kind == .invalid { throw lexerProblem() }
  }

  private func lexerProblem() -> SyntaxProblem {
    lexer.problem ?? SyntaxProblem(message: "this text cannot be read", span: token.span)
  }

  func at(_ symbol: Symbol) -> Bool { token.kind == .symbol(symbol) }
  func at(_ keyword: Keyword) -> Bool { token.kind == .keyword(keyword) }

  /// Goes past a symbol if it stands here.
  mutating func take(_ symbol: Symbol) throws(SyntaxProblem) -> Bool {
    guard at(symbol) else { return false }
    try advance()
    return true
  }

  mutating func take(_ keyword: Keyword) throws(SyntaxProblem) -> Bool {
    guard at(keyword) else { return false }
    try advance()
    return true
  }

  /// The token behind the one that is looked at, which stays.
  func peek() -> Token {
    var ahead = lexer
    return ahead.next()
  }

  func text(_ span: Span) -> String { source.text(span) }

  /// Reads a name where one must stand.
  mutating func name(_ purpose: String) throws(SyntaxProblem) -> (name: String, span: Span) {
    guard token.kind == .name else {
      if case .keyword(let keyword) = token.kind {
        throw SyntaxProblem(
          message: "'\(keyword.rawValue)' is a keyword and cannot be \(purpose)", span: token.span)
      }
      throw unexpected("expected \(purpose)")
    }
    let span = token.span
    try advance()
    return (text(span), span)
  }

  /// Builds a node, unless the tree gets too high.
  func node(_ kind: Expression.Kind, _ span: Span) throws(SyntaxProblem) -> Expression {
    let expression = Expression(kind, span)
    if expression.height > NestingLimit.expression { throw tooDeep(span) }
    return expression
  }

  /// Builds a node that goes from an offset to the end of the last token.
  func node(_ kind: Expression.Kind, from start: Int) throws(SyntaxProblem) -> Expression {
    try node(kind, Span(start, previousEnd))
  }

  func tooDeep(_ span: Span) -> SyntaxProblem {
    SyntaxProblem(
      message: "this expression is nested too deeply", span: span,
      hint: "give parts of it names of their own")
  }
}

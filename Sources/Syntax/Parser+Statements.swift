extension Parser {
  /// Parses one compound statement or one line of simple statements.
  mutating func statement(into statements: inout [Statement]) throws(SyntaxProblem) {
    switch token.kind {
    case .keyword(let keyword):
      if let compound = try compound(keyword) {
        statements.append(compound)
        return
      }
    case .name where atGate():
      statements.append(try gate())
      return
    case .magic:
      statements.append(try magic())
      return
    case .indent:
      throw SyntaxProblem(
        message: "this line is indented, but no block starts before it", span: indentation(),
        hint: statements.isEmpty
          ? "take away the space before it" : "indent it as the line above")
    case .symbol(.at): throw leftOut("decorators are", token.span)
    default: break
    }
    try simpleStatements(into: &statements)
  }

  /// The white space before the token.
  private func indentation() -> Span {
    let line = source.span(ofLine: source.line(at: token.span.start))
    return Span(line.start, max(token.span.start, line.start + 1))
  }

  /// Parses simple statements with `;` between them, and the end of their line.
  mutating func simpleStatements(into statements: inout [Statement]) throws(SyntaxProblem) {
    let first = token
    while true {
      let statement = try simpleStatement()
      if try take(.semicolon) {
        if token.kind == .newline {
          statements.append(statement.silenced)
          break
        }
        statements.append(statement)
        if case .keyword(let keyword) = token.kind, keyword.startsBlock {
          throw SyntaxProblem(
            message: "'\(keyword.rawValue)' cannot follow another statement on its line",
            span: token.span, hint: "start a new line")
        }
        continue
      }
      statements.append(statement)
      break
    }
    guard token.kind == .newline else { throw strayToken(after: first) }
    try advance()
  }

  private mutating func simpleStatement() throws(SyntaxProblem) -> Statement {
    guard case .keyword(let keyword) = token.kind else { return try expressionStatement() }
    switch keyword {
    case .pass: return try word(.pass)
    case .break:
      try requireLoop("break")
      return try word(.breakLoop)
    case .continue:
      try requireLoop("continue")
      return try word(.continueLoop)
    case .return: return try returnStatement()
    case .global, .nonlocal: return try declaration(keyword)
    case .assert: return try assertion()
    case .raise: return try raise()
    case .del: return try deletion()
    case .import: return try importStatement()
    case .from: return try fromImport()
    case .async, .await, .yield: throw leftOut("'\(keyword.rawValue)' is", token.span)
    case .else, .elif, .except, .finally: throw orphan(keyword)
    default:
      if keyword.startsBlock {
        throw SyntaxProblem(
          message: "'\(keyword.rawValue)' starts a block and must begin its own line",
          span: token.span)
      }
      return try expressionStatement()
    }
  }

  private mutating func word(_ kind: Statement.Kind) throws(SyntaxProblem) -> Statement {
    let span = token.span
    try advance()
    return Statement(kind, span)
  }

  private func requireLoop(_ word: String) throws(SyntaxProblem) {
    guard scope.loops == 0 else { return }
    throw SyntaxProblem(message: "'\(word)' stands outside of a loop", span: token.span)
  }

  private func orphan(_ keyword: Keyword) -> SyntaxProblem {
    let owners: String
    switch keyword {
    case .elif: owners = "'if'"
    case .else: owners = "'if', 'for', 'while' or 'try'"
    default: owners = "'try'"
    }
    return SyntaxProblem(
      message: "'\(keyword.rawValue)' has no \(owners) before it at this indentation",
      span: token.span)
  }

  private mutating func returnStatement() throws(SyntaxProblem) -> Statement {
    let span = token.span
    guard scope.kind == .function else {
      throw SyntaxProblem(message: "'return' stands outside of a function", span: span)
    }
    try advance()
    if atEndOfStatement { return Statement(.returnValue(nil), span) }
    let value = try expressionList()
    try rejectLoneStar(value)
    return Statement(.returnValue(value), Span(span.start, previousEnd))
  }

  var atEndOfStatement: Bool { token.kind == .newline || token.kind == .end || at(.semicolon) }

  private mutating func declaration(_ keyword: Keyword) throws(SyntaxProblem) -> Statement {
    let span = token.span
    if keyword == .nonlocal, scope.kind == .top {
      throw SyntaxProblem(
        message: "'nonlocal' stands outside of a function", span: span)
    }
    try advance()
    var names: [String] = []
    repeat { names.append(try name("the name of a variable").name) } while try take(.comma)
    if at(.assign) {
      throw unexpected(
        "'\(keyword.rawValue)' only declares names", hint: "assign in a line of its own")
    }
    let whole = Span(span.start, previousEnd)
    return Statement(keyword == .global ? .global(names) : .nonlocal(names), whole)
  }

  private mutating func assertion() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    try advance()
    let test = try part(after: "assert")
    let message = try take(.comma) ? try part(after: ",") : nil
    return Statement(.assertion(test, message: message), Span(start, previousEnd))
  }

  private mutating func raise() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    try advance()
    if atEndOfStatement { return Statement(.raise(nil, cause: nil), Span(start, previousEnd)) }
    let value = try part(after: "raise")
    if at(.comma) {
      throw unexpected(
        "'raise' takes one value",
        hint: "write raise ValueError(\"…\") with the message as argument")
    }
    let cause = try take(.from) ? try part(after: "from") : nil
    return Statement(.raise(value, cause: cause), Span(start, previousEnd))
  }

  private mutating func deletion() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    try advance()
    guard token.kind.startsExpression else { throw expectedExpression(after: "del") }
    let list = try expressionList()
    var targets: [Expression] = []
    try collectDeleted(list, into: &targets)
    return Statement(.delete(targets), Span(start, previousEnd))
  }

  private func collectDeleted(
    _ target: Expression, into targets: inout [Expression]
  ) throws(SyntaxProblem) {
    switch target.kind {
    case .name, .attribute, .subscripted: targets.append(target)
    case .tuple(let items), .list(let items):
      for item in items { try collectDeleted(item, into: &targets) }
    default:
      throw SyntaxProblem(
        message: "cannot delete \(target.description)", span: target.span)
    }
  }

  /// Parses an expression that must follow a word or a mark.
  mutating func part(after word: String) throws(SyntaxProblem) -> Expression {
    guard token.kind.startsExpression else { throw expectedExpression(after: word) }
    return try expression()
  }

  /// Parses an expression, or several with commas as a tuple.
  mutating func expressionList() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    let first = try item()
    guard at(.comma) else { return first }
    var items = [first]
    while try take(.comma) {
      guard token.kind.startsExpression || at(.star) else { break }
      items.append(try item())
    }
    return try node(.tuple(items), from: start)
  }

  func rejectLoneStar(_ value: Expression) throws(SyntaxProblem) {
    if case .starred = value.kind { throw starAlone(value) }
  }
}

extension Statement {
  /// The statement with its value kept from being shown, when it is an expression.
  fileprivate var silenced: Statement {
    guard case .expression(let value, _) = kind else { return self }
    return Statement(.expression(value, isSilenced: true), span)
  }
}

extension Keyword {
  /// Whether the word starts a statement with a block.
  var startsBlock: Bool {
    switch self {
    case .if, .for, .while, .def, .class, .try, .with: true
    default: false
    }
  }
}

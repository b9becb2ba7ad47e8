extension Parser {
  /// Parses a statement with a block; nil when the keyword starts none.
  mutating func compound(_ keyword: Keyword) throws(SyntaxProblem) -> Statement? {
    switch keyword {
    case .if: try conditional()
    case .for: try forLoop()
    case .while: try whileLoop()
    case .try: try attempt()
    case .with: try with()
    case .def: try function()
    case .class: try classDefinition()
    default: nil
    }
  }

  /// Parses the colon behind a header and its block.
  ///
  /// - Parameters:
  ///   - header: the header as messages name it, `the condition of if`.
  ///   - keyword: where the header starts.
  mutating func block(
    after header: String, _ keyword: Span
  ) throws(SyntaxProblem) -> [Statement] {
    guard at(.colon) else { throw missingColon(header) }
    try advance()
    var statements: [Statement] = []
    guard token.kind == .newline else {
      if case .keyword(let inner) = token.kind, inner.startsBlock {
        throw SyntaxProblem(
          message: "'\(inner.rawValue)' cannot stand on the line of another block's header",
          span: token.span, hint: "start a new line and indent it")
      }
      try simpleStatements(into: &statements)
      return statements
    }
    try advance()
    guard token.kind == .indent else { throw missingBlock(keyword) }
    guard blockDepth < NestingLimit.blocks else {
      throw SyntaxProblem(
        message: "blocks are nested more than \(NestingLimit.blocks) levels deep",
        span: token.span, hint: "move the inner blocks into functions")
    }
    blockDepth += 1
    try advance()
    while token.kind != .dedent, token.kind != .end { try statement(into: &statements) }
    blockDepth -= 1
    // The end of the block is the end of its last statement, not the next line.
    let end = previousEnd
    if token.kind == .dedent { try advance() }
    previousEnd = end
    return statements
  }

  private func missingColon(_ header: String) -> SyntaxProblem {
    switch token.kind {
    case .symbol(.assign):
      return unexpected(
        "'=' assigns and cannot stand in \(header)", hint: "use == to compare")
    case .symbol(.walrus):
      return leftOut("the operator ':=' is", token.span)
    case .symbol(.leftBrace):
      return unexpected(
        "expected ':' after \(header), not '{'",
        hint: "a block is a ':' and indented lines, without braces")
    case .newline, .end, .dedent: return unexpected("expected ':' after \(header)")
    default: return unexpected("expected ':' after \(header), not \(nameOfToken)")
    }
  }

  private func missingBlock(_ keyword: Span) -> SyntaxProblem {
    let line = source.line(at: keyword.start)
    let isAtEnd =
      token.kind == .end || token.kind == .dedent && token.span.start >= source.utf8.count
    let place = isAtEnd ? Span(previousEnd, previousEnd) : token.span
    return SyntaxProblem(
      message: "expected an indented block after '\(text(keyword))' on line \(line)",
      span: place, hint: "write pass for a block that does nothing", isIncomplete: isAtEnd)
  }

  /// Parses a condition.
  private mutating func condition(of keyword: String) throws(SyntaxProblem) -> Expression {
    guard token.kind.startsExpression else { throw expectedExpression(after: keyword) }
    return try expression()
  }

  private mutating func conditional() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    var branches: [(test: Expression, body: [Statement])] = []
    var otherwise: [Statement] = []
    repeat {
      let keyword = token.span
      let word = text(keyword)
      try advance()
      let test = try condition(of: word)
      branches.append((test, try block(after: "the condition of \(word)", keyword)))
    } while at(.elif)
    if at(.else) { otherwise = try elseBlock() }
    return Statement(
      .conditional(branches: branches, otherwise: otherwise), Span(start, previousEnd))
  }

  private mutating func elseBlock() throws(SyntaxProblem) -> [Statement] {
    let keyword = token.span
    try advance()
    if at(.if) {
      throw SyntaxProblem(
        message: "expected ':' after 'else', not 'if'", span: keyword.union(token.span),
        hint: "write elif")
    }
    return try block(after: "'else'", keyword)
  }

  private mutating func forLoop() throws(SyntaxProblem) -> Statement {
    let keyword = token.span
    try advance()
    let target = try loopTarget()
    guard try take(.in) else { throw missingIn() }
    guard token.kind.startsExpression || at(.star) else { throw expectedExpression(after: "in") }
    let iterable = try expressionList()
    try rejectLoneStar(iterable)
    let body = try loopBody(after: "the values of for", keyword)
    let otherwise = at(.else) ? try elseBlock() : []
    return Statement(
      .forLoop(target: target, iterable: iterable, body: body, otherwise: otherwise),
      Span(keyword.start, previousEnd))
  }

  private mutating func whileLoop() throws(SyntaxProblem) -> Statement {
    let keyword = token.span
    try advance()
    let test = try condition(of: "while")
    let body = try loopBody(after: "the condition of while", keyword)
    let otherwise = at(.else) ? try elseBlock() : []
    return Statement(
      .whileLoop(test: test, body: body, otherwise: otherwise), Span(keyword.start, previousEnd))
  }

  private mutating func loopBody(
    after header: String, _ keyword: Span
  ) throws(SyntaxProblem) -> [Statement] {
    scope.loops += 1
    defer { scope.loops -= 1 }
    return try block(after: header, keyword)
  }

  private mutating func with() throws(SyntaxProblem) -> Statement {
    let keyword = token.span
    try advance()
    var items: [(context: Expression, target: Expression?)] = []
    repeat {
      let context = try part(after: items.isEmpty ? "with" : ",")
      var target: Expression?
      if try take(.as) {
        let value = try operation(.bitOr)
        try checkTarget(value, verb: "assign to")
        target = value
      }
      items.append((context, target))
    } while try take(.comma)
    let body = try block(after: "the value of with", keyword)
    return Statement(.with(items: items, body: body), Span(keyword.start, previousEnd))
  }

  private mutating func attempt() throws(SyntaxProblem) -> Statement {
    let keyword = token.span
    try advance()
    let body = try block(after: "'try'", keyword)
    var handlers: [ExceptHandler] = []
    while at(.except) {
      handlers.append(try handler(isLast: handlers.last?.kinds == nil && !handlers.isEmpty))
    }
    let otherwise = at(.else) && !handlers.isEmpty ? try elseBlock() : []
    var finally: [Statement] = []
    var hasFinally = false
    if at(.finally) {
      let word = token.span
      try advance()
      finally = try block(after: "'finally'", word)
      hasFinally = true
    }
    guard hasFinally || !handlers.isEmpty else {
      let isAtEnd = token.kind == .end
      throw SyntaxProblem(
        message: "expected 'except' or 'finally' after the block of 'try'",
        span: isAtEnd ? keyword : placeOfToken, hint: hintForHandler(), isIncomplete: isAtEnd)
    }
    return Statement(
      .attempt(body: body, handlers: handlers, otherwise: otherwise, finally: finally),
      Span(keyword.start, previousEnd))
  }

  private func hintForHandler() -> String? {
    guard token.kind == .name else { return nil }
    return nearest(to: text(token.span), among: ["except", "finally"])
      .map { "did you mean '\($0)'?" }
  }

  private mutating func handler(isLast: Bool) throws(SyntaxProblem) -> ExceptHandler {
    let keyword = token.span
    if isLast {
      throw SyntaxProblem(
        message: "nothing can follow a bare 'except:'", span: keyword,
        hint: "put the 'except' that catches all last")
    }
    try advance()
    if at(.star) { throw leftOut("'except*' is", token.span) }
    var kinds: Expression?
    var alias: String?
    if !at(.colon) {
      kinds = try part(after: "except")
      if at(.comma) {
        throw unexpected(
          "several kinds of errors need parentheses", hint: "write: except (KeyError, IndexError):")
      }
      if try take(.as) { alias = try name("the name of the caught error").name }
    }
    let header =
      alias != nil ? "the name of the error" : kinds != nil ? "the kind of error" : "'except'"
    let body = try block(after: header, keyword)
    return ExceptHandler(
      kinds: kinds, name: alias, body: body, span: Span(keyword.start, previousEnd))
  }
}

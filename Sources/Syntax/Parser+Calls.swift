extension Parser {
  /// Parses the arguments of a call and the closing parenthesis.
  mutating func arguments() throws(SyntaxProblem) -> [Argument] {
    var arguments: [Argument] = []
    var keywords: Set<String> = []
    var lastNamed: String?
    while !at(.rightParen) {
      let argument = try argument(isFirst: arguments.isEmpty)
      switch argument.kind {
      case .keyword(let name):
        guard keywords.insert(name).inserted else {
          throw SyntaxProblem(
            message: "the argument '\(name)' is given twice", span: argument.span)
        }
        lastNamed = "'\(name)='"
      case .unpackedMapping: lastNamed = "'**'"
      case .positional:
        if let lastNamed {
          throw SyntaxProblem(
            message: "an argument without a name follows \(lastNamed)", span: argument.span,
            hint: "put arguments with names last")
        }
      case .unpacked:
        if lastNamed == "'**'" {
          throw SyntaxProblem(
            message: "an unpacked list follows '**' in the arguments", span: argument.span)
        }
      }
      arguments.append(argument)
      guard try take(.comma) else { break }
    }
    try close(.rightParen)
    return arguments
  }

  private mutating func argument(isFirst: Bool) throws(SyntaxProblem) -> Argument {
    let start = token.span.start
    if try take(.star) {
      return Argument(kind: .unpacked, value: try expression(), span: Span(start, previousEnd))
    }
    if try take(.doubleStar) {
      return Argument(
        kind: .unpackedMapping, value: try expression(), span: Span(start, previousEnd))
    }
    if case .keyword(let keyword) = token.kind, peek().kind == .symbol(.assign) {
      throw SyntaxProblem(
        message: "'\(keyword.rawValue)' is a keyword and cannot name an argument", span: token.span)
    }
    let value = try expression()
    if at(.assign) { return try keywordArgument(value, start) }
    guard at(.for) || at(.async) else {
      return Argument(kind: .positional, value: value, span: Span(start, previousEnd))
    }
    let clauses = try clauses(after: value)
    let generator = try node(
      .comprehension(.generator, element: value, clauses: clauses), from: start)
    guard isFirst, at(.rightParen) || at(.comma) && peek().kind == .symbol(.rightParen) else {
      throw SyntaxProblem(
        message: "a generator beside other arguments needs parentheses of its own",
        span: generator.span)
    }
    return Argument(kind: .positional, value: generator, span: generator.span)
  }

  private mutating func keywordArgument(
    _ target: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Argument {
    guard case .name(let name) = target.kind, target.span == Span(start, previousEnd) else {
      throw unexpected(
        "'=' in a call names an argument, and what stands before it is no name",
        hint: "use == to compare")
    }
    try advance()
    guard token.kind.startsExpression else { throw expectedExpression(after: "=") }
    let value = try expression()
    return Argument(kind: .keyword(name), value: value, span: Span(start, previousEnd))
  }

  // MARK: Comprehensions

  /// Parses the clauses `for … in … if …` behind an element.
  mutating func clauses(after element: Expression) throws(SyntaxProblem) -> [ComprehensionClause] {
    if case .starred = element.kind {
      throw SyntaxProblem(
        message: "'*' cannot unpack a value in a comprehension", span: element.span,
        hint: "write a second for")
    }
    var clauses: [ComprehensionClause] = []
    while !at(.async), try take(.for) {
      let target = try loopTarget()
      guard try take(.in) else { throw missingIn() }
      let iterable = try clausePart(after: "in")
      var conditions: [Expression] = []
      while try take(.if) { conditions.append(try clausePart(after: "if")) }
      clauses.append(
        ComprehensionClause(target: target, iterable: iterable, conditions: conditions))
    }
    if at(.async) { throw leftOut("'async' is", token.span) }
    if at(.else) {
      throw unexpected(
        "'else' cannot follow the 'if' of a comprehension",
        hint: "put the conditional first: [value if test else other for …]")
    }
    return clauses
  }

  private mutating func clausePart(after word: String) throws(SyntaxProblem) -> Expression {
    guard token.kind.startsExpression else { throw expectedExpression(after: word) }
    return at(.lambda) ? try expression() : try operation(.lowest)
  }

  func missingIn() -> SyntaxProblem {
    unexpected(
      "expected 'in' after the variable of for, not \(nameOfToken)",
      hint: at(.assign) ? "write: for i in range(n):" : nil)
  }

  // MARK: Lambda and parameters

  mutating func lambda() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    try advance()
    let parameters = try parameters(until: .colon, allowsAnnotations: false)
    guard try take(.colon) else {
      throw unexpected("expected ':' after the parameters of lambda, not \(nameOfToken)")
    }
    guard token.kind.startsExpression else { throw expectedExpression(after: ":") }
    let body = try expression()
    return try node(.lambda(parameters, body), from: start)
  }

  /// Parses parameters up to the token that closes them, which stays.
  mutating func parameters(
    until closer: Symbol, allowsAnnotations: Bool
  ) throws(SyntaxProblem) -> Parameters {
    var list = ParameterList()
    while !at(closer) {
      let start = token.span
      if try take(.doubleStar) {
        let (name, span) = try parameterName(allowsAnnotations)
        try list.addKeywordRest(name, span)
        try rejectDefault(of: "**\(name)")
      } else if try take(.star) {
        if at(.comma) || at(closer) {
          try list.addBareStar(start)
        } else {
          let (name, span) = try parameterName(allowsAnnotations)
          try list.addRest(name, span)
          try rejectDefault(of: "*\(name)")
        }
      } else if at(.slash) {
        throw leftOut("'/' among parameters is", token.span)
      } else {
        let (name, span) = try parameterName(allowsAnnotations)
        var defaultValue: Expression?
        if try take(.assign) {
          guard token.kind.startsExpression else { throw expectedExpression(after: "=") }
          defaultValue = try expression()
        }
        try list.add(name, span, defaultValue)
      }
      guard try take(.comma) else { break }
    }
    return try list.finished()
  }

  private mutating func parameterName(
    _ allowsAnnotations: Bool
  ) throws(SyntaxProblem) -> (name: String, span: Span) {
    if at(.leftParen) || at(.leftBracket) {
      throw unexpected("a parameter is a name: it cannot be unpacked here")
    }
    let result = try name("the name of a parameter")
    if allowsAnnotations, try take(.colon) { _ = try expression() }
    return result
  }

  private func rejectDefault(of name: String) throws(SyntaxProblem) {
    guard at(.assign) else { return }
    throw unexpected("'\(name)' cannot have a default value")
  }
}

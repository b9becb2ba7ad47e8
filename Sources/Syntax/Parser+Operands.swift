extension Parser {
  /// Parses an atom with the calls, subscripts and attributes behind it.
  mutating func postfixed() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    var value = try atom()
    while case .symbol(let symbol) = token.kind {
      switch symbol {
      case .dot:
        try advance()
        let (name, span) = try attributeName()
        value = try node(.attribute(value, name: name, nameSpan: span), from: start)
      case .leftParen:
        try advance()
        let arguments = try arguments()
        value = try node(.call(callee: value, arguments: arguments), from: start)
      case .leftBracket:
        try advance()
        let index = try index()
        value = try node(.subscripted(value, index: index), from: start)
      default:
        return value
      }
    }
    return value
  }

  private mutating func attributeName() throws(SyntaxProblem) -> (name: String, span: Span) {
    if token.kind == .number {
      throw SyntaxProblem(
        message: "expected a name after '.', not a number", span: token.span,
        hint: "write [\(text(token.span))] for an index")
    }
    return try name("the name of an attribute")
  }

  private mutating func atom() throws(SyntaxProblem) -> Expression {
    switch token.kind {
    case .name, .number, .symbol(.ellipsis): return try word()
    case .string, .formatStart: return try strings()
    case .keyword(let keyword): return try constant(keyword)
    case .symbol(.leftParen): return try parenthesized()
    case .symbol(.leftBracket): return try list()
    case .symbol(.leftBrace): return try braces()
    default: throw missingAtom()
    }
  }

  /// Parses a name, a number or `...`.
  private mutating func word() throws(SyntaxProblem) -> Expression {
    let span = token.span
    let kind: Expression.Kind
    switch token.kind {
    case .name: kind = .name(text(span))
    case .number: kind = .number(Lexer.value(ofNumber: source.utf8[span.start..<span.end]))
    default: kind = .ellipsis
    }
    try advance()
    return try node(kind, span)
  }

  private func missingAtom() -> SyntaxProblem {
    guard at(.star) else { return expectedExpression() }
    return SyntaxProblem(
      message: "'*' cannot unpack a value here", span: token.span,
      hint: "a star stands in calls, lists, tuples and targets")
  }

  private mutating func constant(_ keyword: Keyword) throws(SyntaxProblem) -> Expression {
    let kind: Expression.Kind
    switch keyword {
    case .true: kind = .boolean(true)
    case .false: kind = .boolean(false)
    case .none: kind = .none
    default: throw expectedExpression()
    }
    let span = token.span
    try advance()
    return try node(kind, span)
  }

  // MARK: Brackets

  /// Parses `( … )`: an expression, a tuple, or a generator.
  private mutating func parenthesized() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    try advance()
    if try take(.rightParen) { return try node(.tuple([]), from: start) }
    let first = try item()
    if at(.for) || at(.async) {
      let clauses = try clauses(after: first)
      try close(.rightParen)
      return try node(
        .comprehension(.generator, element: first, clauses: clauses), from: start)
    }
    guard at(.comma) else {
      try close(.rightParen)
      if case .starred = first.kind { throw starAlone(first) }
      return first
    }
    let items = try items(from: first, until: .rightParen)
    return try node(.tuple(items), from: start)
  }

  func starAlone(_ value: Expression) -> SyntaxProblem {
    SyntaxProblem(
      message: "'*' cannot unpack a value here", span: value.span,
      hint: "a tuple needs a comma: (*values,)")
  }

  private mutating func list() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    try advance()
    if try take(.rightBracket) { return try node(.list([]), from: start) }
    let first = try item()
    if at(.for) || at(.async) {
      let clauses = try clauses(after: first)
      try close(.rightBracket)
      return try node(.comprehension(.list, element: first, clauses: clauses), from: start)
    }
    let items = try items(from: first, until: .rightBracket)
    return try node(.list(items), from: start)
  }

  /// Parses the items behind the first and the closing bracket.
  private mutating func items(
    from first: Expression, until closer: Symbol
  ) throws(SyntaxProblem) -> [Expression] {
    var items = [first]
    while try take(.comma) {
      if at(closer) { break }
      items.append(try item())
    }
    try close(closer)
    return items
  }

  /// Parses an expression or `*expression`.
  mutating func item() throws(SyntaxProblem) -> Expression {
    guard at(.star) else { return try expression() }
    let start = token.span.start
    try advance()
    let value = try operation(.bitOr)
    return try node(.starred(value), from: start)
  }

  /// Parses `{ … }`: a dict, a set, or a comprehension of either.
  private mutating func braces() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    try advance()
    if try take(.rightBrace) { return try node(.dict([]), from: start) }
    if at(.doubleStar) { return try dict([], start) }
    let first = try item()
    if try take(.colon) {
      let value = try dictValue()
      if at(.for) || at(.async) {
        let clauses = try clauses(after: value)
        try close(.rightBrace)
        return try node(
          .dictComprehension(key: first, value: value, clauses: clauses), from: start)
      }
      let pair: [(key: Expression?, value: Expression)] = [(key: first, value: value)]
      guard try take(.comma) else {
        try close(.rightBrace)
        return try node(.dict(pair), from: start)
      }
      return try dict(pair, start)
    }
    if at(.for) || at(.async) {
      let clauses = try clauses(after: first)
      try close(.rightBrace)
      return try node(.comprehension(.set, element: first, clauses: clauses), from: start)
    }
    let items = try items(from: first, until: .rightBrace)
    return try node(.set(items), from: start)
  }

  /// Parses the rest of a dict, at the start of an item.
  private mutating func dict(
    _ first: [(key: Expression?, value: Expression)], _ start: Int
  ) throws(SyntaxProblem) -> Expression {
    var items = first
    while !at(.rightBrace) {
      if try take(.doubleStar) {
        items.append((nil, try operation(.bitOr)))
      } else {
        let key = try expression()
        guard try take(.colon) else {
          throw unexpected(
            at(.assign)
              ? "a dict takes ':' between key and value, not '='"
              : "expected ':' and a value after the key of this dict")
        }
        items.append((key, try dictValue()))
      }
      guard try take(.comma) else { break }
    }
    try close(.rightBrace)
    return try node(.dict(items), from: start)
  }

  private mutating func dictValue() throws(SyntaxProblem) -> Expression {
    guard token.kind.startsExpression else { throw expectedExpression(after: ":") }
    return try expression()
  }

  /// Goes past a closing bracket, or says what stands in its place.
  mutating func close(_ closer: Symbol) throws(SyntaxProblem) {
    if try take(closer) { return }
    if at(.assign) {
      throw unexpected(
        "'=' assigns and cannot stand within an expression", hint: "use == to compare")
    }
    if at(.walrus) {
      throw leftOut(
        "the operator ':=' is", token.span, hint: "assign with = in a line of its own")
    }
    if token.kind.startsOperandOnly {
      throw unexpected(
        "expected ',' or '\(closer.rawValue)' before \(nameOfToken)",
        hint: "perhaps a comma is missing")
    }
    throw unexpected("expected '\(closer.rawValue)', not \(nameOfToken)")
  }

  // MARK: Subscripts

  /// Parses the index of a subscript and its closing bracket.
  private mutating func index() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    if at(.rightBracket) { throw unexpected("expected an index between '[' and ']'") }
    let first = try slice()
    guard at(.comma) else {
      try close(.rightBracket)
      return first
    }
    var items = [first]
    while try take(.comma) {
      if at(.rightBracket) { break }
      items.append(try slice())
    }
    let tuple = try node(.tuple(items), from: start)
    try close(.rightBracket)
    return tuple
  }

  /// Parses an index or `lower:upper:step`.
  private mutating func slice() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    var lower: Expression?
    if !at(.colon) {
      let value = try item()
      guard at(.colon) else { return value }
      lower = value
    }
    try advance()
    let upper = try bound()
    var step: Expression?
    if try take(.colon) { step = try bound() }
    return try node(.slice(lower: lower, upper: upper, step: step), from: start)
  }

  private mutating func bound() throws(SyntaxProblem) -> Expression? {
    at(.colon) || at(.comma) || at(.rightBracket) ? nil : try expression()
  }
}

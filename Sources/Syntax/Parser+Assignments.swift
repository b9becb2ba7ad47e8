extension Parser {
  /// Parses an expression, an assignment of any form, or a request for help.
  mutating func expressionStatement() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    if at(.question) { return try leadingHelp() }
    if at(.exclamation) {
      throw leftOut("commands of the shell are", token.span)
    }
    let first = try expressionList()
    guard case .symbol(let symbol) = token.kind else {
      try rejectLoneStar(first)
      return Statement(.expression(first, isSilenced: false), Span(start, previousEnd))
    }
    switch symbol {
    case .assign: return try assignment(to: first, start)
    case .colon: return try annotated(first, start)
    case .question: return try trailingHelp(first, start)
    case .shiftLeftAssign, .shiftRightAssign:
      throw leftOut("the operator '\(symbol.rawValue)' is", token.span)
    case .walrus:
      throw leftOut("the operator ':=' is", token.span, hint: "assign with =")
    default:
      if let operation = symbol.augmentedOperator {
        return try augmented(first, operation, symbol, start)
      }
      try rejectLoneStar(first)
      return Statement(.expression(first, isSilenced: false), Span(start, previousEnd))
    }
  }

  private mutating func assignment(
    to first: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Statement {
    var targets: [Expression] = []
    var value = first
    while at(.assign) {
      try checkTarget(value, verb: "assign to")
      try rejectLoneStarTarget(value)
      let sign = token.span
      try advance()
      if at(.greater) || at(.less), token.span.start == sign.end {
        throw SyntaxProblem(
          message: "there is no operator '=\(text(token.span))'",
          span: sign.union(token.span), hint: "write \(text(token.span))=")
      }
      if case .symbol(let symbol) = token.kind, token.span.start == sign.end,
        symbol == .plus || symbol == .minus, peek().span.start > token.span.end
      {
        throw SyntaxProblem(
          message: "there is no operator '=\(symbol.rawValue)'", span: sign.union(token.span),
          hint: "write \(symbol.rawValue)= to change the variable")
      }
      targets.append(value)
      guard token.kind.startsExpression || at(.star) else { throw expectedExpression(after: "=") }
      value = try expressionList()
    }
    try rejectLoneStar(value)
    if at(.colon), targets.count == 1, case .name = targets[0].kind {
      throw unexpected("expected the end of the line, not ':'")
    }
    return Statement(.assignment(targets: targets, value: value), Span(start, previousEnd))
  }

  private mutating func augmented(
    _ target: Expression, _ operation: BinaryOperator, _ symbol: Symbol, _ start: Int
  ) throws(SyntaxProblem) -> Statement {
    switch target.kind {
    case .name, .attribute, .subscripted: break
    default:
      throw SyntaxProblem(
        message: "'\(symbol.rawValue)' cannot change \(target.description)", span: target.span)
    }
    try advance()
    guard token.kind.startsExpression else { throw expectedExpression(after: symbol.rawValue) }
    let value = try expressionList()
    try rejectLoneStar(value)
    if at(.assign) {
      throw unexpected("an assignment with '\(symbol.rawValue)' cannot be chained")
    }
    return Statement(
      .augmented(target: target, operation, value: value), Span(start, previousEnd))
  }

  /// Parses `target: annotation = value`; the annotation says nothing here.
  private mutating func annotated(
    _ target: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Statement {
    switch target.kind {
    case .name, .attribute, .subscripted: break
    default:
      throw strayToken(after: Token(.name, Span(start, previousEnd)))
    }
    let colon = token.span
    try advance()
    guard token.kind.startsExpression else {
      throw strayColon(target, colon)
    }
    _ = try expression()
    guard at(.assign) else { return Statement(.pass, Span(start, previousEnd)) }
    try advance()
    guard token.kind.startsExpression || at(.star) else { throw expectedExpression(after: "=") }
    let value = try expressionList()
    try rejectLoneStar(value)
    return Statement(.assignment(targets: [target], value: value), Span(start, previousEnd))
  }

  // MARK: Targets

  /// Parses the target of a loop up to `in`.
  mutating func loopTarget() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    guard token.kind.startsExpression || at(.star) else {
      throw unexpected("expected the variable of for, not \(nameOfToken)")
    }
    let first = try targetItem()
    var target = first
    if at(.comma) {
      var items = [first]
      while try take(.comma) {
        guard token.kind.startsExpression || at(.star) else { break }
        items.append(try targetItem())
      }
      target = try node(.tuple(items), from: start)
    }
    try checkTarget(target, verb: "assign to")
    try rejectLoneStarTarget(target)
    return target
  }

  private mutating func targetItem() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    guard try take(.star) else { return try operation(.bitOr) }
    let value = try operation(.bitOr)
    return try node(.starred(value), from: start)
  }

  func rejectLoneStarTarget(_ target: Expression) throws(SyntaxProblem) {
    guard case .starred = target.kind else { return }
    throw SyntaxProblem(
      message: "a target with '*' must stand in a list or tuple", span: target.span,
      hint: "write a comma behind it: *rest, = values")
  }

  /// Checks that something can be assigned to.
  func checkTarget(_ target: Expression, verb: String) throws(SyntaxProblem) {
    switch target.kind {
    case .name, .attribute, .subscripted: return
    case .starred(let value): try checkTarget(value, verb: verb)
    case .tuple(let items), .list(let items):
      var star: Expression?
      for item in items {
        try checkTarget(item, verb: verb)
        guard case .starred = item.kind else { continue }
        if star != nil {
          throw SyntaxProblem(
            message: "only one target of an assignment can have a '*'", span: item.span)
        }
        star = item
      }
    default:
      throw SyntaxProblem(
        message: "cannot \(verb) \(target.description)", span: target.span,
        hint: target.isComparable && at(.assign) ? "use == to compare" : nil)
    }
  }
}

extension Expression {
  /// What the expression is, as messages name it.
  var description: String {
    switch kind {
    case .number: "a number"
    case .string: "a string"
    case .formatted: "an f-string"
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .ellipsis: "'...'"
    case .name(let name): "the name '\(name)'"
    case .list: "a list"
    case .tuple: "a tuple"
    case .set: "a set"
    case .dict: "a dict"
    case .starred: "an unpacked value"
    case .unary, .binary, .not, .logical: "an expression with operators"
    case .comparison: "a comparison"
    case .conditional: "a conditional expression"
    case .call: "the result of a call"
    case .attribute: "an attribute"
    case .subscripted: "an element"
    case .slice: "a slice"
    case .lambda: "a lambda"
    case .comprehension, .dictComprehension: "a comprehension"
    }
  }

  fileprivate var isComparable: Bool {
    switch kind {
    case .lambda, .starred, .slice: false
    default: true
    }
  }
}

extension Parser {
  /// Parses an expression: `lambda`, a conditional, or operators and their operands.
  mutating func expression() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    try enter()
    defer { expressionDepth -= 1 }
    if at(.lambda) { return try lambda() }
    let value = try operation(.lowest)
    guard at(.if) else { return try rejectWalrus(value) }
    try advance()
    let test = try operation(.lowest)
    guard try take(.else) else {
      throw unexpected(
        "expected 'else' in this conditional expression", hint: "write: value if test else other")
    }
    let otherwise = try expression()
    return try node(.conditional(test: test, then: value, otherwise: otherwise), from: start)
  }

  /// Counts a level of nesting.
  mutating func enter() throws(SyntaxProblem) {
    guard expressionDepth < NestingLimit.expression else { throw tooDeep(token.span) }
    expressionDepth += 1
  }

  private func rejectWalrus(_ value: Expression) throws(SyntaxProblem) -> Expression {
    guard at(.walrus) else { return value }
    throw leftOut(
      "the operator ':=' is", token.span, hint: "assign with = in a line of its own")
  }

  /// Parses operands and the operators between them that bind at least as tightly as `minimum`.
  mutating func operation(_ minimum: Precedence) throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    var left = minimum <= .not && at(.not) ? try negation() : try prefixed()
    while let (operation, precedence) = token.kind.infix, precedence >= minimum {
      switch operation {
      case .binary(let operation):
        try advance()
        let right = try operand(after: operation.symbol, precedence.tighter)
        left = try node(.binary(operation, left, right), from: start)
      case .logical(let operation):
        left = try logical(operation, precedence, left, start)
      case .comparison, .notIn, .identity:
        left = try comparison(left, start)
      }
    }
    if case .symbol(let symbol) = token.kind, symbol == .shiftLeft || symbol == .shiftRight {
      throw leftOut("the operator '\(symbol.rawValue)' is", token.span)
    }
    return left
  }

  /// Parses the right operand of an operator.
  private mutating func operand(
    after operation: String, _ minimum: Precedence
  ) throws(SyntaxProblem) -> Expression {
    guard token.kind.startsExpression, !at(.not) || minimum <= .not, !at(.lambda) else {
      throw missingOperand(operation)
    }
    return try self.operation(minimum)
  }

  private func missingOperand(_ operation: String) -> SyntaxProblem {
    if at(.lambda) {
      return SyntaxProblem(
        message: "a lambda cannot stand right here after '\(operation)'", span: token.span,
        hint: "put it in parentheses: (lambda …)")
    }
    return expectedExpression(after: operation)
  }

  /// Parses `not not … value`.
  private mutating func negation() throws(SyntaxProblem) -> Expression {
    var starts: [Int] = []
    while at(.not) {
      starts.append(token.span.start)
      if starts.count > NestingLimit.expression { throw tooDeep(token.span) }
      try advance()
    }
    var value = try operand(after: "not", .comparison)
    for start in starts.reversed() { value = try node(.not(value), from: start) }
    return value
  }

  private mutating func logical(
    _ operation: LogicalOperator, _ precedence: Precedence, _ first: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Expression {
    let keyword: Keyword = operation == .and ? .and : .or
    var items = [first]
    while try take(keyword) {
      items.append(try operand(after: keyword.rawValue, precedence.tighter))
    }
    return try node(.logical(operation, items), from: start)
  }

  private mutating func comparison(
    _ first: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Expression {
    var rest: [(operation: ComparisonOperator, right: Expression)] = []
    while let (infix, precedence) = token.kind.infix, precedence == .comparison {
      var operation: ComparisonOperator
      try advance()
      switch infix {
      case .comparison(let symbol): operation = symbol
      case .notIn:
        guard try take(.in) else {
          throw unexpected("expected 'in' after 'not' between two values")
        }
        operation = .notIn
      case .identity: operation = try take(.not) ? .isNot : .is
      case .binary, .logical: continue
      }
      rest.append((operation, try operand(after: operation.rawValue, .bitOr)))
    }
    return try node(.comparison(first, rest), from: start)
  }

  /// Parses signs and `~` with their operand, and powers, which bind tighter on their left.
  private mutating func prefixed() throws(SyntaxProblem) -> Expression {
    var signs: [(operation: UnaryOperator, start: Int)] = []
    var symbol: Symbol = .minus
    while let (operation, sign) = prefixOperator {
      signs.append((operation, token.span.start))
      symbol = sign
      if signs.count > NestingLimit.expression { throw tooDeep(token.span) }
      try advance()
    }
    if !signs.isEmpty, !token.kind.startsExpression || at(.not) || at(.lambda) {
      throw strandedSign(symbol, signs.count)
    }
    let start = token.span.start
    var value = try postfixed()
    if at(.doubleStar) {
      try advance()
      try enter()
      defer { expressionDepth -= 1 }
      guard token.kind.startsExpression, !at(.not), !at(.lambda) else { throw missingOperand("**") }
      let exponent = try prefixed()
      value = try node(.binary(.power, value, exponent), from: start)
    }
    for sign in signs.reversed() {
      value = try node(.unary(sign.operation, value), from: sign.start)
    }
    return value
  }

  private var prefixOperator: (UnaryOperator, Symbol)? {
    switch token.kind {
    case .symbol(.minus): (.minus, .minus)
    case .symbol(.plus): (.plus, .plus)
    case .symbol(.tilde): (.invert, .tilde)
    default: nil
    }
  }

  /// The problem of a sign without operand, as in `x++`.
  private func strandedSign(_ symbol: Symbol, _ count: Int) -> SyntaxProblem {
    let sign = symbol.rawValue
    let start = previousEnd - 2
    if token.kind == .newline || token.kind == .end || at(.semicolon) || at(.rightParen),
      symbol != .tilde, start >= 0, text(Span(start, previousEnd)) == sign + sign
    {
      return SyntaxProblem(
        message: "there is no operator '\(sign)\(sign)'", span: Span(start, previousEnd),
        hint: "write \(sign)= 1")
    }
    return missingOperand(sign)
  }
}

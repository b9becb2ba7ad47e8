extension Parser {
  /// Parses an expression: `lambda`, a conditional, or operators and their operands.
  mutating func expression() throws(SyntaxProblem) -> Expression {
    try enter()
    defer { expressionDepth -= 1 }
    if at(.lambda) { return try lambda() }
    let start = token.span.start
    let value = try operation(.lowest)
    switch token.kind {
    case .keyword(.if): return try conditional(value, start)
    case .symbol(.walrus): throw walrus()
    default: return value
    }
  }

  /// Parses the rest of `value if test else value if test else …`, which needs no recursion.
  private mutating func conditional(
    _ first: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Expression {
    var branches: [(then: Expression, test: Expression, start: Int)] = []
    var value = first
    var valueStart = start
    while at(.if) {
      if branches.count > NestingLimit.expression { throw tooDeep(token.span) }
      try advance()
      let test = try operand(after: "if", .lowest)
      guard try take(.else) else {
        throw unexpected(
          "expected 'else' in this conditional expression", hint: "write: value if test else other")
      }
      branches.append((value, test, valueStart))
      guard token.kind.startsExpression else { throw expectedExpression(after: "else") }
      valueStart = token.span.start
      value = at(.lambda) ? try expression() : try operation(.lowest)
    }
    for branch in branches.reversed() {
      value = try node(
        .conditional(test: branch.test, then: branch.then, otherwise: value), from: branch.start)
    }
    return value
  }

  private func walrus() -> SyntaxProblem {
    leftOut("the operator ':=' is", token.span, hint: "assign with = in a line of its own")
  }

  /// Counts a level of nesting; whoever enters leaves by lowering `expressionDepth`.
  mutating func enter() throws(SyntaxProblem) {
    guard expressionDepth < NestingLimit.recursion else { throw tooDeep(token.span) }
    expressionDepth += 1
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
    if at(.shiftLeft) || at(.shiftRight) { throw leftOutShift() }
    return left
  }

  private func leftOutShift() -> SyntaxProblem {
    leftOut("the operator '\(text(token.span))' is", token.span)
  }

  /// Parses the right operand of an operator.
  private mutating func operand(
    after operation: String, _ minimum: Precedence
  ) throws(SyntaxProblem) -> Expression {
    guard token.kind.startsExpression, !at(.not) || minimum <= .not, !at(.lambda) else {
      throw missingOperand(operation)
    }
    try enter()
    defer { expressionDepth -= 1 }
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

  /// Parses operands with their signs and `~` and the `**` between them.
  ///
  /// `-a ** -b ** c` is `-(a ** (-(b ** c)))`: a power binds tighter than the sign on its left and
  /// takes everything on its right, so the parts are folded from the right.
  private mutating func prefixed() throws(SyntaxProblem) -> Expression {
    let signs = try signs()
    let start = token.span.start
    let first = try postfixed()
    let value = at(.doubleStar) ? try power(first, start) : first
    return try signed(value, signs)
  }

  /// Parses the rest of a chain of powers.
  private mutating func power(
    _ first: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Expression {
    var bases: [(base: Expression, start: Int, signsBehind: [Sign])] = []
    var value = first
    var valueStart = start
    while try take(.doubleStar) {
      if bases.count > NestingLimit.expression { throw tooDeep(token.span) }
      let signs = try signs()
      if signs.isEmpty, !token.kind.startsExpression || at(.not) || at(.lambda) {
        throw missingOperand("**")
      }
      bases.append((value, valueStart, signs))
      valueStart = token.span.start
      value = try postfixed()
    }
    for part in bases.reversed() {
      value = try node(
        .binary(.power, part.base, try signed(value, part.signsBehind)), from: part.start)
    }
    return value
  }

  private typealias Sign = (operation: UnaryOperator, start: Int)

  private mutating func signs() throws(SyntaxProblem) -> [Sign] {
    guard prefixOperator != nil else { return [] }
    var signs: [Sign] = []
    var symbol: Symbol = .minus
    while let (operation, sign) = prefixOperator {
      signs.append((operation, token.span.start))
      symbol = sign
      if signs.count > NestingLimit.expression { throw tooDeep(token.span) }
      try advance()
    }
    guard token.kind.startsExpression, !at(.not), !at(.lambda) else {
      throw strandedSign(symbol)
    }
    return signs
  }

  private func signed(_ operand: Expression, _ signs: [Sign]) throws(SyntaxProblem) -> Expression {
    var value = operand
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
  private func strandedSign(_ symbol: Symbol) -> SyntaxProblem {
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

extension Parser {
  /// Parses `def name(parameters): body`.
  mutating func function() throws(SyntaxProblem) -> Statement {
    let keyword = token.span
    try advance()
    let (name, nameSpan) = try name("the name of a function")
    guard try take(.leftParen) else {
      throw unexpected(
        "expected '(' after the name of the function, not \(nameOfToken)",
        hint: "write: def \(name)():")
    }
    let parameters = try parameters(until: .rightParen, allowsAnnotations: true)
    try close(.rightParen)
    if try take(.arrow) { _ = try part(after: "->") }
    let body = try functionBody(after: "the head of the function", keyword)
    let (docstring, statements) = Self.documented(body)
    return Statement(
      .function(
        FunctionDefinition(
          name: name, nameSpan: nameSpan, parameters: parameters, docstring: docstring,
          body: statements)),
      Span(keyword.start, previousEnd))
  }

  /// Parses a block in which `return` can stand and loops around it do not count.
  private mutating func functionBody(
    after header: String, _ keyword: Span
  ) throws(SyntaxProblem) -> [Statement] {
    let outer = scope
    scope = Scope(kind: .function)
    defer { scope = outer }
    return try block(after: header, keyword)
  }

  /// Takes the docstring off a body.
  private static func documented(
    _ body: [Statement]
  ) -> (docstring: String?, statements: [Statement]) {
    guard let first = body.first, case .expression(let value, _) = first.kind,
      case .string(let text) = value.kind
    else { return (nil, body) }
    return (Docstring.cleaned(text), Array(body.dropFirst()))
  }

  /// Parses `class name(base): body`.
  mutating func classDefinition() throws(SyntaxProblem) -> Statement {
    let keyword = token.span
    try advance()
    let (name, nameSpan) = try name("the name of a class")
    var base: Expression?
    if try take(.leftParen) {
      if !at(.rightParen) {
        base = try expression()
        if at(.assign) { throw leftOut("a keyword in the head of a class is", token.span) }
        if try take(.comma), !at(.rightParen) {
          throw leftOut("inheritance from several classes is", token.span)
        }
      }
      try close(.rightParen)
    }
    let outer = scope
    scope = Scope(kind: .classBody)
    defer { scope = outer }
    let body = try block(after: "the head of the class", keyword)
    let (docstring, statements) = Self.documented(body)
    return Statement(
      .classDefinition(
        ClassDefinition(
          name: name, nameSpan: nameSpan, base: base, docstring: docstring, body: statements)),
      Span(keyword.start, previousEnd))
  }

  // MARK: Gates

  /// Whether `gate` stands here as the head of a definition: a name follows it.
  func atGate() -> Bool {
    guard token.span.end - token.span.start == 4, text(token.span) == "gate" else { return false }
    return peek().kind == .name
  }

  /// Parses `gate name(inputs):` with its two blocks.
  mutating func gate() throws(SyntaxProblem) -> Statement {
    let keyword = token.span
    try advance()
    let (name, nameSpan) = try name("the name of a gate")
    guard try take(.leftParen) else {
      throw unexpected(
        "expected '(' after the name of the gate, not \(nameOfToken)",
        hint: "write: gate \(name)(x):")
    }
    let parameters = try parameters(until: .rightParen, allowsAnnotations: true)
    try close(.rightParen)
    guard at(.colon) else {
      throw unexpected("expected ':' after the head of the gate, not \(nameOfToken)")
    }
    try advance()
    guard token.kind == .newline else {
      throw unexpected("the blocks of a gate start on a line of their own")
    }
    try advance()
    guard token.kind == .indent else {
      let isAtEnd = token.kind == .end
      throw SyntaxProblem(
        message: "expected the blocks 'forward:' and 'backward(…):' of the gate '\(name)'",
        span: isAtEnd ? nameSpan : token.span, isIncomplete: isAtEnd)
    }
    try advance()
    var parts = GateParts()
    blockDepth += 1
    while token.kind != .dedent, token.kind != .end { try part(of: name, into: &parts) }
    blockDepth -= 1
    let end = previousEnd
    let isAtEnd = token.span.start >= source.utf8.count
    if token.kind == .dedent { try advance() }
    previousEnd = end
    guard let forward = parts.forward else {
      throw missing("forward", of: name, nameSpan, hint: "add: forward:", isAtEnd)
    }
    guard let backward = parts.backward else {
      throw missing(
        "backward", of: name, nameSpan,
        hint: "add: backward(dz): with a return of one gradient for each input", isAtEnd)
    }
    return Statement(
      .gate(
        GateDefinition(
          name: name, nameSpan: nameSpan, parameters: parameters, docstring: parts.docstring,
          forward: forward, upstream: backward.upstream, backward: backward.body)),
      Span(keyword.start, previousEnd))
  }

  private struct GateParts {
    var docstring: String?
    var forward: [Statement]?
    var backward: (upstream: Parameters, body: [Statement])?
  }

  private func missing(
    _ block: String, of name: String, _ span: Span, hint: String, _ isAtEnd: Bool
  ) -> SyntaxProblem {
    SyntaxProblem(
      message: "the gate '\(name)' has no block '\(block)'", span: span, hint: hint,
      isIncomplete: isAtEnd)
  }

  /// Parses the docstring or one block of a gate.
  private mutating func part(
    of name: String, into parts: inout GateParts
  ) throws(SyntaxProblem) {
    let head = token.span
    switch token.kind == .name ? text(head) : "" {
    case "forward":
      if parts.forward != nil { throw twice("forward", of: name, head) }
      try advance()
      if at(.leftParen) {
        throw unexpected(
          "'forward' takes no parameters of its own: it sees those of the gate",
          hint: "write: forward:")
      }
      parts.forward = try functionBody(after: "'forward'", head)
    case "backward":
      if parts.backward != nil { throw twice("backward", of: name, head) }
      try advance()
      guard try take(.leftParen) else {
        throw unexpected(
          "'backward' names the upstream gradient", hint: "write: backward(dz):")
      }
      let upstream = try parameters(until: .rightParen, allowsAnnotations: true)
      try close(.rightParen)
      guard !upstream.positional.isEmpty || upstream.rest != nil else {
        throw SyntaxProblem(
          message: "'backward' needs a name for the upstream gradient",
          span: Span(head.start, previousEnd), hint: "write: backward(dz):")
      }
      if let parameter = upstream.positional.first(where: { $0.defaultValue != nil }) {
        throw SyntaxProblem(
          message: "the upstream gradient '\(parameter.name)' cannot have a default value",
          span: parameter.span)
      }
      parts.backward = (upstream, try functionBody(after: "'backward'", head))
    default:
      if token.kind == .string, parts.docstring == nil, parts.forward == nil {
        parts.docstring = Docstring.cleaned(try StringLiteral.value(source.utf8, head))
        try advance()
        guard token.kind == .newline else { throw unexpected("expected the end of the line") }
        try advance()
        return
      }
      throw unexpected(
        "a gate holds the blocks 'forward:' and 'backward(…):' alone, not \(nameOfToken)",
        hint: "move this line into one of the two blocks")
    }
  }

  private func twice(_ block: String, of name: String, _ span: Span) -> SyntaxProblem {
    SyntaxProblem(message: "the gate '\(name)' has two blocks '\(block)'", span: span)
  }
}

/// Strings that document a definition.
enum Docstring {
  /// The text without the indentation that its lines share, and without blank lines around it.
  static func cleaned(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.allSatisfy(\.isWhitespace) ? "" : $0 }
    let shared =
      lines.dropFirst().filter { !$0.isEmpty }
      .map { line in line.prefix { $0 == " " || $0 == "\t" }.count }.min() ?? 0
    for index in lines.indices {
      lines[index] =
        index == 0
        ? lines[index].drop { $0 == " " || $0 == "\t" } : lines[index].dropFirst(shared)
    }
    while lines.first?.isEmpty == true { lines.removeFirst() }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.joined(separator: "\n")
  }
}

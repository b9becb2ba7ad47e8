extension Parser {
  /// Parses a string and the strings right behind it, which it is joined with.
  mutating func strings() throws(SyntaxProblem) -> Expression {
    let start = token.span.start
    var pieces: [FormatPiece] = []
    var text = ""
    var isFormatted = false
    while true {
      if token.kind == .string {
        text += try StringLiteral.value(source.utf8, token.span)
        try advance()
      } else if token.kind == .formatStart {
        isFormatted = true
        let quote = source.utf8[token.span.start..<token.span.end]
        let isRaw = quote.contains { $0 | 0x20 == 0x72 }
        try advance()
        try readPieces(into: &pieces, text: &text, isRaw: isRaw)
        try advance()
      } else {
        break
      }
    }
    guard isFormatted else { return try node(.string(text), from: start) }
    if !text.isEmpty { pieces.append(.text(text)) }
    return try node(.formatted(pieces), from: start)
  }

  /// Parses text and fields up to the closing quotes, or up to the `}` of a specification.
  private mutating func readPieces(
    into pieces: inout [FormatPiece], text: inout String, isRaw: Bool
  ) throws(SyntaxProblem) {
    while true {
      switch token.kind {
      case .formatText:
        let range = token.span.start..<token.span.end
        text += try StringLiteral.text(source.utf8, range, isRaw: isRaw, isFormat: true)
        try advance()
      case .symbol(.leftBrace):
        let start = token.span.start
        try advance()
        let field = try field(isRaw: isRaw, start: start)
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(field)
      default:
        return
      }
    }
  }

  /// Parses a field behind its `{`, and its `}`.
  private mutating func field(isRaw: Bool, start: Int) throws(SyntaxProblem) -> FormatPiece {
    if at(.rightBrace) || at(.colon) || at(.exclamation) {
      throw SyntaxProblem(
        message: "expected an expression between '{' and '}'",
        span: Span(start, token.span.end), hint: "write {{ for the character itself")
    }
    let value = try expressionList()
    var label: String?
    if at(.assign) {
      try advance()
      label = self.text(Span(start + 1, token.span.start))
    }
    var conversion: Character?
    if try take(.exclamation) { conversion = try self.conversion() }
    var spec: [FormatPiece] = []
    if at(.colon) {
      try advance()
      var text = ""
      try readPieces(into: &spec, text: &text, isRaw: isRaw)
      if !text.isEmpty { spec.append(.text(text)) }
    }
    guard at(.rightBrace) else {
      if source.line(at: token.span.start) > source.line(at: start) {
        throw SyntaxProblem(
          message: "'{' was never closed in this f-string", span: Span(start, start + 1))
      }
      throw unexpected("expected '}' in this f-string, not \(nameOfToken)")
    }
    try advance()
    return .value(value, conversion: conversion, spec: spec, label: label)
  }

  private mutating func conversion() throws(SyntaxProblem) -> Character {
    let name = token.kind == .name ? text(token.span) : ""
    guard ["r", "s", "a"].contains(name), let conversion = name.first else {
      throw unexpected("expected r, s or a after '!' in this f-string")
    }
    try advance()
    return conversion
  }
}

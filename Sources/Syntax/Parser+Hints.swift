extension Parser {
  /// The problem of a token behind a statement that should have ended.
  ///
  /// - Parameter first: the token that the line starts with: most often it is a mistyped keyword.
  func strayToken(after first: Token) -> SyntaxProblem {
    if let open = neverClosed() { return open }
    if let problem = foreignStatement(first) { return problem }
    if let problem = operatorOfAnotherLanguage() { return problem }
    switch token.kind {
    case .symbol(.assign):
      return SyntaxProblem(
        message: "'=' cannot stand here", span: token.span, hint: "use == to compare")
    case .symbol(.colon):
      return SyntaxProblem(message: "':' starts no block here", span: token.span)
    case .symbol(.question):
      return SyntaxProblem(
        message: "'?' cannot stand here", span: token.span,
        hint: "a conditional is written: value if test else other")
    case .keyword(let keyword) where keyword.isLeftOut:
      return leftOut("'\(keyword.rawValue)' is", token.span)
    case .keyword(.for):
      return SyntaxProblem(
        message: "a comprehension stands in brackets", span: token.span,
        hint: "write [… for … in …]")
    default: break
    }
    if token.kind == .number, previousEnd == token.span.start, text(token.span).hasPrefix(".") {
      return SyntaxProblem(
        message: "expected a name after '.', not a number", span: token.span,
        hint: "write [\(text(token.span).dropFirst())] for an index")
    }
    if token.kind.startsOperandOnly {
      if previousEnd == token.span.start, previousEnd > 0,
        source.utf8[previousEnd - 1] == Byte.quote
          || source.utf8[previousEnd - 1] == Byte.doubleQuote
      {
        return SyntaxProblem(
          message: "the string ends before \(nameOfToken)", span: token.span,
          hint: "put the other kind of quotes around a string that holds a quote")
      }
      return SyntaxProblem(
        message: "expected an operator or the end of the line before \(nameOfToken)",
        span: token.span)
    }
    return SyntaxProblem(
      message: "expected the end of the line, not \(nameOfToken)", span: placeOfToken)
  }

  /// Recognises a line by its first word: a statement of Python that is left out, of Python 2, or
  /// a keyword with a typing error.
  private func foreignStatement(_ first: Token) -> SyntaxProblem? {
    guard first.kind == .name, let (word, span) = firstWord(first) else { return nil }
    let isRightBehind = previousEnd == span.end
    switch word {
    case "print", "exec":
      guard isRightBehind else { return nil }
      return SyntaxProblem(
        message: "'\(word)' is a function and needs parentheses",
        span: span.union(token.span), hint: "write \(word)(…)")
    case "match", "case", "type":
      guard isRightBehind || at(.colon) else { return nil }
      return leftOut(
        "the statement '\(word)' is", span, hint: word == "type" ? nil : "write if and elif")
    case "elseif", "elsif", "elif":
      return SyntaxProblem(message: "'\(word)' is no keyword", span: span, hint: "write elif")
    case "function", "func", "fn", "define":
      return SyntaxProblem(
        message: "'\(word)' is no keyword", span: span, hint: "write def for a function")
    case "let", "var", "const":
      return SyntaxProblem(
        message: "'\(word)' is no keyword", span: span, hint: "write the name alone: x = 3")
    default:
      guard isRightBehind || at(.colon),
        let keyword = nearest(to: word, among: Keyword.statementStarts)
      else { return nil }
      return SyntaxProblem(
        message: "'\(word)' is no keyword", span: span, hint: "did you mean '\(keyword)'?")
    }
  }

  /// The name at the start of a line.
  private func firstWord(_ first: Token) -> (word: String, span: Span)? {
    var lexer = lexer
    lexer.contexts = []
    lexer.position = first.span.start
    lexer.isAtLineStart = false
    lexer.pendingDedents = 0
    let token = lexer.next()
    return token.kind == .name ? (text(token.span), token.span) : nil
  }

  private func operatorOfAnotherLanguage() -> SyntaxProblem? {
    guard case .symbol(let symbol) = token.kind else { return nil }
    switch symbol {
    case .exclamation:
      return SyntaxProblem(
        message: "'!' is not an operator", span: token.span, hint: "write not for the negation")
    case .arrow:
      return SyntaxProblem(
        message: "'->' only stands behind the parameters of a function", span: token.span)
    case .leftBrace:
      return SyntaxProblem(
        message: "'{' cannot stand here", span: token.span,
        hint: "a block is a ':' and indented lines, without braces")
    case .at: return leftOut("decorators are", token.span)
    default: return nil
    }
  }

  /// The problem of a colon behind a name with nothing after it, as in `esle:`.
  func strayColon(_ target: Expression, _ colon: Span) -> SyntaxProblem {
    if case .name(let word) = target.kind {
      if word == "forward" || word == "backward" {
        return SyntaxProblem(
          message: "the block '\(word)' stands outside of a gate", span: target.span)
      }
      if let keyword = nearest(to: word, among: Keyword.statementStarts) {
        return SyntaxProblem(
          message: "'\(word)' is no keyword", span: target.span, hint: "did you mean '\(keyword)'?")
      }
    }
    return SyntaxProblem(
      message: "':' starts no block here", span: colon,
      hint: "a block needs if, for, while, def, class, try or with before it")
  }
}

extension Parser {
  /// The problem that the token that is looked at does not fit.
  ///
  /// A message says what was expected; a bracket that was never closed is blamed first, for it
  /// makes the lines behind it look wrong.
  func unexpected(_ message: String, hint: String? = nil) -> SyntaxProblem {
    if let open = neverClosed() { return open }
    return SyntaxProblem(
      message: message, span: placeOfToken, hint: hint, isIncomplete: false)
  }

  /// The place of the token, or the end of the line when the line is over.
  var placeOfToken: Span {
    switch token.kind {
    case .newline, .end, .dedent, .indent: Span(previousEnd, previousEnd)
    default: token.span
    }
  }

  /// How a message names the token.
  var nameOfToken: String {
    switch token.kind {
    case .newline: "the end of the line"
    case .end, .dedent: "the end of the block"
    case .indent: "an indented line"
    case .string: Self.shortened(text(token.span))
    case .formatStart: "an f-string"
    default: "'\(Self.shortened(text(token.span)))'"
    }
  }

  private static func shortened(_ text: String) -> String {
    text.count > 40 ? text.prefix(39) + "…" : text
  }

  /// The problem of an opening bracket around this place that the rest of the text never closes.
  func neverClosed() -> SyntaxProblem? {
    let depth = lexer.contexts.count
    guard case .bracket(let opener, let offset)? = lexer.contexts.last else { return nil }
    var ahead = lexer
    while true {
      let next = ahead.next()
      if next.kind == .invalid {
        guard let problem = ahead.problem, problem.isIncomplete else { return nil }
        return SyntaxProblem(
          message: "'\(Character(Unicode.Scalar(opener)))' was never closed",
          span: Span(offset, offset + 1))
      }
      if ahead.contexts.count < depth || next.kind == .end { return nil }
    }
  }

  /// The problem of a construct of Python that the language leaves out.
  func leftOut(_ construct: String, _ span: Span, hint: String? = nil) -> SyntaxProblem {
    SyntaxProblem(message: "\(construct) not part of the language", span: span, hint: hint)
  }

  /// The problem of a place where an expression should start.
  func expectedExpression(after operation: String? = nil) -> SyntaxProblem {
    if let open = neverClosed() { return open }
    let place = operation.map { " after '\($0)'" } ?? ""
    switch token.kind {
    case .keyword(let keyword) where keyword.isLeftOut:
      return leftOut("'\(keyword.rawValue)' is", token.span)
    case .keyword(.not):
      return SyntaxProblem(
        message: "'not' cannot stand right here\(place)", span: token.span,
        hint: "put it in parentheses: (not …)")
    case .keyword(let keyword):
      return SyntaxProblem(
        message: "expected an expression\(place), but '\(keyword.rawValue)' is a keyword",
        span: token.span)
    case .symbol(.exclamation):
      return SyntaxProblem(
        message: "'!' is not an operator", span: token.span, hint: "write not for the negation")
    case .symbol(.at) where operation == nil:
      return leftOut("decorators are", token.span)
    case .symbol(.percent) where operation != nil:
      return SyntaxProblem(
        message: "expected an expression\(place)", span: token.span,
        hint: "a magic such as %time stands at the start of a line")
    case .symbol(let symbol):
      if let hint = hintForDoubledOperator(operation, symbol) {
        return SyntaxProblem(
          message: "there is no operator '\(operation ?? "")\(symbol.rawValue)'",
          span: Span(previousEnd - (operation?.utf8.count ?? 0), token.span.end), hint: hint)
      }
      return SyntaxProblem(
        message: "expected an expression\(place), not '\(symbol.rawValue)'", span: token.span)
    default:
      return SyntaxProblem(message: "expected an expression\(place)", span: placeOfToken)
    }
  }

  private func hintForDoubledOperator(_ operation: String?, _ symbol: Symbol) -> String? {
    guard previousEnd == token.span.start else { return nil }
    switch (operation, symbol) {
    case ("&", .ampersand): return "write and"
    case ("|", .pipe): return "write or"
    case ("<", .greater): return "write !="
    case ("==", .assign): return "write =="
    case ("!=", .assign): return "write !="
    case ("=", .greater): return "write >="
    case ("=", .less): return "write <="
    default: return nil
    }
  }
}

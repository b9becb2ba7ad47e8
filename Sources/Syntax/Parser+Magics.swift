extension Parser {
  /// Parses a line `%name argument`, or `%%name argument` with the rest of the text.
  mutating func magic() throws(SyntaxProblem) -> Statement {
    let span = token.span
    let bytes = source.utf8
    var start = span.start + 1
    let isCell = start < span.end && bytes[start] == Byte.percent
    if isCell { start += 1 }
    var end = start
    while end < span.end, Lexer.isNameByte(bytes[end]) { end += 1 }
    var line = end
    while line < span.end, bytes[line] != Byte.newline, bytes[line] != Byte.carriageReturn {
      line += 1
    }
    let name = text(Span(start, end))
    if end > start, end < line, text(Span(end, line)).allSatisfy({ $0 == "?" }) {
      // `%time?`: the question is the argument.
      try advance()
      if token.kind == .newline { try advance() }
      return Statement(.magic(name: name, argument: "?", body: nil), span)
    }
    let head = Span(span.start, max(end, span.start + 1))
    let marks = isCell ? "%%" : "%"
    guard end > start, end == line || bytes[end] == Byte.space || bytes[end] == Byte.tab else {
      throw SyntaxProblem(
        message: "expected the name of a magic after '\(marks)'", span: head,
        hint: "%who, for one, lists the variables")
    }
    var body: String?
    if isCell {
      let isWhole = line < span.end || span.end == bytes.count
      guard isWhole, isFirst(span.start) else {
        throw SyntaxProblem(
          message: "'\(marks)\(text(Span(start, end)))' must stand in the first line of a cell",
          span: Span(span.start, end), hint: "write a single % for one line")
      }
      var next = line
      if next < span.end, bytes[next] == Byte.carriageReturn { next += 1 }
      if next < span.end, bytes[next] == Byte.newline { next += 1 }
      body = text(Span(next, span.end))
    }
    let argument = Self.trimmed(text(Span(end, line)))
    try advance()
    if token.kind == .newline { try advance() }
    return Statement(.magic(name: name, argument: argument, body: body), span)
  }

  /// Whether only blank lines and comments stand before an offset.
  private func isFirst(_ offset: Int) -> Bool {
    var lexer = Lexer(source.utf8)
    return lexer.next().span.start >= offset
  }

  private static func trimmed(_ text: String) -> String {
    let blank = { (character: Character) in character == " " || character == "\t" }
    var rest = text.drop(while: blank)
    while let last = rest.last, blank(last) { rest.removeLast() }
    return String(rest)
  }

  /// Parses `?name`.
  mutating func leadingHelp() throws(SyntaxProblem) -> Statement {
    let start = token.span.start
    var detail = 0
    while try take(.question) { detail += 1 }
    let value = try part(after: "?")
    return Statement(.help(value, detail: min(detail, 2)), Span(start, previousEnd))
  }

  /// Parses the marks of `name?` and `name??`.
  mutating func trailingHelp(
    _ value: Expression, _ start: Int
  ) throws(SyntaxProblem) -> Statement {
    var detail = 0
    let mark = token.span
    while try take(.question) { detail += 1 }
    guard atEndOfStatement, detail <= 2 else {
      throw SyntaxProblem(
        message: "'?' asks for help on a name and ends its line", span: mark,
        hint: "a conditional is written: value if test else other")
    }
    return Statement(.help(value, detail: detail), Span(start, previousEnd))
  }
}

/// Whether a text that is being typed can be run.
public enum CodeState: Sendable, Equatable {
  case complete
  /// More lines must follow; the next starts with this white space.
  case incomplete(indent: String)
  /// No text that follows could mend it.
  case invalid
}

/// Judges a text as a console does when a line is ended.
///
/// Open brackets, an open triple-quoted string, a backslash at the end and a header without its
/// block ask for more. So does a block whose last line is not blank: a blank line ends it.
public func codeState(of text: String) -> CodeState {
  let source = Source(name: "", text: text)
  let lines = TypedLines(source)
  if text.hasPrefix("%%") {
    return lines.endsBlank ? .complete : .incomplete(indent: lines.lastIndent)
  }
  do {
    _ = try Parser.program(source)
  } catch {
    guard error.isIncomplete else { return .invalid }
    return .incomplete(indent: lines.indentOfNext)
  }
  guard lines.endsInBlock, !lines.endsBlank else { return .complete }
  return .incomplete(indent: lines.lastIndent)
}

/// What the lines of an unfinished text say about the next.
private struct TypedLines {
  /// Whether the text ends within a block.
  private(set) var endsInBlock = false
  /// The start of the last line that begins a statement.
  private var statementStart = 0
  private var endsWithColon = false
  private let source: Source
  private let lastLine: Span

  init(_ source: Source) {
    self.source = source
    lastLine = source.span(ofLine: source.lineCount)
    var lexer = Lexer(source.utf8)
    var isFirst = true
    while true {
      let token = lexer.next()
      switch token.kind {
      case .end: return
      case .invalid:
        endsWithColon = false
        return
      case .newline: isFirst = true
      case .indent: continue
      case .dedent:
        if token.span.start >= source.utf8.count { endsInBlock = true }
      default:
        if isFirst { statementStart = token.span.start }
        isFirst = false
        endsWithColon = token.kind == .symbol(.colon)
      }
    }
  }

  /// Whether the last line is blank and another stands before it.
  var endsBlank: Bool {
    source.lineCount > 1 && source.utf8[lastLine.start..<lastLine.end].allSatisfy(Self.isBlank)
  }

  /// The white space at the start of the last line.
  var lastIndent: String { indent(of: lastLine) }

  /// The white space for the line after an unfinished text.
  var indentOfNext: String {
    if endsWithColon {
      let line = source.span(ofLine: source.line(at: statementStart))
      let header = indent(of: line)
      // A comment in the block that starts shows how deep it is meant to be.
      return lastLine.start > line.start && lastIndent.count > header.count
        ? lastIndent : header + "    "
    }
    return lastIndent
  }

  private func indent(of line: Span) -> String {
    String(
      decoding: source.utf8[line.start..<line.end].prefix(while: Self.isBlank), as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == Byte.space || byte == Byte.tab || byte == Byte.carriageReturn
      || byte == Byte.formFeed
  }
}

extension Lexer {
  /// Reads the indentation of the next line that holds code.
  ///
  /// Blank lines and lines with only a comment count for nothing. The result is a token when the
  /// line opens or closes blocks.
  mutating func startOfLine() -> Token? {
    while true {
      var column = 0
      var narrow = 0
      measuring: while position < bytes.count {
        switch bytes[position] {
        case Byte.space:
          column += 1
          narrow += 1
        case Byte.tab:
          column = (column / 8 + 1) * 8
          narrow += 1
        case Byte.formFeed:
          column = 0
          narrow = 0
        default: break measuring
        }
        position += 1
      }
      guard position < bytes.count else {
        isAtLineStart = false
        return nil
      }
      switch bytes[position] {
      case Byte.hash:
        let start = position
        skipToLineEnd()
        if keepsComments { return Token(.comment, Span(start, position)) }
        continue
      case Byte.newline, Byte.carriageReturn:
        skipLineEnd()
        continue
      default:
        isAtLineStart = false
        isAtStatement = true
        return changeBlocks(column: column, narrow: narrow)
      }
    }
  }

  /// Compares the indentation of a line with the open blocks.
  private mutating func changeBlocks(column: Int, narrow: Int) -> Token? {
    let here = Span(position, position)
    let top = indents[indents.count - 1]
    if column == top.column {
      return narrow == top.narrow ? nil : mixedIndentation(here)
    }
    if column > top.column {
      guard narrow > top.narrow else { return mixedIndentation(here) }
      if indents.count > NestingLimit.blocks {
        return invalid(
          "blocks are nested more than \(NestingLimit.blocks) levels deep", here,
          hint: "move the inner blocks into functions")
      }
      indents.append((column, narrow))
      return Token(.indent, here)
    }
    var closed = 0
    while indents[indents.count - 1].column > column {
      indents.removeLast()
      closed += 1
    }
    let level = indents[indents.count - 1]
    guard level.column == column else {
      return invalid(
        "this unindent does not match any outer block", lineIndentation(),
        hint: "indent the line exactly as the block that it belongs to")
    }
    guard level.narrow == narrow else { return mixedIndentation(here) }
    pendingDedents = closed - 1
    return Token(.dedent, here)
  }

  private mutating func mixedIndentation(_ here: Span) -> Token {
    invalid(
      "tabs and spaces are mixed in the indentation", lineIndentation(),
      hint: "indent every line with spaces")
  }

  /// The span of the white space before the place that is read.
  private func lineIndentation() -> Span {
    var start = position
    while start > 0, bytes[start - 1] != Byte.newline, bytes[start - 1] != Byte.carriageReturn {
      start -= 1
    }
    return start == position ? Span(position, position + 1) : Span(start, position)
  }

  /// A line that starts with `%`, or the rest of the text when it starts with `%%`.
  mutating func magic() -> Token? {
    guard allowsMagics, byte(position) == Byte.percent else { return nil }
    let start = position
    if byte(start + 1) == Byte.percent, !hasTokens {
      position = bytes.count
    } else {
      skipToLineEnd()
    }
    lineHasTokens = true
    hasTokens = true
    return Token(.magic, Span(start, position))
  }
}

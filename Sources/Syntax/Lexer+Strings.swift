extension Lexer {
  /// Reads a string, or the opening quotes of an f-string.
  mutating func string(_ start: Int, prefix: Range<Int>) -> Token {
    let isFormatted = prefix.contains { bytes[$0] | 0x20 == 0x66 }
    let isRaw = prefix.contains { bytes[$0] | 0x20 == 0x72 }
    let quote = bytes[prefix.upperBound]
    let first = prefix.upperBound
    let isTriple = byte(first + 1) == quote && byte(first + 2) == quote
    let content = first + (isTriple ? 3 : 1)
    if let problem = badPrefix(prefix) {
      position = content
      return invalid(problem, Span(start, first))
    }
    position = content
    if isFormatted {
      guard contexts.count < NestingLimit.brackets else { return tooDeep(start) }
      contexts.append(
        .text(FormatQuote(start: start, byte: quote, isTriple: isTriple, isRaw: isRaw)))
      return Token(.formatStart, Span(start, content))
    }
    while position < bytes.count {
      switch bytes[position] {
      case Byte.backslash:
        position += 1
        if position < bytes.count {
          if bytes[position] == Byte.carriageReturn { skipLineEnd() } else { position += 1 }
        }
      case quote where !isTriple:
        position += 1
        return Token(.string, Span(start, position))
      case quote where byte(position + 1) == quote && byte(position + 2) == quote:
        position += 3
        return Token(.string, Span(start, position))
      case Byte.newline where !isTriple, Byte.carriageReturn where !isTriple:
        return unterminated(start)
      default:
        position += 1
      }
    }
    if !isTriple { return unterminated(start) }
    return openString(
      "this triple-quoted string was never closed", Span(start, content),
      token: Span(start, position), isIncomplete: true)
  }

  private func badPrefix(_ prefix: Range<Int>) -> String? {
    let letters = prefix.map { bytes[$0] | 0x20 }.sorted()
    switch String(decoding: letters, as: UTF8.self) {
    case "", "r", "f", "u", "fr": return nil
    case let letters where letters.contains("b"): return "bytes are not part of the language"
    default:
      let text = String(decoding: bytes[prefix], as: UTF8.self)
      return "'\(text)' is not a prefix of strings: there are r, f and rf"
    }
  }

  /// The problem of a string in one line without its closing quote.
  private mutating func unterminated(_ start: Int) -> Token {
    // In a field, the quote that should have closed the f-string looks like a new string.
    if case .field(let brace)? = contexts.last,
      let quote = enclosingQuote(), quote.byte == bytes[start], !quote.isTriple
    {
      contexts.removeAll()
      return openString(
        "'{' was never closed in this f-string", Span(brace, brace + 1),
        token: Span(start, position))
    }
    let quote = Character(Unicode.Scalar(bytes[start]))
    return openString(
      "this string was never closed", Span(start, position), token: Span(start, position),
      hint: "close it with \(quote) on the same line")
  }

  /// How the innermost open f-string is quoted.
  func enclosingQuote() -> FormatQuote? {
    for context in contexts.reversed() {
      if case .text(let quote) = context { return quote }
    }
    return nil
  }

  /// Reads on in the text of an f-string or in a format specification.
  mutating func formatToken() -> Token {
    guard let quote = enclosingQuote() else {
      contexts.removeAll()
      return next()
    }
    var isSpecification = false
    if case .specification? = contexts.last { isSpecification = true }
    let start = position
    while position < bytes.count {
      let current = bytes[position]
      switch current {
      case Byte.leftBrace:
        if byte(position + 1) == Byte.leftBrace, !isSpecification {
          position += 2
          continue
        }
        if position > start { return Token(.formatText, Span(start, position)) }
        position += 1
        guard contexts.count < NestingLimit.brackets else { return tooDeep(start) }
        contexts.append(.field(at: start))
        return Token(.symbol(.leftBrace), Span(start, position))
      case Byte.rightBrace:
        if isSpecification { return endOfSpecification(start) }
        if byte(position + 1) == Byte.rightBrace {
          position += 2
          continue
        }
        position += 1
        return invalid(
          "a single '}' cannot stand in an f-string", Span(position - 1, position),
          hint: "write }} for the character itself")
      case Byte.backslash:
        position += 1
        // A brace behind a backslash still opens a field.
        if position < bytes.count, byte(position) != Byte.leftBrace,
          byte(position) != Byte.rightBrace
        {
          if byte(position) == Byte.carriageReturn { skipLineEnd() } else { position += 1 }
        }
      case Byte.newline where !quote.isTriple, Byte.carriageReturn where !quote.isTriple:
        contexts.removeAll()
        return openString(
          "this f-string was never closed", Span(quote.start, position),
          token: Span(start, position),
          hint: "close it with \(Character(Unicode.Scalar(quote.byte))) on the same line")
      case quote.byte where closes(quote):
        if isSpecification { return openField() }
        if position > start { return Token(.formatText, Span(start, position)) }
        position += quote.isTriple ? 3 : 1
        contexts.removeLast()
        return Token(.formatEnd, Span(start, position))
      default:
        position += 1
      }
    }
    contexts.removeAll()
    return openString(
      "this f-string was never closed",
      Span(quote.start, quote.isTriple ? quote.start + 1 : position),
      token: Span(start, position), isIncomplete: quote.isTriple)
  }

  private func closes(_ quote: FormatQuote) -> Bool {
    !quote.isTriple || byte(position + 1) == quote.byte && byte(position + 2) == quote.byte
  }

  private mutating func endOfSpecification(_ start: Int) -> Token {
    if position > start { return Token(.formatText, Span(start, position)) }
    position += 1
    // The specification and the field that it belongs to.
    contexts.removeLast(min(2, contexts.count))
    return Token(.symbol(.rightBrace), Span(start, position))
  }

  /// The problem of a specification that meets the closing quote.
  private mutating func openField() -> Token {
    for context in contexts.reversed() {
      guard case .field(let offset) = context else { continue }
      contexts.removeAll()
      return invalid("'{' was never closed in this f-string", Span(offset, offset + 1))
    }
    return invalid("this f-string was never closed", Span(position, position + 1))
  }
}

/// Cuts a text into tokens, one at a time, so that a long text needs no list of them.
///
/// A token that cannot be read is `.invalid`, with the reason in `problem`; the next call goes on
/// behind it, which is what completion needs.
struct Lexer {
  /// What encloses the place that is read next.
  enum Context {
    /// Between brackets: the opening byte and its offset.
    case bracket(UInt8, at: Int)
    /// In the text of an f-string that starts at the offset.
    case text(FormatQuote)
    /// In a replacement field `{…}` that starts at the offset.
    case field(at: Int)
    /// In the format specification of a field.
    case specification
  }

  /// How an f-string is quoted.
  struct FormatQuote {
    let start: Int
    let byte: UInt8
    let isTriple: Bool
    let isRaw: Bool
  }

  let bytes: [UInt8]
  let allowsMagics: Bool
  let keepsComments: Bool
  var position = 0
  var contexts: [Context] = []
  /// Columns of the open blocks, counted with tabs to the next multiple of 8, and with tabs as 1.
  var indents: [(column: Int, narrow: Int)] = [(0, 0)]
  var pendingDedents = 0
  var isAtLineStart = true
  /// Whether a magic can stand at the place that is read.
  var isAtStatement = false
  /// Whether the logical line that is read has a token yet.
  var lineHasTokens = false
  /// Whether any token was given: a `%%` magic comes before all.
  var hasTokens = false
  /// Why the last token was invalid.
  var problem: SyntaxProblem?
  /// Whether the last token was invalid because a string is not closed.
  var hasOpenString = false

  init(_ bytes: [UInt8], allowsMagics: Bool = true, keepsComments: Bool = false) {
    self.bytes = bytes
    self.allowsMagics = allowsMagics
    self.keepsComments = keepsComments
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The byte at an offset, 0 behind the end.
  @inline(__always)
  func byte(_ offset: Int) -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }

  /// The next token; `.end` again and again behind the last.
  mutating func next() -> Token {
    if let top = contexts.last {
      switch top {
      case .text, .specification: return formatToken()
      case .bracket, .field: break
      }
    }
    if pendingDedents > 0 {
      pendingDedents -= 1
      return Token(.dedent, Span(position, position))
    }
    if isAtLineStart, let token = startOfLine() { return token }
    if isAtStatement {
      isAtStatement = false
      if let token = magic() { return token }
    }
    if let token = skipBlanks() { return token }
    let start = position
    if start >= bytes.count { return endToken() }
    let first = bytes[start]
    if contexts.isEmpty, first == Byte.newline || first == Byte.carriageReturn {
      skipLineEnd()
      isAtLineStart = true
      lineHasTokens = false
      return Token(.newline, Span(start, start))
    }
    lineHasTokens = true
    hasTokens = true
    switch first {
    case 0x61...0x7A, 0x41...0x5A, Byte.underscore: return word(start)
    case 0x30...0x39: return number(start)
    case Byte.quote, Byte.doubleQuote: return string(start, prefix: start..<start)
    case Byte.dot where Byte.isDigit(byte(start + 1)): return number(start)
    case 0x80...: return word(start)
    default: return symbol(start)
    }
  }

  /// Skips white space, comments, joined lines, and line ends within brackets.
  private mutating func skipBlanks() -> Token? {
    while position < bytes.count {
      switch bytes[position] {
      case Byte.space, Byte.tab, Byte.formFeed:
        position += 1
      case Byte.hash:
        let start = position
        skipToLineEnd()
        if keepsComments { return Token(.comment, Span(start, position)) }
      case Byte.newline, Byte.carriageReturn:
        if contexts.isEmpty { return nil }
        skipLineEnd()
      case Byte.backslash:
        guard let token = joinLines() else { continue }
        return token
      default:
        return nil
      }
    }
    return nil
  }

  /// Skips a backslash with the line end behind it.
  private mutating func joinLines() -> Token? {
    let start = position
    position += 1
    if position >= bytes.count {
      return invalid(
        "the text ends after a backslash", Span(start, start + 1), isIncomplete: true)
    }
    guard byte(position) == Byte.newline || byte(position) == Byte.carriageReturn else {
      return invalid(
        "a backslash joins two lines, so nothing may follow it on its line",
        Span(start, start + 1))
    }
    skipLineEnd()
    if position >= bytes.count {
      return invalid(
        "the text ends after a backslash", Span(start, start + 1), isIncomplete: true)
    }
    return nil
  }

  mutating func skipLineEnd() {
    if bytes[position] == Byte.carriageReturn, byte(position + 1) == Byte.newline { position += 1 }
    position += 1
  }

  mutating func skipToLineEnd() {
    while position < bytes.count, bytes[position] != Byte.newline,
      bytes[position] != Byte.carriageReturn
    {
      position += 1
    }
  }

  /// The tokens that close what is open at the end of the text.
  private mutating func endToken() -> Token {
    let span = Span(bytes.count, bytes.count)
    if let open = contexts.last {
      let isTripleQuoted = enclosingQuote()?.isTriple == true
      contexts.removeAll()
      lineHasTokens = true
      return neverClosed(open, isTripleQuoted: isTripleQuoted)
    }
    if lineHasTokens {
      lineHasTokens = false
      return Token(.newline, span)
    }
    if indents.count > 1 {
      pendingDedents = indents.count - 2
      indents.removeLast(indents.count - 1)
      return Token(.dedent, span)
    }
    return Token(.end, span)
  }

  /// The problem of a bracket, field or f-string that the text leaves open.
  private mutating func neverClosed(_ context: Context, isTripleQuoted: Bool) -> Token {
    switch context {
    case .bracket(let opener, let offset):
      return invalid(
        "'\(Character(Unicode.Scalar(opener)))' was never closed", Span(offset, offset + 1),
        isIncomplete: true)
    case .field(let offset):
      return invalid(
        "'{' was never closed in this f-string", Span(offset, offset + 1),
        isIncomplete: isTripleQuoted)
    case .text(let quote):
      return invalid(
        "this f-string was never closed", Span(quote.start, bytes.count), isIncomplete: true)
    case .specification:
      return invalid(
        "this f-string was never closed", Span(bytes.count, bytes.count), isIncomplete: true)
    }
  }

  /// Notes that a string is not closed, and gives the token for its text.
  mutating func openString(
    _ message: String, _ span: Span, token: Span, hint: String? = nil, isIncomplete: Bool = false
  ) -> Token {
    hasOpenString = true
    problem = SyntaxProblem(message: message, span: span, hint: hint, isIncomplete: isIncomplete)
    return Token(.invalid, token)
  }

  /// Notes a problem and gives the token that stands for it.
  mutating func invalid(
    _ message: String, _ span: Span, hint: String? = nil, isIncomplete: Bool = false
  ) -> Token {
    hasOpenString = false
    problem = SyntaxProblem(message: message, span: span, hint: hint, isIncomplete: isIncomplete)
    return Token(.invalid, span)
  }
}

/// Bytes that the lexer knows by name.
enum Byte {
  static let tab: UInt8 = 0x09
  static let newline: UInt8 = 0x0A
  static let formFeed: UInt8 = 0x0C
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let doubleQuote: UInt8 = 0x22
  static let hash: UInt8 = 0x23
  static let percent: UInt8 = 0x25
  static let quote: UInt8 = 0x27
  static let dot: UInt8 = 0x2E
  static let colon: UInt8 = 0x3A
  static let exclamation: UInt8 = 0x21
  static let equals: UInt8 = 0x3D
  static let backslash: UInt8 = 0x5C
  static let underscore: UInt8 = 0x5F
  static let leftParen: UInt8 = 0x28
  static let rightParen: UInt8 = 0x29
  static let leftBracket: UInt8 = 0x5B
  static let rightBracket: UInt8 = 0x5D
  static let leftBrace: UInt8 = 0x7B
  static let rightBrace: UInt8 = 0x7D

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// The value of a hexadecimal digit.
  static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case 0x30...0x39: UInt32(byte - 0x30)
    case 0x41...0x46: UInt32(byte - 0x41 + 10)
    case 0x61...0x66: UInt32(byte - 0x61 + 10)
    default: nil
    }
  }
}

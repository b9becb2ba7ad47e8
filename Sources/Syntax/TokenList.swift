/// All tokens of a text, comments and what cannot be read among them.
///
/// Reading goes on behind an `.invalid` token, so the list is of use while a text is being typed.
public func tokens(of text: String, allowsMagics: Bool = true) -> [Token] {
  var lexer = Lexer(Array(text.utf8), allowsMagics: allowsMagics, keepsComments: true)
  var tokens: [Token] = []
  while true {
    let token = lexer.next()
    if token.kind == .end { return tokens }
    guard token.kind == .invalid else {
      tokens.append(token)
      continue
    }
    // What is read next lies behind the token, whatever the problem was.
    lexer.position = max(lexer.position, token.span.start + 1)
    // A bracket that stays open is reported at the end, and is in the list already.
    if let last = tokens.last, token.span.start < last.span.end { continue }
    tokens.append(Token(lexer.hasOpenString ? .openString : .invalid, token.span))
  }
}

/// Places in a text as Jupyter counts them, in code points, and as the lexer does, in bytes.
public enum CursorPosition {
  /// The offset in UTF-8 of a place counted in code points; the end when it lies behind that.
  public static func utf8Offset(_ codePoints: Int, in text: String) -> Int {
    var count = 0
    var offset = 0
    for byte in text.utf8 {
      if byte & 0xC0 != 0x80 {
        if count >= codePoints { return offset }
        count += 1
      }
      offset += 1
    }
    return offset
  }

  /// The number of code points before an offset in UTF-8.
  public static func codePoints(_ utf8Offset: Int, in text: String) -> Int {
    text.utf8.prefix(max(0, utf8Offset)).reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }
}

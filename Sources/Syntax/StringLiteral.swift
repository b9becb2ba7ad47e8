/// The value of the text between the quotes of a string.
struct StringLiteral {
  let bytes: [UInt8]
  /// Where errors are placed and text is read.
  private var position: Int
  private let end: Int
  private var result: [UInt8] = []

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The value of a whole string token with its prefix and quotes.
  static func value(_ bytes: [UInt8], _ span: Span) throws(SyntaxProblem) -> String {
    var start = span.start
    var isRaw = false
    while bytes[start] != Byte.quote, bytes[start] != Byte.doubleQuote {
      if bytes[start] | 0x20 == 0x72 { isRaw = true }
      start += 1
    }
    let quote = bytes[start]
    let isTriple = span.end - start >= 6 && bytes[start + 1] == quote && bytes[start + 2] == quote
    let width = isTriple ? 3 : 1
    return try text(bytes, (start + width)..<(span.end - width), isRaw: isRaw, isFormat: false)
  }

  /// The value of literal text; in an f-string doubled braces stand for one.
  static func text(
    _ bytes: [UInt8], _ range: Range<Int>, isRaw: Bool, isFormat: Bool
  ) throws(SyntaxProblem) -> String {
    let isPlain = bytes[range].allSatisfy {
      $0 != Byte.backslash && $0 != Byte.carriageReturn
        && !(isFormat && ($0 == Byte.leftBrace || $0 == Byte.rightBrace))
    }
    if isPlain { return String(decoding: bytes[range], as: UTF8.self) }
    var literal = StringLiteral(bytes, range)
    try literal.decode(isRaw: isRaw, isFormat: isFormat)
    return String(decoding: literal.result, as: UTF8.self)
  }

  private mutating func decode(isRaw: Bool, isFormat: Bool) throws(SyntaxProblem) {
    while position < end {
      let byte = bytes[position]
      switch byte {
      case Byte.carriageReturn:
        // A line end is one newline, however the file writes it.
        result.append(Byte.newline)
        position += position + 1 < end && bytes[position + 1] == Byte.newline ? 2 : 1
      case Byte.backslash where !isRaw:
        try escape()
      case Byte.leftBrace where isFormat, Byte.rightBrace where isFormat:
        result.append(byte)
        position += position + 1 < end && bytes[position + 1] == byte ? 2 : 1
      default:
        result.append(byte)
        position += 1
      }
    }
  }

  private mutating func escape() throws(SyntaxProblem) {
    let start = position
    guard position + 1 < end else {
      result.append(Byte.backslash)
      position += 1
      return
    }
    let letter = bytes[position + 1]
    position += 2
    switch letter {
    case Byte.newline: break
    case Byte.carriageReturn:
      if position < end, bytes[position] == Byte.newline { position += 1 }
    case Byte.backslash, Byte.quote, Byte.doubleQuote: result.append(letter)
    case 0x61: result.append(0x07)
    case 0x62: result.append(0x08)
    case 0x66: result.append(0x0C)
    case 0x6E: result.append(0x0A)
    case 0x72: result.append(0x0D)
    case 0x74: result.append(0x09)
    case 0x76: result.append(0x0B)
    case 0x30...0x37:
      var value = UInt32(letter - 0x30)
      var count = 1
      while count < 3, position < end, bytes[position] &- 0x30 < 8 {
        value = value * 8 + UInt32(bytes[position] - 0x30)
        position += 1
        count += 1
      }
      try append(value, start)
    case 0x78: try hexadecimal(2, start)
    case 0x75: try hexadecimal(4, start)
    case 0x55: try hexadecimal(8, start)
    case 0x4E:
      throw SyntaxProblem(
        message: "character names in strings (\\N) are not part of the language",
        span: Span(start, position), hint: "type the character itself or write \\u and its code")
    default:
      // As in Python, an unknown escape keeps its backslash: "\d" has two characters.
      result.append(Byte.backslash)
      position -= 1
    }
  }

  private mutating func hexadecimal(_ count: Int, _ start: Int) throws(SyntaxProblem) {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard position < end, let digit = Byte.hexadecimal(bytes[position]) else {
        let letter = Character(Unicode.Scalar(bytes[start + 1]))
        throw SyntaxProblem(
          message: "\\\(letter) needs \(count) hexadecimal digits", span: Span(start, position),
          hint: "for a backslash itself write \\\\ or a raw string r\"…\"")
      }
      value = value &<< 4 | digit
      position += 1
    }
    try append(value, start)
  }

  private mutating func append(_ value: UInt32, _ start: Int) throws(SyntaxProblem) {
    guard let scalar = Unicode.Scalar(value) else {
      throw SyntaxProblem(
        message: "there is no character U+\(value.hexadecimal(width: 4))",
        span: Span(start, position))
    }
    result.append(contentsOf: Array(String(Character(scalar)).utf8))
  }
}

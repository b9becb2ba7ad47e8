/// The lexical part of RFC 8259: reads one token at a place and says where it ends.
///
/// All that is known of the text is the bytes; nothing is allocated here.
struct Lexicon {
  let bytes: UnsafeRawBufferPointer

  /// A string's body between its quotes, and whether it has escapes to be resolved.
  struct StringSpan {
    var body: Range<Int>
    var hasEscapes: Bool
    /// The place after the closing quote.
    var end: Int { body.upperBound + 1 }
  }

  func error(_ message: String, at offset: Int) -> JSON.ParseError {
    JSON.ParseError(message, at: offset, in: bytes)
  }

  @inline(__always)
  func skipSpace(_ start: Int) -> Int {
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      at += 1
    }
    return at
  }

  /// Reads a string whose opening quote is at `start`.
  func string(at start: Int) throws(JSON.ParseError) -> StringSpan {
    var at = start + 1
    var hasEscapes = false
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        return StringSpan(body: start + 1..<at, hasEscapes: hasEscapes)
      case UInt8(ascii: "\\"):
        hasEscapes = true
        at += try escapeLength(at: at)
      case 0..<0x20:
        throw error("a control character in a string is to be written as an escape", at: at)
      case 0x80...:
        at += try sequenceLength(at: at)
      default:
        at += 1
      }
    }
    throw error("a string has no closing quote", at: start)
  }

  private func escapeLength(at start: Int) throws(JSON.ParseError) -> Int {
    guard start + 1 < bytes.count else {
      throw error("the text ends inside a string", at: start)
    }
    switch bytes[start + 1] {
    case UInt8(ascii: "u"):
      guard hexadecimal(at: start + 2) != nil else {
        throw error("\\u takes four hexadecimal digits", at: start)
      }
      return 6
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return 2
    default:
      throw error("an unknown escape in a string", at: start)
    }
  }

  /// The four hexadecimal digits at a place, as a number.
  func hexadecimal(at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for at in start..<start + 4 {
      let byte = UInt32(bytes[at])
      switch byte {
      case 0x30...0x39: value = value << 4 | (byte - 0x30)
      case 0x41...0x46: value = value << 4 | (byte - 0x37)
      case 0x61...0x66: value = value << 4 | (byte - 0x57)
      default: return nil
      }
    }
    return value
  }

  /// The length of the UTF-8 sequence at a place, by the table of RFC 3629.
  private func sequenceLength(at start: Int) throws(JSON.ParseError) -> Int {
    func follows(_ distance: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      start + distance < bytes.count && range.contains(bytes[start + distance])
    }
    switch bytes[start] {
    case 0xC2...0xDF: if follows(1) { return 2 }
    case 0xE0: if follows(1, 0xA0...0xBF), follows(2) { return 3 }
    case 0xED: if follows(1, 0x80...0x9F), follows(2) { return 3 }
    case 0xE1...0xEF: if follows(1), follows(2) { return 3 }
    case 0xF0: if follows(1, 0x90...0xBF), follows(2), follows(3) { return 4 }
    case 0xF1...0xF3: if follows(1), follows(2), follows(3) { return 4 }
    case 0xF4: if follows(1, 0x80...0x8F), follows(2), follows(3) { return 4 }
    default: break
    }
    throw error("these bytes are not UTF-8", at: start)
  }

  /// The place after the number that starts at `start`.
  func numberEnd(at start: Int) throws(JSON.ParseError) -> Int {
    var at = start
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let leading = at
    at = try digitsEnd(at: at)
    if bytes[leading] == UInt8(ascii: "0"), at > leading + 1 {
      throw error("a number has no leading zeros", at: start)
    }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") { at = try digitsEnd(at: at + 1) }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") {
        at += 1
      }
      at = try digitsEnd(at: at)
    }
    return at
  }

  private func digitsEnd(at start: Int) throws(JSON.ParseError) -> Int {
    var at = start
    while at < bytes.count, bytes[at] &- 0x30 < 10 { at += 1 }
    if at == start { throw error("a digit is missing in a number", at: start) }
    return at
  }

  /// Whether `word` stands at a place.
  func hasWord(_ word: StaticString, at start: Int) -> Bool {
    guard start + word.utf8CodeUnitCount <= bytes.count else { return false }
    for distance in 0..<word.utf8CodeUnitCount
    where bytes[start + distance] != word.utf8Start[distance] { return false }
    return true
  }

  // MARK: Texts of tokens

  func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  /// What a string token stands for; a surrogate without its partner becomes U+FFFD.
  ///
  /// Browsers send such halves when a text was cut in the middle of a character; an error would lose
  /// the whole message for one broken character.
  func text(_ span: StringSpan) -> String {
    if !span.hasEscapes { return text(span.body) }
    var result: [UInt8] = []
    result.reserveCapacity(span.body.count)
    var at = span.body.lowerBound
    while at < span.body.upperBound {
      let byte = bytes[at]
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        at += 1
        continue
      }
      let letter = bytes[at + 1]
      at += 2
      switch letter {
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"):
        let scalar = self.scalar(at: &at, before: span.body.upperBound)
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      default: result.append(letter)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Reads the digits of one `\u` escape, and its partner where it is half of a pair.
  private func scalar(at: inout Int, before end: Int) -> Unicode.Scalar {
    let first = hexadecimal(at: at) ?? 0xFFFD
    at += 4
    if 0xD800...0xDBFF ~= first, at + 6 <= end, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u"), let second = hexadecimal(at: at + 2),
      0xDC00...0xDFFF ~= second
    {
      at += 6
      return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }
    return Unicode.Scalar(first) ?? "\u{FFFD}"
  }
}

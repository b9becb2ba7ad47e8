extension Lexer {
  /// Reads a number.
  mutating func number(_ start: Int) -> Token {
    if bytes[start] == 0x30 {
      switch byte(start + 1) | 0x20 {
      case 0x78: return radix(start, "hexadecimal") { Byte.hexadecimal($0) != nil }
      case 0x6F: return radix(start, "octal") { $0 &- 0x30 < 8 }
      case 0x62: return radix(start, "binary") { $0 &- 0x30 < 2 }
      default: break
      }
    }
    position = start
    var isWhole = true
    if bytes[start] != Byte.dot {
      guard digits() else { return strayUnderscore(start) }
    }
    if byte(position) == Byte.dot {
      isWhole = false
      position += 1
      if Byte.isDigit(byte(position)) {
        guard digits() else { return strayUnderscore(start) }
      }
    }
    if byte(position) | 0x20 == 0x65 {
      let sign = byte(position + 1) == 0x2B || byte(position + 1) == 0x2D ? 1 : 0
      if Byte.isDigit(byte(position + 1 + sign)) {
        isWhole = false
        position += 1 + sign
        guard digits() else { return strayUnderscore(start) }
      }
    }
    if isWhole, bytes[start] == 0x30, position - start > 1,
      bytes[start..<position].contains(where: { $0 != 0x30 && $0 != Byte.underscore })
    {
      return invalid(
        "a whole number cannot start with 0", Span(start, position),
        hint: "leave out the zeros; an octal number starts with 0o")
    }
    return endOfNumber(start)
  }

  /// Skips digits and the single underscores between them; false at a stray underscore.
  private mutating func digits() -> Bool {
    while true {
      while Byte.isDigit(byte(position)) { position += 1 }
      guard byte(position) == Byte.underscore else { return true }
      guard Byte.isDigit(byte(position + 1)) else { return false }
      position += 1
    }
  }

  private mutating func strayUnderscore(_ start: Int) -> Token {
    while Self.isNameByte(byte(position)) { position += 1 }
    return invalid(
      "an underscore in a number stands between two digits", Span(start, position))
  }

  private mutating func radix(
    _ start: Int, _ name: String, _ isDigit: (UInt8) -> Bool
  ) -> Token {
    position = start + 2
    var count = 0
    while true {
      if byte(position) == Byte.underscore, isDigit(byte(position + 1)) { position += 1 }
      guard isDigit(byte(position)) else { break }
      position += 1
      count += 1
    }
    if count == 0 || Byte.isDigit(byte(position)) || byte(position) == Byte.underscore {
      while Self.isNameByte(byte(position)) { position += 1 }
      return invalid("this is not a valid \(name) number", Span(start, position))
    }
    return endOfNumber(start)
  }

  /// Rejects a name that is glued to a number.
  private mutating func endOfNumber(_ start: Int) -> Token {
    let end = position
    let next = byte(end)
    guard next >= 0x80 || Self.isNameByte(next) else { return Token(.number, Span(start, end)) }
    let rest = word(end)
    let wordEnd = position
    position = end
    if case .keyword(let keyword) = rest.kind, keyword.canFollowNumber {
      return Token(.number, Span(start, end))
    }
    guard rest.kind == .name || rest.kind.isKeyword else {
      problem = nil
      return Token(.number, Span(start, end))
    }
    position = wordEnd
    let span = Span(start, wordEnd)
    if wordEnd == end + 1, next | 0x20 == 0x6A {
      return invalid("complex numbers are not part of the language", span)
    }
    return invalid(
      "a name cannot start with a digit", span,
      hint: "write * between a number and a name for their product")
  }

  /// The value of a number token; infinite when it is too large.
  static func value(ofNumber text: [UInt8].SubSequence) -> Double {
    let digits = text.filter { $0 != Byte.underscore }
    if digits.count > 2, digits[0] == 0x30 {
      switch digits[1] | 0x20 {
      case 0x78: return value(digits[2...], bits: 4)
      case 0x6F: return value(digits[2...], bits: 3)
      case 0x62: return value(digits[2...], bits: 1)
      default: break
      }
    }
    if digits.count <= 15, digits.allSatisfy(Byte.isDigit) {
      return Double(digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }
    return Double(String(decoding: digits, as: UTF8.self)) ?? .infinity
  }

  /// The value of digits of `bits` bits each, rounded once.
  private static func value(_ digits: ArraySlice<UInt8>, bits: Int) -> Double {
    var significand: UInt64 = 0
    var exponent = 0
    for digit in digits {
      let value = UInt64(Byte.hexadecimal(digit) ?? 0)
      if significand >> UInt64(64 - bits) == 0 {
        significand = significand << UInt64(bits) | value
      } else {
        // The lowest bit remembers that something was cut, so that the rounding is right.
        if value != 0 { significand |= 1 }
        exponent += bits
      }
      if exponent > 2_000 { return .infinity }
    }
    return Double(sign: .plus, exponent: exponent, significand: Double(significand))
  }
}

extension Token.Kind {
  var isKeyword: Bool {
    if case .keyword = self { true } else { false }
  }
}

extension Lexer {
  /// Reads a name, a keyword, or a string with a prefix.
  mutating func word(_ start: Int) -> Token {
    guard let end = endOfWord(start) else { return strangeCharacter(start) }
    position = end
    let next = byte(end)
    if next == Byte.quote || next == Byte.doubleQuote, end - start <= 2, isPrefix(start..<end) {
      return string(start, prefix: start..<end)
    }
    if let keyword = KeywordTable.keyword(bytes, start, end) {
      return Token(.keyword(keyword), Span(start, end))
    }
    return Token(.name, Span(start, end))
  }

  /// The end of the name that starts at an offset; nil when no name starts there.
  private func endOfWord(_ start: Int) -> Int? {
    var offset = start
    while offset < bytes.count {
      let byte = bytes[offset]
      if byte < 0x80 {
        guard Self.isNameByte(byte) else { break }
        offset += 1
        continue
      }
      let (scalar, length) = scalar(at: offset)
      guard offset == start ? Self.canStartName(scalar) : Self.canContinueName(scalar) else {
        break
      }
      offset += length
    }
    return offset == start ? nil : offset
  }

  @inline(__always)
  static func isNameByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || Byte.isDigit(byte) || byte == Byte.underscore
  }

  /// Whether a name can start with a scalar: Python's rule, and ∇ for the names of gradients.
  static func canStartName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isXIDStart || scalar == "_" || scalar == "\u{2207}"
  }

  static func canContinueName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isXIDContinue || scalar == "\u{2207}"
  }

  /// The scalar that starts at an offset, with its length in bytes.
  func scalar(at offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
    let first = byte(offset)
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    var value = UInt32(first)
    if length > 1 { value &= 0xFF >> UInt32(length + 1) }
    for index in 1..<max(length, 1) {
      value = value << 6 | UInt32(byte(offset + index) & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }

  /// Whether a word stands before a quote as the prefix of a string.
  private func isPrefix(_ range: Range<Int>) -> Bool {
    range.allSatisfy { "rRbBfFuU".utf8.contains(bytes[$0]) }
  }

  private mutating func strangeCharacter(_ start: Int) -> Token {
    let (scalar, length) = scalar(at: start)
    position = start + length
    let span = Span(start, position)
    let code = "U+" + scalar.value.hexadecimal(width: 4)
    let name = scalar.properties.name?.lowercased()
    if let lookalike = Self.lookalikes[scalar] {
      return invalid(
        "the character '\(scalar)' (\(code)) is not part of the language", span,
        hint: "write \(lookalike)")
    }
    if scalar.properties.isWhitespace || scalar.properties.generalCategory == .format {
      return invalid(
        "an invisible character stands here: \(name ?? "a special space") (\(code))", span,
        hint: scalar.properties.isWhitespace
          ? "replace it by an ordinary space" : "delete it and type the place again")
    }
    let description = name.map { ", \($0)" } ?? ""
    return invalid(
      "the character '\(scalar)' (\(code)\(description)) cannot stand in a program", span)
  }

  /// Characters that text editors and keyboards put in the place of others, and what to write.
  private static let lookalikes: [Unicode.Scalar: String] = [
    "\u{201C}": "the straight quote \"", "\u{201D}": "the straight quote \"",
    "\u{201E}": "the straight quote \"", "\u{00AB}": "the straight quote \"",
    "\u{00BB}": "the straight quote \"", "\u{2018}": "the straight quote '",
    "\u{2019}": "the straight quote '", "\u{00B4}": "the straight quote '",
    "\u{2212}": "the minus sign - of the keyboard", "\u{2013}": "the minus sign - of the keyboard",
    "\u{2014}": "the minus sign - of the keyboard", "\u{2010}": "the minus sign - of the keyboard",
    "\u{2011}": "the minus sign - of the keyboard", "\u{00D7}": "* for a product",
    "\u{22C5}": "* for a product, @ for a product of matrices",
    "\u{00B7}": "* for a product, @ for a product of matrices", "\u{00F7}": "/",
    "\u{2264}": "<=", "\u{2265}": ">=", "\u{2260}": "!=", "\u{2248}": "isclose or ==",
    "\u{2192}": "->", "\u{2026}": "...", "\u{00B2}": "**2", "\u{00B3}": "**3",
    "\u{221A}": "sqrt(…)", "\u{221E}": "inf", "\u{FF08}": "(", "\u{FF09}": ")",
    "\u{FF0C}": ",", "\u{3001}": ",", "\u{FF1A}": ":", "\u{FF1B}": ";", "\u{FF1D}": "=",
    "\u{FF0B}": "+", "\u{FF0D}": "-", "\u{FF0A}": "*", "\u{FF0F}": "/", "\u{3002}": ".",
    "\u{FF0E}": ".", "\u{FF3B}": "[", "\u{FF3D}": "]",
  ]
}

extension UInt32 {
  /// Upper-case hexadecimal digits, at least `width` of them.
  func hexadecimal(width: Int) -> String {
    let digits = String(self, radix: 16, uppercase: true)
    return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
  }
}

/// Finds keywords by their bytes, without making a string.
enum KeywordTable {
  private static let buckets: [[(bytes: [UInt8], keyword: Keyword)]] = {
    var buckets = [[(bytes: [UInt8], keyword: Keyword)]](repeating: [], count: 128)
    for keyword in Keyword.allCases {
      let bytes = Array(keyword.rawValue.utf8)
      buckets[Int(bytes[0])].append((bytes, keyword))
    }
    return buckets
  }()

  static func keyword(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Keyword? {
    let first = bytes[start]
    guard first < 0x80, end - start >= 2, end - start <= 8 else { return nil }
    candidates: for entry in buckets[Int(first)] where entry.bytes.count == end - start {
      for index in 1..<entry.bytes.count where bytes[start + index] != entry.bytes[index] {
        continue candidates
      }
      return entry.keyword
    }
    return nil
  }
}

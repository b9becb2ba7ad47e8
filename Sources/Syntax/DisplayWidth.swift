/// The number of columns that a text takes in a terminal.
///
/// Wide and full-width characters of East Asia and emoji take two, combining marks and control
/// characters none, all others one (East Asian Width, Unicode Standard Annex 11).
public func displayWidth(of text: some StringProtocol) -> Int {
  let utf8 = text.utf8
  var isPlain = true
  var count = 0
  for byte in utf8 {
    count += 1
    if byte &- 0x20 >= 0x5F {
      isPlain = false
      break
    }
  }
  return isPlain ? count : text.reduce(0) { $0 + displayWidth(of: $1) }
}

/// The number of columns that a character takes, with all the scalars that it is made of.
public func displayWidth(of character: Character) -> Int {
  var width = 0
  for scalar in character.unicodeScalars {
    // A joined emoji, or a sign that asks for its emoji form, is one picture.
    if scalar == "\u{200D}" || scalar == "\u{FE0F}", width > 0 { return 2 }
    if scalar.properties.isEmojiModifier, width > 0 { return 2 }
    width += DisplayWidth.columns(of: scalar)
  }
  // A flag is written with two letters, each wide on its own.
  return character.unicodeScalars.first?.properties.isEmojiPresentation == true ? 2 : width
}

private enum DisplayWidth {
  static func columns(of scalar: Unicode.Scalar) -> Int {
    let value = scalar.value
    if value < 0x300 {
      if value == 0xAD { return 1 }
      return value < 0x20 || (0x7F..<0xA0).contains(value) ? 0 : 1
    }
    // The vowels and final consonants of Hangul join the consonant before them.
    if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value) { return 0 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator:
      return 0
    default:
      return isWide(value) || scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }

  /// Whether a scalar has the East Asian Width W or F; emoji, which have W too, are not listed.
  private static func isWide(_ value: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(value)
  }

  private static let ranges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x3247, 0x3250...0x4DBF,
    0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
    0xFE30...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18D08, 0x1AFF0...0x1B2FB,
    0x1F200...0x1F265, 0x20000...0x2FFFD, 0x30000...0x3FFFD,
  ]
}

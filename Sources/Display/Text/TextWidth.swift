/// Text as a terminal lays it out: columns instead of characters.
enum TextWidth {
  /// The columns that a text takes; control characters take none.
  static func columns(of text: String) -> Int {
    var bytes = text.utf8.makeIterator()
    var count = 0
    while let byte = bytes.next() {
      guard byte < 0x80 else { return text.reduce(0) { $0 + columns(of: $1) } }
      if byte >= 0x20 && byte != 0x7F { count += 1 }
    }
    return count
  }

  /// The columns of what a reader sees as one character.
  static func columns(of character: Character) -> Int {
    character.unicodeScalars.map(columns(of:)).max() ?? 0
  }

  private static func columns(of scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator:
      return scalar == "\u{FE0F}" ? 2 : 0
    default: break
    }
    return wide.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x25FD...0x25FE,
    0x2614...0x2615, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x1F004...0x1F004, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB,
    0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
  ]
}

extension TextWidth {
  /// The text filled with spaces on one side to a number of columns.
  static func padded(_ text: String, to width: Int, rightAligned: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - columns(of: text)))
    return rightAligned ? space + text : text + space
  }

  /// The text cut to a number of columns, with `…` in place of what is left out at the end.
  static func cut(_ text: String, to width: Int) -> String {
    guard columns(of: text) > width else { return text }
    return prefix(of: text[...], width: width - 1) + (width > 0 ? "…" : "")
  }

  /// The text cut to a number of columns, with `…` in place of what is left out in the middle.
  static func cutMiddle(_ text: String, to width: Int) -> String {
    guard columns(of: text) > width else { return text }
    guard width > 2 else { return cut(text, to: width) }
    // The beginning names what was computed, so it gets the larger part.
    let tail = (width - 1) / 3
    let head = width - 1 - tail
    let end = String(prefix(of: String(text.reversed())[...], width: tail).reversed())
    return prefix(of: text[...], width: head) + "…" + end
  }

  private static func prefix(of text: Substring, width: Int) -> String {
    var used = 0
    var result = ""
    for character in text {
      used += columns(of: character)
      if used > width { break }
      result.append(character)
    }
    return result
  }
}

import Syntax

/// Text cut and filled to the columns of a terminal.
enum TextWidth {
  /// The text filled with spaces on one side to a number of columns.
  static func padded(_ text: String, to width: Int, rightAligned: Bool = false) -> String {
    let space = String(repeating: " ", count: max(0, width - displayWidth(of: text)))
    return rightAligned ? space + text : text + space
  }

  /// The text cut to a number of columns, with `…` in place of what is left out at the end.
  static func cut(_ text: String, to width: Int) -> String {
    guard displayWidth(of: text) > width else { return text }
    return prefix(of: text[...], width: width - 1) + (width > 0 ? "…" : "")
  }

  /// The text cut to a number of columns, with `…` in place of what is left out in the middle.
  static func cutMiddle(_ text: String, to width: Int) -> String {
    guard displayWidth(of: text) > width else { return text }
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
      used += displayWidth(of: character)
      if used > width { break }
      result.append(character)
    }
    return result
  }
}

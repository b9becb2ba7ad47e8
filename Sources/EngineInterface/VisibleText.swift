/// User text made safe to stand in one line of a terminal.
public enum VisibleText {
  /// The text with control characters, line ends and marks of writing direction spelled out.
  ///
  /// `\n`, `\t`, `\x1b` as in a string literal; what joins emoji stays.
  public static func line(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if joins(scalar) || isPlain(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += escape(scalar)
      }
    }
    return result
  }

  /// What holds the parts of an emoji or of a script together.
  private static func joins(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{200C}", "\u{200D}", "\u{FE0E}", "\u{FE0F}", "\u{E0020}"..."\u{E007F}": true
    default: false
    }
  }

  /// Whether a scalar shows itself, and only itself.
  public static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }

  /// A scalar as an escape of a string literal.
  public static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default: break
    }
    let digits = String(scalar.value, radix: 16)
    let (mark, width) =
      scalar.value < 0x100 ? ("\\x", 2) : scalar.value < 0x10000 ? ("\\u", 4) : ("\\U", 8)
    return mark + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

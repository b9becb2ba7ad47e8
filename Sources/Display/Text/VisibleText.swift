/// User text made safe to stand in one line of a terminal.
enum VisibleText {
  /// The text with control characters, line ends and marks of writing direction spelled out.
  ///
  /// `\n`, `\t`, `\x1b` as in a string literal; what joins emoji stays.
  static func line(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{200C}", "\u{200D}", "\u{FE0E}", "\u{FE0F}", "\u{E0020}"..."\u{E007F}":
        result.unicodeScalars.append(scalar)
      default:
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
          result += escape(scalar)
        default: result.unicodeScalars.append(scalar)
        }
      }
    }
    return result
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let width = scalar.value < 0x100 ? 2 : scalar.value < 0x10000 ? 4 : 8
    let mark = scalar.value < 0x100 ? "\\x" : scalar.value < 0x10000 ? "\\u" : "\\U"
    return mark + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

/// Text that a terminal hands over as pasted.
enum PastedText {
  /// The bytes that end it.
  static let end: [UInt8] = Array("\u{1B}[201~".utf8)

  /// Whether the bytes that ended it have come.
  static func isWhole(_ bytes: [UInt8]) -> Bool {
    bytes.last == end.last && bytes.suffix(end.count) == end[...]
  }

  /// The text as it is to stand in the line: its line ends made one kind, control characters but
  /// the tab left out, and the end of its last line, which the Enter key will give.
  static func text(_ bytes: [UInt8]) -> String {
    var result = String.UnicodeScalarView()
    var wasReturn = false
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar == "\n" && wasReturn {
        wasReturn = false
        continue
      }
      wasReturn = scalar == "\r"
      if wasReturn {
        result.append("\n")
      } else if scalar == "\n" || scalar == "\t" || scalar.properties.generalCategory != .control {
        result.append(scalar)
      }
    }
    while result.last == "\n" { result.removeLast() }
    return String(result)
  }
}

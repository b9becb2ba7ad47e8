/// The signs that this program draws with, for terminals that know ASCII alone.
///
/// Each stands for one sign of the same width, so that columns still meet; letters stay.
enum ASCIISigns {
  static func text(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(sign(scalar)) }
    return String(result)
  }

  private static let signs: [Unicode.Scalar: Unicode.Scalar] = [
    "│": "|", "─": "-", "━": "=", "┼": "+", "—": "-", "…": "~", "✓": "+", "✗": "x", "×": "x",
    "·": ".", "░": ":", "▒": "+", "▓": "*", "▁": "_", "▂": ".", "▃": "-", "▄": "=", "▅": "+",
    "▆": "*", "▇": "%", "█": "#",
  ]

  /// From no dot of a braille cell to all eight.
  private static let dots: [Unicode.Scalar] = [" ", ".", ".", ":", "+", "*", "*", "%", "#"]

  private static func sign(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII { return scalar }
    if 0x2800...0x28FF ~= scalar.value { return dots[(scalar.value - 0x2800).nonzeroBitCount] }
    return signs[scalar] ?? scalar
  }
}

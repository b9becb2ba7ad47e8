import Autodiff
import Display

/// How values are written as text.
enum Printing {
  /// A number as Python writes it, whole ones without `.0`.
  static func number(_ value: Double) -> String { NumberFormat.shortest(value) }

  /// A tensor as NumPy prints it.
  static func tensor(_ tensor: Tensor) -> String { ArrayFormat().string(tensor) }

  /// A tensor as it stands inside a list: `array([1, 2])`.
  static func representation(_ tensor: Tensor) -> String { ArrayFormat().representation(tensor) }

  /// A string as Python quotes it.
  static func quoted(_ text: String) -> String {
    let quote: Character = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result = String(quote)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where Character(scalar) == quote: result += "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\x" + (digits.count == 1 ? "0" : "") + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + String(quote)
  }
}

import Autodiff
import EngineInterface

/// Pieces of LaTeX mathematics that mean the same to MathJax and to TeX.
enum Latex {
  /// How the entries of a tensor are written.
  enum Digits {
    case shortest
    case significant(NumberFormat)

    func text(_ number: Double) -> String {
      switch self {
      case .shortest: NumberFormat.shortest(number)
      case .significant(let format): format.string(number)
      }
    }
  }

  /// Words in mathematics.
  ///
  /// MathJax shows most backslashes inside `\text` as they are, while TeX needs them; so special
  /// characters stand between pieces of `\text`, as symbols of mathematics.
  static func text(_ text: String) -> String {
    var result = ""
    var run = ""
    func close() {
      if !run.isEmpty { result += "\\text{\(run)}" }
      run = ""
    }
    for scalar in VisibleText.line(text).unicodeScalars {
      guard let symbol = symbols[scalar] else {
        run.unicodeScalars.append(scalar)
        continue
      }
      close()
      result += symbol
    }
    close()
    return result.isEmpty ? "\\text{}" : result
  }

  private static let symbols: [Unicode.Scalar: String] = [
    "\\": "\\backslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#",
    "%": "\\%", "_": "\\_", "^": "{\\wedge}", "~": "{\\sim}", "<": "{<}", ">": "{>}", "|": "{|}",
    "✓": "\\checkmark{}", "✗": "\\times{}", "…": "\\ldots{}", "∇": "\\nabla{}",
  ]

  /// A number's text as mathematics: `1.5e-07` becomes a power of ten.
  static func number(_ text: String) -> String {
    switch text {
    case "inf": return "\\infty"
    case "-inf": return "-\\infty"
    case "nan": return "\\mathrm{nan}"
    default: break
    }
    guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...])
    else { return text }
    return "\(text[..<mark]) \\times 10^{\(exponent)}"
  }

  /// A tensor in brackets, those of higher rank as matrices of matrices.
  static func tensor(_ tensor: Tensor, _ digits: Digits) -> String {
    if tensor.isMask, tensor.shape.isScalar { return entry(tensor, 0, digits) }
    if tensor.shape.isScalar { return number(digits.text(tensor.number)) }
    if tensor.count == 0 { return "[\\,]" }
    return nested(tensor, axis: 0, offset: 0, digits)
  }

  private static func nested(
    _ tensor: Tensor, axis: Int, offset: Int, _ digits: Digits
  ) -> String {
    let rank = tensor.shape.rank
    let strides = tensor.shape.strides
    if axis == rank - 1 {
      let row = (0..<tensor.shape[axis]).map { entry(tensor, offset + $0, digits) }
      return matrix([row])
    }
    if axis == rank - 2 {
      let rows = (0..<tensor.shape[axis]).map { row in
        (0..<tensor.shape[axis + 1]).map {
          entry(tensor, offset + row * strides[axis] + $0, digits)
        }
      }
      return matrix(rows)
    }
    let parts = (0..<tensor.shape[axis]).map {
      [nested(tensor, axis: axis + 1, offset: offset + $0 * strides[axis], digits)]
    }
    return matrix(parts)
  }

  private static func entry(_ tensor: Tensor, _ offset: Int, _ digits: Digits) -> String {
    if tensor.isMask { return tensor[offset] != 0 ? "\\text{True}" : "\\text{False}" }
    return number(digits.text(tensor[offset]))
  }

  private static func matrix(_ rows: [[String]]) -> String {
    let body = rows.map { $0.joined(separator: " & ") }.joined(separator: " \\\\ ")
    let columns = rows.first?.count ?? 0
    // amsmath's matrices end at ten columns.
    guard columns > 10 else { return "\\begin{bmatrix}\(body)\\end{bmatrix}" }
    let sides = String(repeating: "r", count: columns)
    return "\\left[\\begin{array}{\(sides)}\(body)\\end{array}\\right]"
  }
}

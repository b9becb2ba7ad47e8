import Autodiff
import Syntax

/// Tensors inside tables: whole, as lines of equal width, or by their summary.
enum TextTensor {
  /// The tensor in brackets, its lines filled to one width.
  static func lines(_ tensor: Tensor, format: NumberFormat, width: Int) -> [String] {
    var array = ArrayFormat(lineWidth: max(width, 1), threshold: Int.max)
    array.significant = format
    // Blank lines between the matrices of a higher rank would tear a row of a table apart.
    let lines = array.string(tensor).split(separator: "\n").map(String.init)
    return filled(lines.map { TextWidth.cut($0, to: width) })
  }

  /// Range, mean, norm and thumbnail.
  static func lines(_ summary: TensorSummary, format: NumberFormat, width: Int) -> [String] {
    let digits = NumberFormat(precision: min(format.precision, width < 24 ? 3 : 4))
    let words = summary.words(digits).flatMap { word in
      displayWidth(of: word) <= width ? [word] : word.split(separator: " ").map(String.init)
    }
    var lines: [String] = []
    for word in words {
      if let last = lines.last, lines.count > 1,
        displayWidth(of: last) + displayWidth(of: word) + 2 <= min(width, 36)
      {
        lines[lines.count - 1] = last + ", " + word
      } else {
        lines.append(word)
      }
    }
    lines += TextPicture.lines(summary.thumbnail, width: min(width, 24))
    return filled(lines.map { TextWidth.cut($0, to: width) })
  }

  /// Lines filled with spaces to one width.
  private static func filled(_ lines: [String]) -> [String] {
    let widest = lines.map { displayWidth(of: $0) }.max() ?? 0
    return lines.map { TextWidth.padded($0, to: widest) }
  }
}

extension TensorSummary {
  /// What is known, in words: the range first.
  func words(_ format: NumberFormat) -> [String] {
    if count == 0 { return ["empty"] }
    if isMask {
      let set = Int((mean * Double(count)).rounded())
      return ["\(set.grouped) of \(count.grouped) True"]
    }
    var words: [String] = []
    if minimum.isNaN {
      words.append("no finite entry")
    } else if minimum == maximum && nanCount + infiniteCount == 0 {
      words.append("all \(format.string(minimum))")
    } else {
      words.append("\(format.string(minimum)) … \(format.string(maximum))")
      words.append("mean \(format.string(mean))")
    }
    if !norm.isNaN { words.append("norm \(format.string(norm))") }
    if nanCount > 0 { words.append("\(nanCount.grouped) nan") }
    if infiniteCount > 0 { words.append("\(infiniteCount.grouped) inf") }
    return words
  }
}

extension Int {
  /// The number with commas between thousands: `4,096`.
  var grouped: String {
    let digits = String(magnitude)
    var result = ""
    for (position, digit) in digits.enumerated() {
      if position > 0 && (digits.count - position) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (self < 0 ? "-" : "") + result
  }
}

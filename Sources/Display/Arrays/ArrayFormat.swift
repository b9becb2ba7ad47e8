import Autodiff

/// How a tensor is written as text: brackets and columns as NumPy prints arrays.
///
/// Whole tensors have no decimal points, and past `threshold` entries only the edges are shown.
public struct ArrayFormat: Sendable {
  /// Columns after which a line is wrapped.
  public var lineWidth: Int
  /// Digits after the decimal point at most.
  public var precision: Int
  /// More entries than this are summarised.
  public var threshold: Int
  /// Entries at each end of a summarised axis.
  public var edgeItems: Int
  /// Set for tables: significant digits for each entry.
  var significant: NumberFormat?

  public init(
    lineWidth: Int = 75, precision: Int = 8, threshold: Int = 1000, edgeItems: Int = 3
  ) {
    self.lineWidth = max(lineWidth, 1)
    self.precision = min(max(precision, 0), 17)
    self.threshold = max(threshold, 0)
    self.edgeItems = max(edgeItems, 1)
    significant = nil
  }

  /// The text that `print(tensor)` writes: `[[1 2]\n [3 4]]`; a number is written to its last digit.
  public func string(_ tensor: Tensor) -> String {
    text(tensor, separator: " ", prefixWidth: 0, lineWidth: lineWidth)
  }

  /// The text that names the tensor's constructor: `array([[1, 2],\n       [3, 4]])`.
  public func representation(_ tensor: Tensor) -> String {
    if tensor.shape.isScalar { return string(tensor) }
    let prefix = "array("
    let body =
      tensor.count == 0
      ? "[]"
      : text(
        tensor, separator: ", ", prefixWidth: prefix.utf8.count, lineWidth: lineWidth - 1)
    let needsShape = tensor.count == 0 ? tensor.shape.rank > 1 : tensor.count > threshold
    guard needsShape else { return prefix + body + ")" }
    let start = prefix + body + ","
    let shape = "shape=\(tensor.shape))"
    let lastLine = start.utf8.reversed().prefix { $0 != UInt8(ascii: "\n") }.count
    let fits = lastLine + shape.utf8.count + 1 <= lineWidth
    return start + (fits ? " " : "\n" + String(repeating: " ", count: prefix.utf8.count)) + shape
  }

  private var notation: EntryFormat.Notation {
    significant.map(EntryFormat.Notation.significant) ?? .numpy(precision: precision)
  }

  private func text(
    _ tensor: Tensor, separator: String, prefixWidth: Int, lineWidth: Int
  ) -> String {
    if tensor.shape.isScalar {
      if tensor.isMask { return tensor.number != 0 ? "True" : "False" }
      return significant?.string(tensor.number) ?? NumberFormat.shortest(tensor.number)
    }
    if tensor.count == 0 { return "[]" }
    let layout = ArrayLayout(
      tensor: tensor, notation: notation, separator: separator,
      edgeItems: tensor.count > threshold ? edgeItems : nil)
    return layout.text(
      hangingIndent: String(repeating: " ", count: prefixWidth + 1), width: lineWidth)
  }
}

/// One tensor on its way to text: brackets, lines and the dots of a summary.
private struct ArrayLayout {
  let tensor: Tensor
  let strides: [Int]
  let entry: EntryFormat
  let separator: String
  /// Entries at each end of an axis when the tensor is summarised.
  let edgeItems: Int?

  init(tensor: Tensor, notation: EntryFormat.Notation, separator: String, edgeItems: Int?) {
    self.tensor = tensor
    self.separator = separator
    self.edgeItems = edgeItems
    strides = tensor.shape.strides
    var offsets = [0]
    for axis in 0..<tensor.shape.rank {
      let step = strides[axis]
      let places = ArrayLayout.places(tensor.shape[axis], edgeItems: edgeItems).compactMap(\.self)
      offsets = offsets.flatMap { offset in places.map { offset + $0 * step } }
    }
    entry = EntryFormat(
      shown: offsets.map { tensor[$0] }, isMask: tensor.isMask,
      isWhole: !tensor.isMask && EntryFormat.isWhole(tensor, notation: notation),
      notation: notation)
  }

  /// The indices along an axis that are shown; nil stands for the dots.
  private static func places(_ length: Int, edgeItems: Int?) -> [Int?] {
    guard let edgeItems, 2 * edgeItems < length else { return Array(0..<length) }
    return Array(0..<edgeItems) + [nil] + Array((length - edgeItems)..<length)
  }

  func text(hangingIndent: String, width: Int) -> String {
    text(axis: 0, offset: 0, hangingIndent: hangingIndent, width: width)
  }

  private func text(axis: Int, offset: Int, hangingIndent: String, width: Int) -> String {
    let places = ArrayLayout.places(tensor.shape[axis], edgeItems: edgeItems)
    let axesLeft = tensor.shape.rank - axis
    if axesLeft == 1 {
      return "[" + row(places, offset: offset, hangingIndent: hangingIndent, width: width) + "]"
    }
    let lineEnd = separator.trimmedEnd + String(repeating: "\n", count: axesLeft - 1)
    let parts = places.map { place in
      guard let place else { return "..." }
      return text(
        axis: axis + 1, offset: offset + place * strides[axis],
        hangingIndent: hangingIndent + " ", width: width - 1)
    }
    return "[" + parts.joined(separator: lineEnd + hangingIndent) + "]"
  }

  /// The entries of a last axis, wrapped where the next would pass the width.
  private func row(_ places: [Int?], offset: Int, hangingIndent: String, width: Int) -> String {
    // Room for the separator's visible part or the bracket that may follow an entry.
    let room = width - max(separator.trimmedEnd.utf8.count, 1)
    var text = ""
    var line = hangingIndent
    for (position, place) in places.enumerated() {
      let word = place.map { entry.text(tensor[offset + $0]) } ?? "..."
      let isLast = position == places.count - 1
      if line.utf8.count + word.utf8.count > room && line.utf8.count > hangingIndent.utf8.count {
        text += line.trimmedEnd + "\n"
        line = hangingIndent
      }
      line += word
      if !isLast { line += separator }
    }
    return String((text + line).dropFirst(hangingIndent.count))
  }
}

extension String {
  /// The text without spaces at its end.
  var trimmedEnd: String {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

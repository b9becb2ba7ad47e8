import Autodiff

/// Tensors in HTML: their text, brackets dimmed, or what is known of a large one.
enum HTMLTensor {
  /// A tensor that is the result of a cell.
  static func html(_ block: TensorBlock) -> String {
    let text = pre(
      block.arrayText(width: 100).split(separator: "\n", omittingEmptySubsequences: false).map(
        String.init))
    guard let summary = block.summary else { return "<div class=\"nabla-tensor\">\(text)</div>" }
    let facts = [summary.shape.description] + summary.words(block.format)
    return "<div class=\"nabla-tensor\">\(text)<div class=\"nabla-summary\">"
      + HTMLPicture.html(summary.thumbnail, side: 144)
      + "<span class=\"nabla-facts\">\(facts.joined(separator: "<br>"))</span></div></div>"
  }

  /// A large tensor in a table: picture and figures.
  static func html(_ summary: TensorSummary, _ format: NumberFormat) -> String {
    let facts = summary.words(NumberFormat(precision: min(format.precision, 4)))
    return "<div class=\"nabla-summary\">"
      + "<span class=\"nabla-facts\">\(facts.joined(separator: "<br>"))</span>"
      + "\(HTMLPicture.html(summary.thumbnail, side: 72))</div>"
  }

  /// Lines of a tensor's text with their brackets dimmed.
  static func pre(_ lines: [String]) -> String {
    let marked = lines.map { line in
      let opening = line.prefix { $0 == " " || $0 == "[" }
      let bracketEnd = opening.lastIndex(of: "[").map { line.index(after: $0) } ?? line.startIndex
      let head = line[..<bracketEnd]
      let rest = line[bracketEnd...]
      let bracketStart = rest.firstIndex(of: "]") ?? rest.endIndex
      return dimmed(head) + String(rest[..<bracketStart]).htmlEscaped
        + dimmed(rest[bracketStart...])
    }
    // The style is for hosts that take the sheet away and give such text a ground and line breaks.
    return "<pre style=\"background:none;white-space:pre\">\(marked.joined(separator: "\n"))</pre>"
  }

  private static func dimmed(_ brackets: Substring) -> String {
    brackets.allSatisfy { $0 == " " } ? String(brackets) : "<span>\(brackets)</span>"
  }
}

extension Diagnostic {
  public enum Style: Sendable {
    case plain
    /// With the colours of a terminal.
    case ansi
  }

  /// The lines of the block that shows the diagnostic.
  ///
  /// First the kind and the message, then the place with its line and the span underlined, the
  /// calls that led there from the inside out, and the hint. Lines of source wider than `width`
  /// columns are cut around the span.
  public func rendered(style: Style = .plain, width: Int = 100) -> [String] {
    let paint = Paint(style: style)
    var lines = heading(paint)
    let chain = CallChain(frames)
    let gutter = gutterWidth(chain)
    var isFirst = true
    for item in chain.items {
      switch item {
      case .frame(let frame):
        lines += block(frame, isFirst: isFirst, gutter: gutter, width: width, paint)
        isFirst = false
      case .omitted(let count):
        lines.append(paint.faint("… \(count) more \(count == 1 ? "call" : "calls")"))
      }
    }
    if let hint {
      lines += hint.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map {
        $0.offset == 0 ? paint.hint("hint:") + " \($0.element)" : "      \($0.element)"
      }
    }
    return lines
  }

  private func heading(_ paint: Paint) -> [String] {
    guard !message.isEmpty else { return [paint.kind(kind)] }
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines[0] = paint.kind("\(kind):") + " \(lines[0])"
    return lines
  }

  private func gutterWidth(_ chain: CallChain) -> Int {
    chain.items.reduce(1) { width, item in
      guard case .frame(let frame) = item else { return width }
      return max(width, String(frame.source.line(at: frame.span.start)).count)
    }
  }

  private func block(
    _ frame: Frame, isFirst: Bool, gutter: Int, width: Int, _ paint: Paint
  ) -> [String] {
    let line = frame.source.line(at: frame.span.start)
    let function = frame.function.map { ", in \($0)" } ?? ""
    let place = "\(frame.source.name), line \(line)\(function)"
    let lead = String(repeating: " ", count: gutter) + "-->"
    let excerpt = SourceExcerpt(frame.source, frame.span, width: max(20, width - gutter - 3))
    let number = String(line)
    let blanks = String(repeating: " ", count: max(0, gutter - number.count))
    let margin = String(repeating: " ", count: gutter)
    let indent = String(repeating: " ", count: excerpt.indent)
    return [
      paint.place(lead) + (isFirst ? " \(place)" : " called from \(place)"),
      paint.place("\(blanks)\(number) |") + (excerpt.text.isEmpty ? "" : " \(excerpt.text)"),
      paint.place("\(margin) |") + " \(indent)" + paint.mark(excerpt.underline),
    ]
  }
}

/// Colours of a terminal, or none.
///
/// Jupyter shows the block on pale red or on dark red. It darkens the eight colours where they are
/// bold, past reading on the latter; so what is bold has a colour of the 256, halfway between the
/// two, or none.
private struct Paint {
  let style: Diagnostic.Style

  func kind(_ text: String) -> String { painted(text, "1;38;5;167") }
  func place(_ text: String) -> String { painted(text, "34") }
  func mark(_ text: String) -> String { painted(text, "1;38;5;167") }
  func hint(_ text: String) -> String { painted(text, "1") }
  func faint(_ text: String) -> String { painted(text, "2") }

  private func painted(_ text: String, _ code: String) -> String {
    style == .ansi ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

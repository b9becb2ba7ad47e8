import EngineInterface
import JSON

/// Several outputs as one: what a front end shows that can show only one.
public enum StackedBundle {
  public enum Part: Sendable {
    /// Text as it was written, without the colours of a terminal.
    case text(String)
    case bundle(MIMEBundle)
  }

  /// One bundle with the texts of all parts, one below the other, as text and as HTML.
  public static func join(_ parts: [Part]) -> MIMEBundle {
    let texts = parts.map(text).filter { !$0.isEmpty }
    return MIMEBundle(data: [
      "text/plain": .string(texts.joined(separator: "\n")),
      "text/html": .string(parts.map(html).joined(separator: "\n")),
    ])
  }

  private static func text(_ part: Part) -> String {
    let text =
      switch part {
      case .text(let text): text
      case .bundle(let bundle): bundle.plain ?? ""
      }
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  private static func html(_ part: Part) -> String {
    if case .bundle(let bundle) = part {
      if let html = bundle.data["text/html"]?.string { return html }
      if let svg = bundle.data["image/svg+xml"]?.string { return "<div>\(svg)</div>" }
      if let png = bundle.data["image/png"]?.string {
        return "<img alt=\"\" src=\"data:image/png;base64,\(png.filter { !$0.isWhitespace })\">"
      }
      // Pages of notebooks typeset it.
      if let latex = bundle.data["text/latex"]?.string { return "<div>\(latex.htmlEscaped)</div>" }
    }
    return "<pre>\(text(part).htmlEscaped)</pre>"
  }
}

import EngineInterface
import JSON
import Syntax

/// Writes documents as text for terminals: tables in box drawing, pictures in blocks.
struct PlainTextRenderer: Renderer {
  let page: TextPage

  let mimeType = "text/plain"

  init(_ page: TextPage = .notebook) { self.page = page }

  func render(_ document: Document) -> JSON? { .string(text(document)) }

  /// The document's text, without a line end after the last line.
  func text(_ document: Document) -> String {
    let text = document.blocks.map(text).joined(separator: "\n")
    return page.isUnicode ? text : ASCIISigns.text(text)
  }

  private func text(_ block: Document.Block) -> String {
    switch block {
    case .table(let table):
      let lines = TextTable(table, page).lines
      return (lines + table.notes.flatMap(wrapped)).joined(separator: "\n")
    case .line(let line, let role):
      return wrapped(VisibleText.line(line)).map { page.paint($0, ink(role)) }
        .joined(separator: "\n")
    case .picture(let picture):
      return TextPicture.lines(picture, page).joined(separator: "\n")
    case .tensor(let tensor): return text(tensor)
    case .progress(let progress): return TextProgress.line(progress, page)
    }
  }

  private func text(_ block: TensorBlock) -> String {
    let text = block.arrayText(width: min(page.width ?? 75, 75))
    guard let summary = block.summary else { return text }
    let facts = summary.words(block.format).joined(separator: ", ")
    let lines = wrapped("\(summary.shape) \(facts)")
    return ([text] + lines + TextPicture.lines(summary.thumbnail, page))
      .joined(separator: "\n")
  }

  private func ink(_ role: Document.LineRole) -> Ink {
    switch role {
    case .heading: .bold
    case .note: .dim
    case .verdict(let passed): passed ? .value : .gradient
    }
  }

  /// A line broken at spaces where it passes the width.
  private func wrapped(_ line: String) -> [String] {
    let line = VisibleText.line(line)
    guard let width = page.width else { return [line] }
    return wordWrapped(line, columns: width).map { TextWidth.cut($0, to: width) }
  }
}

/// What a stretch of text is painted as in a terminal.
enum Ink {
  case none
  case bold
  case dim
  case value
  case gradient

  fileprivate var code: String? {
    switch self {
    case .none: nil
    case .bold: "1"
    case .dim: "2"
    case .value: "32"
    case .gradient: "31"
    }
  }
}

extension TextPage {
  /// The text in a colour, where there are colours: values green, gradients red, headers bold.
  func paint(_ text: String, _ ink: Ink) -> String {
    guard colors > .none, let code = ink.code, text.contains(where: { $0 != " " }) else {
      return text
    }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

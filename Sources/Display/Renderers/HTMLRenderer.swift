import Autodiff
import EngineInterface
import JSON

/// Writes documents as HTML that follows the theme of the page, light or dark.
///
/// Without its style sheet, as on hosts that strip it, what is left is a plain table that reads well.
struct HTMLRenderer: Renderer {
  let mimeType = "text/html"

  func render(_ document: Document) -> JSON? {
    guard document.deservesHTML else { return nil }
    if case .progress(let progress)? = document.blocks.first, document.blocks.count == 1 {
      return .string(HTMLProgress.html(progress))
    }
    return .string(html(document))
  }

  func html(_ document: Document) -> String {
    // The ignore classes keep typesetters from reading a `$` in user text as mathematics.
    "<div class=\"nabla mathjax_ignore tex2jax_ignore\">\n<style>\n\(HTMLStyle.sheet)</style>\n"
      + document.blocks.map(html).joined(separator: "\n") + "\n</div>"
  }

  private func html(_ block: Document.Block) -> String {
    switch block {
    case .table(let table): HTMLTable(table).html
    case .line(let line, let role): paragraph(line, role)
    case .picture(let picture):
      "<div class=\"nabla-picture\">\(HTMLPicture.html(picture))</div>"
    case .tensor(let tensor): HTMLTensor.html(tensor)
    case .progress(let progress): HTMLProgress.html(progress)
    }
  }

  private func paragraph(_ line: String, _ role: Document.LineRole) -> String {
    let text = VisibleText.line(line).htmlEscaped
    let name =
      switch role {
      case .heading: "nabla-heading"
      case .note: "nabla-note"
      case .verdict(let passed): passed ? "nabla-line nabla-pass" : "nabla-line nabla-fail"
      }
    return "<div class=\"\(name)\">\(text)</div>"
  }
}

extension Document {
  /// Whether HTML says more than the text does: a number or a short vector needs none.
  fileprivate var deservesHTML: Bool {
    if case .tensor(let block)? = blocks.first, blocks.count == 1 {
      return block.tensor.shape.rank >= 2 || block.isLarge
    }
    return true
  }
}

extension String {
  /// The text with the characters that HTML gives a meaning replaced by references.
  var htmlEscaped: String {
    var result = ""
    result.reserveCapacity(utf8.count)
    for character in unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }
}

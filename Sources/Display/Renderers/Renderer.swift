import EngineInterface
import JSON

/// Writes documents in one MIME type.
protocol Renderer: Sendable {
  var mimeType: String { get }

  /// The document in this type; nil when the type has nothing to say about it.
  func render(_ document: Document) -> JSON?
}

extension Displayable {
  /// The text alone, at most as wide as the page where that can be had.
  public func text(_ page: TextPage = .notebook) -> String {
    PlainTextRenderer(page).text(document)
  }

  /// All representations, the plainest first; the text is for that page.
  public func bundle(_ page: TextPage = .notebook) -> MIMEBundle {
    let renderers: [any Renderer] = [
      PlainTextRenderer(page),
      HTMLRenderer(),
      LatexRenderer(),
      DataResourceRenderer(),
    ]
    let document = document
    var bundle = MIMEBundle(data: [:])
    for renderer in renderers {
      if let data = renderer.render(document) { bundle.data[renderer.mimeType] = data }
    }
    return bundle
  }
}

import EngineInterface
import JSON

/// Writes documents in one MIME type.
protocol Renderer: Sendable {
  var mimeType: String { get }

  /// The document in this type; nil when the type has nothing to say about it.
  func render(_ document: Document) -> JSON?
}

/// How text is coloured.
public enum TextStyle: Sendable, Hashable {
  case plain
  /// With the escapes of a terminal: values green, gradients red, headers bold.
  case ansi
}

extension Displayable {
  /// The text that a terminal shows, at most `width` columns wide where that can be had.
  public func text(width: Int? = nil, style: TextStyle = .plain) -> String {
    PlainTextRenderer(width: width, style: style).text(document)
  }

  /// All representations, the plainest first.
  public func bundle(width: Int? = nil, style: TextStyle = .plain) -> MIMEBundle {
    let renderers: [any Renderer] = [
      PlainTextRenderer(width: width, style: style),
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

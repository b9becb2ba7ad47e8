/// What is to be shown, before any representation is chosen: blocks from top to bottom.
public struct Document: Sendable {
  public var blocks: [Block]

  public init(_ blocks: [Block]) { self.blocks = blocks }

  public enum Block: Sendable {
    case table(TableModel)
    /// A line above or below: what is shown, in words.
    case line(String, role: LineRole)
    case picture(Picture)
    case tensor(TensorBlock)
    case progress(ProgressBlock)
  }

  public enum LineRole: Sendable, Hashable {
    case heading
    case note
    case verdict(Bool)
  }

  /// The first table, which a data resource is made of.
  var table: TableModel? {
    for case .table(let table) in blocks { return table }
    return nil
  }
}

/// Something that can be shown: it builds a document, and the renderers write it.
public protocol Displayable: Sendable {
  var document: Document { get }
}

/// A bar that shows how far a loop has come.
public struct ProgressView: Sendable {
  public var progress: ProgressBlock

  public init(_ progress: ProgressBlock) { self.progress = progress }
}

extension ProgressView: Displayable {
  public var document: Document { Document([.progress(progress)]) }
}

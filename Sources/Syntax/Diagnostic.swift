/// An error or a warning as a value: what it says and where.
public struct Diagnostic: Error, Sendable {
  /// The kind that users see and catch, as `ShapeError`.
  public var kind: String
  /// What is wrong, in one sentence that names the values and their shapes.
  public var message: String
  /// The place, innermost first: the line that failed, then the calls that led there.
  public var frames: [Frame]
  /// A likely mend.
  public var hint: String?

  public struct Frame: Sendable {
    public var source: Source
    public var span: Span
    /// The function that the line stands in; nil at the top level.
    public var function: String?

    public init(source: Source, span: Span, function: String? = nil) {
      self.source = source
      self.span = span
      self.function = function
    }
  }

  public init(kind: String, message: String, frames: [Frame] = [], hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.frames = frames
    self.hint = hint
  }
}

/// A line that ran before, with the session that it ran in.
public struct HistoryEntry: Sendable, Equatable {
  public var session: Int
  public var line: Int
  public var source: String
  /// The plain text of its result, where it had one.
  public var output: String?

  public init(session: Int, line: Int, source: String, output: String? = nil) {
    self.session = session
    self.line = line
    self.source = source
    self.output = output
  }
}

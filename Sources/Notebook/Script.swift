import EngineInterface

/// A source file that runs as one request.
public struct Script: Sendable {
  public let path: String
  public let source: String

  /// Takes the text of a file, which must be UTF-8.
  public init(path: String, bytes: [UInt8]) throws(NotebookError) {
    guard let source = String(validating: bytes, as: UTF8.self) else {
      throw NotebookError(description: "the file is not UTF-8 text")
    }
    self.path = path
    self.source = source
  }

  /// Runs the file to its end or its first error.
  public func run(
    on engine: any Engine, to sink: any OutputSink, showsTables: Bool = false
  ) -> ExecutionOutcome {
    engine.execute(
      ExecutionRequest(code: source, allowsInput: true, file: path, showsTables: showsTables),
      to: sink)
  }
}

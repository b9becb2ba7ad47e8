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

  /// Runs the file to its end or its first error; the script is the only cell of the report.
  ///
  /// `asking` is asked for input where there is somebody.
  public func run(
    on host: any CellHost, observer: (any RunObserver)? = nil, asking: (any OutputSink)? = nil,
    showsTables: Bool = false
  ) -> RunReport {
    let collector = OutputCollector(observer: observer, asking: asking)
    collector.begin(cell: 0, executionCount: nil)
    let stopwatch = Stopwatch()
    let ending = host.execute(
      ExecutionRequest(
        code: source, allowsInput: asking != nil, file: path, showsTables: showsTables),
      to: collector)
    collector.end(ending.outcome.error)
    let cell = CellReport(
      index: 0, id: nil, source: source, status: CellStatus(ending), start: stopwatch.start,
      seconds: stopwatch.seconds, outputs: collector.outputs(of: 0), error: ending.outcome.error)
    observer?.ends(with: ending.outcome, report: cell)
    return RunReport(cells: [cell])
  }
}

import EngineInterface

/// Runs the code cells of a notebook in order.
public struct NotebookRunner {
  private let host: any CellHost
  private let observer: (any RunObserver)?
  private let policy: ErrorPolicy

  public init(
    host: any CellHost, observer: (any RunObserver)? = nil, policy: ErrorPolicy = .stop
  ) {
    self.host = host
    self.observer = observer
    self.policy = policy
  }

  /// What a run does about a cell that fails.
  public enum ErrorPolicy: Sendable {
    /// The first failure ends the run.
    case stop
    /// The run goes on, and has failed.
    case keepGoing
    /// Every cell may fail.
    case allow
    /// A cell may fail that has an error among its stored outputs; any other failure ends the run.
    case asStored
  }

  /// Runs every code cell, up to the first that fails without being allowed to.
  ///
  /// The notebook then has the outputs of the cells that ran; the others keep theirs. The tags are
  /// those of nbclient: `skip-execution` passes a cell, `raises-exception` lets it fail.
  public func run(_ notebook: inout Notebook) -> RunReport {
    let collector = OutputCollector(observer: observer)
    var report = RunReport()
    var count = 0
    var isOver = false
    for (index, cell) in notebook.cells.enumerated() {
      guard cell.kind == .code, !cell.isBlank else {
        // A cell without code shows nothing, and what it showed once is not of this run.
        if cell.kind == .code, !isOver {
          notebook.cells[index].run = Cell.Run(executionCount: nil, outputs: [])
        }
        if !isOver { observer?.passes(cell) }
        continue
      }
      var entry = CellReport(index: index, id: cell.id, source: cell.source, status: .notRun)
      if cell.tags.contains("skip-execution") {
        entry.status = .skipped
        if !isOver { observer?.passes(cell) }
      } else if !isOver {
        count += 1
        entry.executionCount = count
        isOver = !run(cell, into: &entry, collector: collector)
        notebook.cells[index].run = Cell.Run(executionCount: count, outputs: [])
      }
      report.cells.append(entry)
    }
    // Read at the end, since a cell may update a display of an earlier one.
    for place in report.cells.indices where report.cells[place].status.hasRun {
      let index = report.cells[place].index
      report.cells[place].outputs = collector.outputs(of: index)
      notebook.cells[index].run?.outputs = report.cells[place].outputs
    }
    return report
  }

  /// Runs one cell; false where the run must not go on.
  private func run(
    _ cell: Cell, into entry: inout CellReport, collector: OutputCollector
  ) -> Bool {
    let count = entry.executionCount ?? 0
    observer?.begins(cell, executionCount: count)
    collector.begin(cell: entry.index, executionCount: count)
    let stopwatch = Stopwatch()
    let ending = host.execute(
      ExecutionRequest(code: cell.source, executionCount: count, cellID: cell.id), to: collector)
    entry.start = stopwatch.start
    entry.seconds = stopwatch.seconds
    collector.end(ending.outcome.error)
    entry.error = ending.outcome.error
    entry.outputs = collector.outputs(of: entry.index)
    entry.status = CellStatus(
      ending,
      allowsErrors: policy == .allow || cell.tags.contains("raises-exception")
        || (policy == .asStored && cell.hasStoredError))
    observer?.ends(with: ending.outcome, report: entry)
    guard ending.canContinue else { return false }
    switch entry.status {
    case .failed, .timedOut: return policy == .keepGoing
    default: return !entry.status.isFailure
    }
  }
}

extension CellStatus {
  /// The status of a cell that ended so.
  init(_ ending: CellEnding, allowsErrors: Bool = false) {
    switch (ending.cause, ending.outcome.error) {
    case (.time, _): self = .timedOut
    case (.death, _): self = .died
    case (.itself, nil): self = .passed
    // An interrupt means the whole run.
    case (.itself, let error?) where error.name == "KeyboardInterrupt": self = .interrupted
    case (.itself, _?): self = allowsErrors ? .allowedError : .failed
    }
  }
}

extension Cell {
  var isBlank: Bool { source.allSatisfy(\.isWhitespace) }

  var hasStoredError: Bool {
    storedOutputs.contains { if case .error = $0 { true } else { false } }
  }
}

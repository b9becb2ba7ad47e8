import EngineInterface

/// Runs the code cells of a notebook in order on an engine, in this process.
public struct NotebookRunner {
  private let engine: any Engine
  private let observer: (any RunObserver)?

  public init(engine: any Engine, observer: (any RunObserver)? = nil) {
    self.engine = engine
    self.observer = observer
  }

  /// How a run ended.
  public struct Report: Sendable {
    /// Code cells that were run.
    public var cells = 0
    /// The place of the cell that stopped the run, from 1, and its error.
    public var failure: (cell: Int, error: ErrorReport)?
  }

  /// Runs every code cell, up to the first that fails.
  ///
  /// The notebook then has the outputs of the cells that ran; the others keep theirs. The tags are
  /// those of nbclient: `skip-execution` passes a cell, `raises-exception` lets it fail.
  public func run(_ notebook: inout Notebook) -> Report {
    let collector = OutputCollector(observer: observer)
    var report = Report()
    for (index, cell) in notebook.cells.enumerated() {
      guard cell.kind == .code, !cell.tags.contains("skip-execution"), !cell.isBlank else {
        // A cell without code shows nothing, and what it showed once is not of this run.
        if cell.kind == .code, cell.isBlank {
          notebook.cells[index].run = Cell.Run(executionCount: nil, outputs: [])
        }
        observer?.passes(cell)
        continue
      }
      report.cells += 1
      observer?.begins(cell, executionCount: report.cells)
      collector.begin(cell: index, executionCount: report.cells)
      let outcome = engine.execute(
        ExecutionRequest(code: cell.source, executionCount: report.cells, cellID: cell.id),
        to: collector)
      collector.end(outcome.error)
      notebook.cells[index].run = Cell.Run(executionCount: report.cells, outputs: [])
      observer?.ends(cell, with: outcome)
      if let error = outcome.error,
        error.name == "KeyboardInterrupt" || !cell.tags.contains("raises-exception")
      {
        report.failure = (index + 1, error)
        break
      }
    }
    // Read at the end, since a cell may update a display of an earlier one.
    for index in notebook.cells.indices where notebook.cells[index].run != nil {
      notebook.cells[index].run?.outputs = collector.outputs(of: index)
    }
    return report
  }
}

extension Cell {
  var isBlank: Bool { source.allSatisfy(\.isWhitespace) }
}

import EngineInterface

/// Who watches a run while it goes on: a terminal, a report.
///
/// All calls come on the thread that runs the notebook.
public protocol RunObserver: AnyObject, Sendable {
  /// A cell that is not code, or is not to be run, is passed.
  func passes(_ cell: Cell)
  func begins(_ cell: Cell, executionCount: Int)
  /// An output as the cell gives it; text of a stream comes in pieces. `id` is that of a display that
  /// may be updated.
  func shows(_ output: Output, id: String?)
  /// A display that was shown before has new content.
  func updates(_ id: String, to bundle: MIMEBundle)
  /// A bar is shown for the first time, or anew.
  func progresses(_ id: String, to bundle: MIMEBundle, stage: ProgressStage)
  /// A cell, or a script, has ended.
  func ends(with outcome: ExecutionOutcome, report: CellReport)
}

extension RunObserver {
  public func progresses(_ id: String, to bundle: MIMEBundle, stage: ProgressStage) {}
}

import EngineInterface

/// What a run made of one code cell.
public struct CellReport: Sendable {
  /// The place among all cells of the notebook, from 0.
  public var index: Int
  public var id: String?
  public var source: String
  public var executionCount: Int?
  public var status: CellStatus
  /// When the cell began, in seconds since 1970; nil for a cell that was not run.
  public var start: Double?
  /// How long the cell took; 0 for a cell that was not run.
  public var seconds: Double
  public var outputs: [Output]
  /// What ended the cell, also where it was allowed to fail.
  public var error: ErrorReport?

  public init(
    index: Int, id: String?, source: String, executionCount: Int? = nil, status: CellStatus,
    start: Double? = nil, seconds: Double = 0, outputs: [Output] = [], error: ErrorReport? = nil
  ) {
    self.index = index
    self.id = id
    self.source = source
    self.executionCount = executionCount
    self.status = status
    self.start = start
    self.seconds = seconds
    self.outputs = outputs
    self.error = error
  }
}

/// How a code cell fared.
public enum CellStatus: String, Sendable, CaseIterable {
  case passed
  /// It failed, and was allowed to: by its tag, or because all cells are.
  case allowedError = "allowed-error"
  case failed
  /// It took longer than a limit, of its own or of the whole run.
  case timedOut = "timed-out"
  case interrupted
  /// Its process ended before it did.
  case died
  /// Its tag passes it.
  case skipped
  /// The run ended before it.
  case notRun = "not-run"

  /// Whether the cell is a reason not to be content with the run.
  public var isFailure: Bool {
    switch self {
    case .failed, .timedOut, .interrupted, .died: true
    case .passed, .allowedError, .skipped, .notRun: false
    }
  }

  /// Whether the cell ran, if only in part.
  public var hasRun: Bool { self != .skipped && self != .notRun }
}

/// What a run made of one notebook or script.
public struct RunReport: Sendable {
  /// The code cells in order, those without code left out; a script is one cell.
  public var cells: [CellReport]

  public init(cells: [CellReport] = []) { self.cells = cells }

  public func count(_ status: CellStatus) -> Int { cells.count { $0.status == status } }

  /// The number of cells that ran.
  public var ran: Int { cells.count { $0.status.hasRun } }

  /// The first cell that failed without being allowed to.
  public var failure: CellReport? { cells.first { $0.status.isFailure } }

  public var isInterrupted: Bool { count(.interrupted) > 0 }
}

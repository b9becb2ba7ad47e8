import EngineInterface

/// Where the cells of one file run: an engine in this process, or a process of their own.
public protocol CellHost: AnyObject, Sendable {
  /// Runs a cell to its end; all that it shows goes to `sink` before this returns.
  func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> CellEnding

  /// Asks the running cell to stop; may be called on any thread.
  func interrupt()
}

/// How a cell ended, and why.
public struct CellEnding: Sendable {
  public var outcome: ExecutionOutcome
  public var cause: Cause
  /// Whether the session is still there for the next cell.
  public var canContinue: Bool

  public enum Cause: Sendable, Equatable {
    /// By itself: it ran to its end, or failed.
    case itself
    /// Its time was up, or that of the whole run.
    case time
    /// The process that it ran in has ended.
    case death
  }

  public init(_ outcome: ExecutionOutcome, cause: Cause = .itself, canContinue: Bool = true) {
    self.outcome = outcome
    self.cause = cause
    self.canContinue = canContinue
  }
}

/// Runs cells on an engine in this process, without limits.
public final class EngineHost: CellHost {
  private let engine: any Engine

  public init(_ engine: any Engine) { self.engine = engine }

  public func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> CellEnding {
    CellEnding(engine.execute(request, to: sink))
  }

  public func interrupt() { engine.interrupt() }
}

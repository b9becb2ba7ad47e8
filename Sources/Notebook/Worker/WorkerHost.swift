import EngineInterface
import Synchronization

/// Runs cells in a process of their own, within limits of time.
public final class WorkerHost: CellHost {
  /// How long a cell and the whole run may take.
  public struct Limits: Sendable {
    /// For each cell.
    public var cell: TimeSpan?
    /// For all cells of all files, and when that is over.
    public var run: (span: TimeSpan, end: ContinuousClock.Instant)?
    /// How long a cell may take to react to an interrupt.
    public var grace = Duration.seconds(3)

    public init(
      cell: TimeSpan? = nil, run: (span: TimeSpan, end: ContinuousClock.Instant)? = nil
    ) {
      self.cell = cell
      self.run = run
    }
  }

  public let process: WorkerProcess
  private let limits: Limits

  /// Takes a process, sends it into that folder, and waits until it is ready.
  public init(
    _ process: WorkerProcess, folder: String? = nil, limits: Limits = Limits()
  ) throws(SystemFailure) {
    self.process = process
    self.limits = limits
    if let folder { process.channel.send(WorkerRequest.enter(folder: folder).json) }
    // The first cell is not to pay for the start.
    switch process.channel.receive(until: limits.run?.end) {
    case .message, .nothing: break
    case .closed: throw SystemFailure(description: "it has ended: \(process.end())")
    }
  }

  public func interrupt() { process.channel.send(WorkerRequest.interrupt.json) }

  public func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> CellEnding {
    let now = ContinuousClock.now
    let cellEnd = limits.cell.map { now + $0.duration }
    if let run = limits.run, run.end <= now {
      return CellEnding(
        ExecutionOutcome(error: .outOfTime(nil, run: run.span)), cause: .time, canContinue: false)
    }
    process.channel.send(WorkerRequest.execute(request).json)
    guard let end = [cellEnd, limits.run?.end].compactMap({ $0 }).min() else {
      return wait(until: nil, sink: sink) ?? death()
    }
    if let ending = wait(until: end, sink: sink) { return ending }
    let isCell = end == cellEnd
    func late(_ report: ErrorReport?) -> ErrorReport {
      isCell
        ? .outOfTime(report, cell: limits.cell ?? .zero)
        : .outOfTime(report, run: limits.run?.span ?? .zero)
    }
    interrupt()
    if var ending = wait(until: .now + limits.grace, sink: sink) {
      // What died of itself at that moment was not late.
      if ending.cause == .death { return ending }
      ending.outcome.error = late(ending.outcome.error)
      return CellEnding(ending.outcome, cause: .time, canContinue: isCell)
    }
    process.end()
    return CellEnding(ExecutionOutcome(error: late(nil)), cause: .time, canContinue: false)
  }

  /// Hands on what the cell shows; nil where it has not ended by that moment.
  private func wait(
    until moment: ContinuousClock.Instant?, sink: any OutputSink
  ) -> CellEnding? {
    while true {
      switch process.channel.receive(until: moment) {
      case .nothing: return nil
      case .closed: return death()
      case .message(let message):
        switch WorkerEvent(message) {
        case .text(let text, let stream): sink.write(text, to: stream)
        case .display(let bundle, let id): sink.display(bundle, id: id)
        case .update(let bundle, let id): sink.updateDisplay(bundle, id: id)
        case .progress(let bundle, let id, let stage):
          sink.progress(bundle, id: id, stage: stage)
        case .result(let bundle): sink.result(bundle)
        case .clear(let wait): sink.clearOutput(wait: wait)
        case .ended(let error, let pages):
          return CellEnding(ExecutionOutcome(error: error, payloads: pages.map { .page($0) }))
        case .ready: break
        case nil: return death()
        }
        // What shows much and often must not outrun its time.
        if let moment, moment <= .now { return nil }
      }
    }
  }

  private func death() -> CellEnding {
    let error = ErrorReport.death(process.end())
    return CellEnding(ExecutionOutcome(error: error), cause: .death, canContinue: false)
  }
}

extension ErrorReport {
  /// A cell that took too long; `interrupted` tells where it was stopped.
  fileprivate static func outOfTime(_ interrupted: ErrorReport?, cell span: TimeSpan) -> Self {
    outOfTime(interrupted, "the cell took longer than \(span), its --timeout")
  }

  /// The whole run took too long; `detail` tells what was ended.
  static func outOfTime(run span: TimeSpan, detail: String) -> Self {
    outOfTime(Self(name: "", message: "", traceback: [detail]), run: span)
  }

  fileprivate static func outOfTime(_ interrupted: ErrorReport?, run span: TimeSpan) -> Self {
    outOfTime(interrupted, "the run took longer than \(span), its --deadline")
  }

  private static func outOfTime(_ interrupted: ErrorReport?, _ message: String) -> Self {
    let headline = "TimeoutError: \(message)"
    // The lines under the headline of an interrupt are the place where it came.
    let place =
      interrupted.map {
        $0.name == "KeyboardInterrupt" ? $0.traceback.dropFirst() : $0.traceback[...]
      }
      ?? ["the cell did not react to an interrupt, and its process was ended"]
    return Self(name: "TimeoutError", message: message, traceback: [headline] + place)
  }

  fileprivate static func death(_ cause: String) -> Self {
    let message = "the process that ran the cell has ended: \(cause)"
    return Self(
      name: "DeadKernelError", message: message, traceback: ["DeadKernelError: \(message)"])
  }
}

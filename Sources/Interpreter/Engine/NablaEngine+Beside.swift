import Autodiff
import EngineInterface
import Syntax

// A cell beside the running one: on a copy of what the names hold, in a session of its own.

extension NablaEngine {
  public func executeBeside(
    _ request: ExecutionRequest, to sink: any OutputSink, isInterrupted: () -> Bool
  ) -> ExecutionOutcome? {
    let interruption = Interruption()
    runningCells.add(interruption)
    defer { runningCells.remove(interruption) }
    if isInterrupted() { return .interrupted }
    // Interrupted while it waits, it goes on to run, and ends at once.
    guard let snapshot = snapshots.snapshot(unless: { interruption.isRequested }) else {
      return interruption.isRequested ? .interrupted : nil
    }
    let session = Session(sink: silence, interruption: interruption)
    defer { session.end() }
    session.tape.pointee.budget = limits.tapeMemory
    session.folder = folder
    session.adopt(snapshot)
    session.sink =
      request.silent
      ? silence : BoundedSink(sink, limit: limits.output, interruption: interruption)
    interruption.makeCurrent()
    defer { Interruption.endCurrent() }
    let outcome = run(request, in: session)
    if !request.silent { session.tellOfLostNames(to: sink) }
    return outcome
  }
}

extension ExecutionOutcome {
  fileprivate static var interrupted: ExecutionOutcome {
    ExecutionOutcome(error: NablaEngine.report(Failure(.interrupt, "interrupted")))
  }
}

extension Session {
  /// Says which names a cell assigned in vain.
  fileprivate func tellOfLostNames(to sink: any OutputSink) {
    let names = assignments.order.map { globals.names[$0] }.filter { !$0.hasPrefix("_") }
    guard !names.isEmpty else { return }
    let list =
      names.count > 5
      ? names.prefix(5).joined(separator: ", ") + ", …" : names.joined(separator: ", ")
    sink.write(
      "Note: another cell is running, so this one ran on a copy of its values;"
        + " \(list) \(names.count == 1 ? "is" : "are") not kept\n", to: .stderr)
  }
}

import EngineInterface
import JupyterProtocol

extension Kernel {
  /// Runs a cell on the session, or beside the running one.
  func run(
    _ request: ExecutionRequest, _ exchange: Exchange, _ output: KernelOutput
  ) throws(ErrorReply) -> ExecutionOutcome {
    guard exchange.shell.id != nil else { return engine.execute(request, to: output) }
    // An interrupt since the cell was announced is meant for it too.
    let isInterrupted: @Sendable () -> Bool = { [self] in
      wasInterrupted(since: exchange)
    }
    let beside = engine.executeBeside(request, to: output, isInterrupted: isInterrupted)
    if let beside { return beside }
    let outcome = Held<ExecutionOutcome?>(nil)
    try takeTurn(of: exchange.shell) { [self] in
      engine.prepareToExecute()
      outcome.value =
        isInterrupted() ? .interruptedBeforeItRan : engine.execute(request, to: output)
    }
    guard let outcome = outcome.value else { throw .subshellDeleted }
    return outcome
  }

  /// Runs `body` on the execution thread when no cell runs there, and waits for it.
  ///
  /// For a subshell that was deleted meanwhile it is not run.
  func takeTurn(
    of shell: Shell, _ body: @escaping @Sendable () -> Void
  ) throws(ErrorReply) {
    guard shell.id != nil else { return body() }
    let accepted = session.append(turn: {
      if !shell.isClosed { body() }
      shell.turnEnded.signal()
    })
    guard accepted else { throw .ending }
    shell.turnEnded.wait()
  }
}

extension ExecutionOutcome {
  fileprivate static let interruptedBeforeItRan = ExecutionOutcome(
    error: ErrorReport(
      name: "KeyboardInterrupt", message: "interrupted before it ran",
      traceback: ["KeyboardInterrupt: interrupted before it ran"]))
}

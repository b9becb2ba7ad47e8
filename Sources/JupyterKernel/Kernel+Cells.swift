import EngineInterface
import JSON
import JupyterProtocol

extension Kernel {
  /// Runs a cell, and replies.
  func execute(_ request: ExecuteRequest, _ exchange: Exchange) throws(ErrorReply) {
    let started = Timestamp.now()
    var count = executionCount.load(ordering: .relaxed)
    let shell = exchange.shell
    if shell.lastFailure.withLock({ $0?.stops(exchange) ?? false }) {
      throw ErrorReply(
        name: "Aborted", message: "not run, because a cell before it ended with an error")
    }
    if request.storesHistory {
      count = executionCount.wrappingAdd(1, ordering: .relaxed).newValue
      history.append(request.code, line: count)
    }
    if !request.silent {
      outbox.post(
        Outgoing(
          ExecuteInput(code: request.code, executionCount: count), parent: exchange.parent))
    }
    let output = KernelOutput(
      kernel: self, exchange: exchange, isSilent: request.silent, allowsInput: request.allowsInput,
      executionCount: count)
    shell.inputGate.begin()
    let outcome = try run(
      ExecutionRequest(
        code: request.code, executionCount: request.storesHistory ? count : nil,
        silent: request.silent, userExpressions: request.userExpressions,
        allowsInput: request.allowsInput, cellID: exchange.cellID), exchange, output)
    if let result = output.lastResult, request.storesHistory {
      history.setOutput(result, ofLine: count)
    }
    if let error = outcome.error {
      if !request.silent {
        outbox.post(Outgoing(ErrorMessage(error), parent: exchange.parent))
      }
      if request.stopsOnError {
        let failure = Failure(of: exchange)
        shell.lastFailure.withLock { $0 = failure }
      }
    }
    outbox.post(
      Outgoing(
        reply: ExecuteReply(executionCount: count, outcome: outcome).content,
        type: ExecuteReply.type, metadata: ["started": .string(started.text)], to: exchange))
  }
}

extension Exchange {
  /// The front end's id of the cell, from the metadata.
  fileprivate var cellID: String? { metadata["cellId"]?.string }
}

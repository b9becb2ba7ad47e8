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
    var outcome = try run(
      ExecutionRequest(
        code: request.code, executionCount: request.storesHistory ? count : nil,
        silent: request.silent, userExpressions: request.userExpressions,
        allowsInput: request.allowsInput, cellID: exchange.cellID), exchange, output)
    if let result = output.lastResult, request.storesHistory {
      history.setOutput(result, ofLine: count)
    }
    if var error = outcome.error {
      if let id = exchange.cellID {
        // Where counts repeat, as after a restart, the id alone tells which cell it was.
        error.traceback.append("\u{1B}[2mcell id: \(id)\u{1B}[0m")
        outcome.error = error
      }
      if !request.silent {
        outbox.post(Outgoing(ErrorMessage(error), parent: exchange.parent))
      }
      if request.stopsOnError {
        let failure = Failure(of: exchange, isInterrupt: wasInterrupted(since: exchange))
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
  /// The front end's id of the cell, from the metadata, where it has the form of nbformat's ids.
  fileprivate var cellID: String? {
    guard let id = metadata["cellId"]?.string, (1...64).contains(id.utf8.count),
      id.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      })
    else { return nil }
    return id
  }
}

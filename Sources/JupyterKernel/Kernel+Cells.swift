import EngineInterface
import JSON
import JupyterProtocol

extension Kernel {
  /// Runs a cell, and replies.
  func execute(_ request: ExecuteRequest, _ exchange: Exchange) throws(ErrorReply) {
    let started = Timestamp.now()
    var count = executionCount.load(ordering: .relaxed)
    if cells.isClosed {
      throw ErrorReply(name: "KernelEnding", message: "the kernel is ending")
    }
    if lastFailure.withLock({ $0?.stops(exchange) ?? false }) {
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
    inputGate.begin()
    let outcome = engine.execute(
      ExecutionRequest(
        code: request.code, executionCount: request.storesHistory ? count : nil,
        silent: request.silent, userExpressions: request.userExpressions,
        allowsInput: request.allowsInput, cellID: exchange.cellID), to: output)
    if let result = output.lastResult, request.storesHistory {
      history.setOutput(result, ofLine: count)
    }
    if let error = outcome.error {
      if !request.silent {
        outbox.post(Outgoing(ErrorMessage(error), parent: exchange.parent))
      }
      if request.stopsOnError {
        let failure = Failure(of: exchange)
        lastFailure.withLock { $0 = failure }
      }
    }
    outbox.post(
      Outgoing(
        reply: ExecuteReply(executionCount: count, outcome: outcome).content,
        type: ExecuteReply.type, metadata: ["started": .string(started.text)], to: exchange))
  }

  /// A front end opens a comm; one for a target that nobody serves is closed at once.
  func open(_ message: CommOpen, _ exchange: Exchange) {
    comms.open(id: message.id, target: message.target)
    let output = KernelOutput(kernel: self, exchange: exchange)
    inputGate.begin()
    let event = CommEvent.open(id: message.id, target: message.target, data: message.data)
    guard !engine.comm(event, to: output) else { return }
    comms.close(id: message.id)
    logger.notice("closed a comm: no target \(message.target.prefix(64))")
    outbox.post(Outgoing(CommClose(id: message.id, data: [:]), parent: exchange.parent))
  }

  /// A front end sends a message on a comm.
  func pass(_ message: CommMessage, _ exchange: Exchange) {
    let output = KernelOutput(kernel: self, exchange: exchange)
    inputGate.begin()
    if !engine.comm(.message(id: message.id, data: message.data), to: output) {
      logger.notice("dropped a message for the unknown comm \(message.id.prefix(64))")
    }
  }

  /// A front end closes a comm.
  func close(_ message: CommClose, _ exchange: Exchange) {
    comms.close(id: message.id)
    let output = KernelOutput(kernel: self, exchange: exchange)
    if !engine.comm(.close(id: message.id, data: message.data), to: output) {
      logger.notice("the comm \(message.id.prefix(64)), which was closed, is unknown")
    }
  }
}

extension Exchange {
  /// The front end's id of the cell, from the metadata.
  fileprivate var cellID: String? {
    guard metadataPart != Self.noParent else { return nil }
    return try? Fields(parsing: metadataPart, of: "the metadata").object["cellId"]?.string
  }
}

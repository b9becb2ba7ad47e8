import EngineInterface
import JSON
import JupyterProtocol

extension Kernel {
  /// A front end opens a comm; one for a target that nobody serves is closed at once.
  func open(_ message: CommOpen, _ exchange: Exchange) {
    comms.open(id: message.id, target: message.target)
    let event = CommEvent(
      .open(target: message.target), id: message.id, data: message.data,
      metadata: exchange.metadata, buffers: exchange.buffers)
    guard !pass(event, exchange) else { return }
    comms.close(id: message.id)
    foldedLog.log(.notice, "closed a comm", "no target \(message.target.prefix(64))")
    outbox.post(Outgoing(CommClose(id: message.id, data: [:]), parent: exchange.parent))
  }

  /// A front end sends a message on a comm.
  func pass(_ message: CommMessage, _ exchange: Exchange) {
    let event = CommEvent(
      .message, id: message.id, data: message.data, metadata: exchange.metadata,
      buffers: exchange.buffers)
    if !pass(event, exchange) {
      foldedLog.log(.notice, "dropped a message for an unknown comm", "\(message.id.prefix(64))")
    }
  }

  /// A front end closes a comm.
  func close(_ message: CommClose, _ exchange: Exchange) {
    comms.close(id: message.id)
    let event = CommEvent(
      .close, id: message.id, data: message.data, metadata: exchange.metadata,
      buffers: exchange.buffers)
    if !pass(event, exchange) {
      foldedLog.log(.notice, "closed an unknown comm", "\(message.id.prefix(64))")
    }
  }

  private func pass(_ event: CommEvent, _ exchange: Exchange) -> Bool {
    exchange.shell.inputGate.begin()
    return engine.comm(
      event, isFollowed: isCommMessageNext(in: exchange.shell),
      to: KernelOutput(kernel: self, exchange: exchange))
  }

  /// Whether a well-formed comm message is what comes next in a shell.
  private func isCommMessageNext(in shell: Shell) -> Bool {
    guard let next = shell.id == nil ? session.firstCell : shell.cells.first,
      next.type == CommMessage.type
    else { return false }
    return (try? next.decode(CommMessage.self)) != nil
  }
}

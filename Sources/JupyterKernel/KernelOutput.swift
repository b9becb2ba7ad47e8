import EngineInterface
import JSON
import JupyterProtocol

/// Where a running cell of a notebook shows what it has to show: the kernel's outbox.
final class KernelOutput: OutputSink {
  private let kernel: Kernel
  private let exchange: Exchange
  /// A silent cell shows nothing.
  private let isSilent: Bool
  private let allowsInput: Bool
  private let executionCount: Int
  /// The plain text of the cell's result, for the history.
  private let resultText = Held<String?>(nil)

  init(
    kernel: Kernel, exchange: Exchange, isSilent: Bool = false, allowsInput: Bool = false,
    executionCount: Int = 0
  ) {
    self.kernel = kernel
    self.exchange = exchange
    self.isSilent = isSilent
    self.allowsInput = allowsInput
    self.executionCount = executionCount
  }

  var lastResult: String? { resultText.value }

  private var isInterrupted: Bool { kernel.wasInterrupted(since: exchange) }

  private func show(_ message: Outgoing) {
    kernel.outbox.show(message) { isInterrupted }
  }

  private func post(_ publication: some Publication) {
    guard !isSilent else { return }
    show(Outgoing(publication, parent: exchange.parent))
  }

  func write(_ text: String, to stream: StandardStream) {
    guard !isSilent, !text.isEmpty else { return }
    // After a silence the first line goes out at once: then it is to be seen at once, too.
    let isFirst = kernel.outbox.write(text, to: stream, parent: exchange.parent) { isInterrupted }
    if isFirst { kernel.engine.giveWay() }
  }

  func display(_ bundle: MIMEBundle, id: String?) {
    post(DisplayData(bundle: bundle, displayID: id))
  }

  func updateDisplay(_ bundle: MIMEBundle, id: String) {
    post(UpdateDisplayData(bundle: bundle, displayID: id))
  }

  func result(_ bundle: MIMEBundle) {
    resultText.value = bundle.plain
    post(ExecuteResult(bundle: bundle, executionCount: executionCount))
  }

  func clearOutput(wait: Bool) { post(ClearOutput(wait: wait)) }

  func input(prompt: String, password: Bool) throws(InputFailure) -> String {
    if isSilent { throw .silent }
    guard allowsInput else { throw .unavailable }
    let gate = exchange.shell.inputGate
    return try gate.line(from: exchange.identities, request: exchange.messageID) {
      let question = InputRequest(prompt: prompt, password: password)
      var message = Outgoing(reply: question.content, type: InputRequest.type, to: exchange)
      message.channel = .stdin
      message.announces = gate
      kernel.outbox.post(message)
    }
  }

  func interruptWasAnswered() { exchange.shell.inputGate.begin() }

  var hasComms: Bool { !isSilent }

  func comm(_ event: CommEvent) {
    guard !isSilent else { return }
    var message: Outgoing
    switch event.action {
    case .open(let target):
      kernel.comms.open(id: event.id, target: target)
      message = Outgoing(
        CommOpen(id: event.id, target: target, data: event.data), parent: exchange.parent)
    case .message:
      message = Outgoing(CommMessage(id: event.id, data: event.data), parent: exchange.parent)
    case .close:
      kernel.comms.close(id: event.id)
      message = Outgoing(CommClose(id: event.id, data: event.data), parent: exchange.parent)
    }
    if !event.metadata.isEmpty { message.metadata = JSON.object(event.metadata).serialized() }
    message.buffers = event.buffers
    show(message)
  }
}

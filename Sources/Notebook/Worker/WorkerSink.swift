import EngineInterface
import Synchronization

/// Sends what a cell shows to the process that it is run for.
///
/// Text is gathered, since a cell may write it in many small pieces.
final class WorkerSink: OutputSink {
  private let channel: WorkerChannel
  private let pending = Mutex<(text: String, stream: StandardStream)>(("", .stdout))

  /// The size in bytes at which text is sent on.
  private static let limit = 16_384

  init(channel: WorkerChannel) { self.channel = channel }

  /// Sends an event behind the text that came before it.
  func send(_ event: WorkerEvent) {
    pending.withLock { pending in
      flush(&pending)
      channel.send(event.json)
    }
  }

  /// Sends the text that was gathered.
  func flush() { pending.withLock { flush(&$0) } }

  private func flush(_ pending: inout (text: String, stream: StandardStream)) {
    if pending.text.isEmpty { return }
    channel.send(WorkerEvent.text(pending.text, pending.stream).json)
    pending.text = ""
  }

  func write(_ text: String, to stream: StandardStream) {
    pending.withLock { pending in
      if pending.stream != stream { flush(&pending) }
      pending.stream = stream
      pending.text += text
      if pending.text.utf8.count >= Self.limit { flush(&pending) }
    }
  }

  func display(_ bundle: MIMEBundle, id: String?) { send(.display(bundle, id: id)) }
  func updateDisplay(_ bundle: MIMEBundle, id: String) { send(.update(bundle, id: id)) }
  func progress(_ bundle: MIMEBundle, id: String, stage: ProgressStage) {
    send(.progress(bundle, id: id, stage))
  }
  func result(_ bundle: MIMEBundle) { send(.result(bundle)) }
  func clearOutput(wait: Bool) { send(.clear(wait: wait)) }

  func input(prompt: String, password: Bool) throws(InputFailure) -> String { throw .unavailable }
}

import Autodiff
import EngineInterface
import Synchronization

/// The output of one cell on its way to the host, cut where it becomes too much.
///
/// What is shown up to the limit is kept; then the cell is asked to stop. A page that is flooded
/// freezes, and the notebook that keeps it is lost with it.
final class BoundedSink: OutputSink {
  private let sink: any OutputSink
  private let limit: Int
  private let interruption: Interruption
  /// The bytes that were shown and not cleared.
  private let shown = Mutex(0)

  init(_ sink: any OutputSink, limit: Int, interruption: Interruption) {
    self.sink = sink
    self.limit = limit
    self.interruption = interruption
  }

  /// The bytes of `count` that may still be shown; asks the cell to stop where they are fewer.
  private func admit(_ count: Int) -> Int {
    let left = shown.withLock { shown in
      defer { shown = min(shown + count, limit) }
      return max(limit - shown, 0)
    }
    guard count > left else { return count }
    interruption.request(
      with: GateError(
        .output, "this cell shows more than \(MemoryLimit.text(limit)); what follows is cut",
        hint: "show less, or raise the limit with --max-output or NABLA_MAX_OUTPUT"))
    return left
  }

  private func admits(_ bundle: MIMEBundle) -> Bool {
    let size = size(of: bundle)
    return admit(size) == size
  }

  /// What a display takes in a notebook beside its data.
  private static let overhead = 256

  private func size(of bundle: MIMEBundle) -> Int {
    bundle.data.pairs.reduce(Self.overhead) { $0 + ($1.1.string?.utf8.count ?? 0) }
  }

  func write(_ text: String, to stream: StandardStream) {
    let count = text.utf8.count
    let admitted = admit(count)
    if admitted == count { return sink.write(text, to: stream) }
    guard admitted > 0 else { return }
    sink.write(String(decoding: text.utf8.prefix(admitted), as: UTF8.self), to: stream)
  }

  func display(_ bundle: MIMEBundle, id: String?) {
    if admits(bundle) { sink.display(bundle, id: id) }
  }

  func updateDisplay(_ bundle: MIMEBundle, id: String) {
    // What it takes the place of is shown no more, so only its own size counts.
    if size(of: bundle) <= limit || admits(bundle) { sink.updateDisplay(bundle, id: id) }
  }

  func result(_ bundle: MIMEBundle) { if admits(bundle) { sink.result(bundle) } }

  func clearOutput(wait: Bool) {
    shown.withLock { $0 = 0 }
    sink.clearOutput(wait: wait)
  }

  func input(prompt: String, password: Bool) throws(InputFailure) -> String {
    try sink.input(prompt: prompt, password: password)
  }

  func interruptWasAnswered() { sink.interruptWasAnswered() }
  var page: TextPage { sink.page }
  var hasComms: Bool { sink.hasComms }
  func comm(_ event: CommEvent) { sink.comm(event) }

  /// A bar takes the place of its last state, so that it counts once.
  func progress(_ bundle: MIMEBundle, id: String, stage: ProgressStage) {
    if stage != .first || admits(bundle) { sink.progress(bundle, id: id, stage: stage) }
  }
}

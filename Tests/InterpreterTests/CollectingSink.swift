import EngineInterface
import Synchronization

/// Keeps all that a cell shows.
final class CollectingSink: OutputSink {
  struct Shown: Sendable {
    var bundle: MIMEBundle
    var isResult: Bool
  }

  struct Output: Sendable {
    var stdout = ""
    var stderr = ""
    /// Displays and the result, in order.
    var shown: [Shown] = []
    var updates: [String] = []
    var clears: [Bool] = []
    var comms: [CommEvent] = []
    /// States of bars, in order.
    var bars: [(text: String, id: String, stage: ProgressStage)] = []

    var texts: [String] { shown.map { $0.bundle.plain ?? "" } }
    /// The result's plain text.
    var result: String? { shown.last { $0.isResult }?.bundle.plain }
  }

  private let state = Mutex(Output())
  /// Answers to `input()`, first to last.
  private let answers: Mutex<[String]>
  /// Called with each piece of stdout, on the thread that runs the cell.
  private let onWrite: (@Sendable (String) -> Void)?

  init(answers: [String] = [], onWrite: (@Sendable (String) -> Void)? = nil) {
    self.answers = Mutex(answers)
    self.onWrite = onWrite
  }

  var output: Output { state.withLock { $0 } }

  func write(_ text: String, to stream: StandardStream) {
    state.withLock {
      switch stream {
      case .stdout: $0.stdout += text
      case .stderr: $0.stderr += text
      }
    }
    onWrite?(text)
  }
  func display(_ bundle: MIMEBundle, id: String?) {
    state.withLock { $0.shown.append(Shown(bundle: bundle, isResult: false)) }
  }
  func updateDisplay(_ bundle: MIMEBundle, id: String) {
    state.withLock { $0.updates.append(bundle.plain ?? "") }
  }
  func result(_ bundle: MIMEBundle) {
    state.withLock { $0.shown.append(Shown(bundle: bundle, isResult: true)) }
  }
  func clearOutput(wait: Bool) { state.withLock { $0.clears.append(wait) } }
  func input(prompt: String, password: Bool) throws(InputFailure) -> String {
    let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    guard let answer else { throw .unavailable }
    return answer
  }
  func comm(_ event: CommEvent) { state.withLock { $0.comms.append(event) } }
  func progress(_ bundle: MIMEBundle, id: String, stage: ProgressStage) {
    state.withLock { $0.bars.append((bundle.plain ?? "", id, stage)) }
  }
}

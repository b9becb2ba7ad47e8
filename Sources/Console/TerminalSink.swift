import EngineInterface
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Shows what code shows as text on the standard streams.
public final class TerminalSink: OutputSink {
  private struct State {
    /// Whether the last text on the output ended its line.
    var isAtLineStart = true
    /// Displays that were updated since they were shown, in the order of their first update.
    var updated: [(id: String, bundle: MIMEBundle)] = []
  }

  private let output: Terminal
  private let errors: Terminal
  private let reader: LineReader?
  private let showsResults: Bool
  private let state = Mutex(State())

  /// Makes a sink; without a `reader` nobody can be asked for input.
  public init(
    output: Terminal = .output, errors: Terminal = .error, reader: LineReader? = nil,
    showsResults: Bool = true
  ) {
    self.output = output
    self.errors = errors
    self.reader = reader
    self.showsResults = showsResults
  }

  public func write(_ text: String, to stream: StandardStream) {
    if text.isEmpty { return }
    switch stream {
    case .stdout:
      output.write(output.fitted(text))
      state.withLock { $0.isAtLineStart = text.utf8.last == UInt8(ascii: "\n") }
    case .stderr:
      errors.write(errors.fitted(text))
    }
  }

  public func display(_ bundle: MIMEBundle, id: String?) { show(bundle) }

  /// Shows the newest state of a display when the code has ended, since text cannot be taken back.
  public func updateDisplay(_ bundle: MIMEBundle, id: String) {
    state.withLock { state in
      if let place = state.updated.firstIndex(where: { $0.id == id }) {
        state.updated[place].bundle = bundle
      } else {
        state.updated.append((id, bundle))
      }
    }
  }

  public func result(_ bundle: MIMEBundle) {
    if showsResults { show(bundle) }
  }

  /// Clears the line that is being written, as a progress bar needs it; lines above stay.
  public func clearOutput(wait: Bool) {
    guard output.hasColors else { return }
    output.write("\r\u{1B}[K")
  }

  public func input(prompt: String, password: Bool) throws(InputFailure) -> String {
    guard let reader else { throw .unavailable }
    output.write(prompt)
    let hidden = password ? HiddenInput() : nil
    defer {
      if hidden?.restore() == true { output.write("\n") }
    }
    switch reader.next() {
    case .line(let line): return line
    case .interrupted: throw .interrupted
    case .end: throw .endOfFile
    }
  }

  /// Shows the error block.
  public func show(_ error: ErrorReport) {
    finishLine()
    errors.write(errors.fitted(error.traceback.joined(separator: "\n")) + "\n")
  }

  /// Shows pages that were asked for, and updates; the next text starts a line.
  public func finish(_ outcome: ExecutionOutcome) {
    let updated = state.withLock { state in
      defer { state.updated = [] }
      return state.updated
    }
    for (_, bundle) in updated { show(bundle) }
    for payload in outcome.payloads {
      switch payload {
      case .page(let bundle): show(bundle)
      }
    }
    if let error = outcome.error { show(error) }
    finishLine()
  }

  private func show(_ bundle: MIMEBundle) {
    finishLine()
    let text = bundle.text
    if text.isEmpty { return }
    output.write(output.fitted(text) + (text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"))
  }

  private func finishLine() {
    let isOpen = state.withLock { state in
      defer { state.isAtLineStart = true }
      return !state.isAtLineStart
    }
    if isOpen { output.write("\n") }
  }
}

extension MIMEBundle {
  /// The text form, or the names of the forms where there is none.
  public var text: String { plain ?? "<\(data.keys.joined(separator: ", "))>" }
}

/// Typing that does not show, for passwords.
private struct HiddenInput {
  private var saved = termios()
  private let isHidden: Bool

  init() {
    guard tcgetattr(STDIN_FILENO, &saved) == 0 else {
      isHidden = false
      return
    }
    var hidden = saved
    hidden.c_lflag &= ~tcflag_t(ECHO)
    isHidden = tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0
  }

  /// Lets typing show again; false where it always did.
  func restore() -> Bool {
    guard isHidden else { return false }
    var saved = saved
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved) == 0
  }
}

import CEdit
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
    /// The last output, where it is a display that can be written anew in its place.
    var newest: (id: String, lines: Int)?
    /// Displays that were updated where they could not be rewritten, in the order of their first
    /// update.
    var updated: [(id: String, bundle: MIMEBundle)] = []
    /// The plain text of the last result.
    var result: String?
    /// Bars of loops that run, below all other output.
    var bars = LiveLines()
  }

  private let output: Terminal
  private let errors: Terminal
  private let reader: LineReader?
  /// The terminal that is read; nil where that is none of the console's.
  private let input: Terminal?
  private let showsResults: Bool
  private let state = Mutex(State())

  /// Makes a sink; without a `reader` nobody can be asked for input.
  public init(
    output: Terminal = .output, errors: Terminal = .error, reader: LineReader? = nil,
    input: Terminal? = nil, showsResults: Bool = true
  ) {
    self.output = output
    self.errors = errors
    self.reader = reader
    self.input = input
    self.showsResults = showsResults
  }

  public func write(_ text: String, to stream: StandardStream) {
    if text.isEmpty { return }
    aboveBars {
      switch stream {
      case .stdout:
        output.write(output.fitted(text))
        state.withLock {
          $0.isAtLineStart = text.utf8.last == UInt8(ascii: "\n")
          $0.newest = nil
        }
      case .stderr:
        errors.write(errors.fitted(text))
        state.withLock { $0.newest = nil }
      }
    }
  }

  public func display(_ bundle: MIMEBundle, id: String?) {
    show(bundle)
    guard let id, output.canRewrite, let lines = output.lines(of: bundle.text) else { return }
    state.withLock { $0.newest = (id, lines) }
  }

  /// Writes the display anew where it is the last output of a terminal; else its newest state is
  /// shown when the code has ended, since text cannot be taken back.
  public func updateDisplay(_ bundle: MIMEBundle, id: String) {
    let lines = state.withLock { $0.newest?.id == id ? $0.newest?.lines : nil }
    if let lines, let new = output.lines(of: bundle.text) {
      aboveBars {
        output.write("\u{1B}[\(lines)A\r\u{1B}[J" + output.fitted(bundle.text) + "\n")
      }
      return state.withLock { $0.newest = (id, new) }
    }
    state.withLock { state in
      if let place = state.updated.firstIndex(where: { $0.id == id }) {
        state.updated[place].bundle = bundle
      } else {
        state.updated.append((id, bundle))
      }
    }
  }

  public var page: TextPage { output.page }

  public func result(_ bundle: MIMEBundle) {
    if showsResults { show(bundle) }
    state.withLock { $0.result = bundle.plain }
  }

  /// The plain text of the last result since this was asked last.
  func takeResult() -> String? {
    state.withLock { state in
      defer { state.result = nil }
      return state.result
    }
  }

  /// Clears the line that is being written; lines above stay.
  public func clearOutput(wait: Bool) {
    guard output.hasColors else { return }
    output.write("\r\u{1B}[K")
  }

  /// Bars are written on the error stream, so that the output can go to a file; lines that rewrite
  /// themselves on a terminal, elsewhere only how they end.
  public func progress(_ bundle: MIMEBundle, id: String, stage: ProgressStage) {
    state.withLock { state in
      state.bars.set(bundle.text, id: id, hasEnded: stage == .last)
      if state.bars.haveEnded {
        if !state.isAtLineStart, output.isTerminal { output.write("\n") }
        state.isAtLineStart = state.isAtLineStart || output.isTerminal
        state.bars.finish(on: errors)
        state.newest = nil
      } else if state.isAtLineStart || !output.isTerminal {
        state.bars.draw(on: errors)
      }
    }
  }

  /// Writes other output in place of the bars, and these again below it.
  private func aboveBars(_ write: () -> Void) {
    state.withLock { $0.bars.erase(on: errors) }
    write()
    state.withLock { state in
      if state.isAtLineStart || !output.isTerminal { state.bars.draw(on: errors) }
    }
  }

  public func interruptWasAnswered() {
    // As a terminal forgets what was typed ahead of an interrupt, the console does; a pipe does not.
    if let reader, reader.takeInterrupts(), input != nil { reader.forgetTyped() }
  }

  public func input(prompt: String, password: Bool) throws(InputFailure) -> String {
    guard let reader else { throw .unavailable }
    // The console hides what is typed while code runs; an answer that is there already is shown here.
    let isHidden = input?.showsTyping == false
    let isTypedAhead = isHidden && reader.hasMore()
    let terminal = input?.descriptor ?? STDIN_FILENO
    let hidesAnswer = password && (isHidden || nabla_edit_hide_typing(terminal) != 0)
    if hidesAnswer {
      // A password is what is typed from now on.
      tcflush(terminal, TCIFLUSH)
      reader.forgetTyped()
    }
    if isHidden, !password { nabla_edit_show_typing() }
    output.write(prompt)
    defer {
      if isHidden, !password { _ = nabla_edit_hide_typing(terminal) }
      if !isHidden, hidesAnswer { nabla_edit_show_typing() }
      if hidesAnswer { output.write("\n") }
    }
    switch reader.next() {
    case .line(let line):
      if isTypedAhead, !password { output.write(line + "\n") }
      return line
    case .interrupted: throw .interrupted
    case .end: throw .endOfFile
    }
  }

  /// Shows the error block.
  public func show(_ error: ErrorReport) {
    finishLine()
    let block =
      errors.isTerminal
      ? error.wrapped(columns: errors.width) : error.traceback.joined(separator: "\n")
    errors.write(errors.fitted(block) + "\n")
  }

  /// Shows pages that were asked for, and updates; the next text starts a line.
  public func finish(_ outcome: ExecutionOutcome) {
    let updated = state.withLock { state in
      state.bars.finish(on: errors)
      state.newest = nil
      defer { state.updated = [] }
      return state.updated
    }
    for (_, bundle) in updated { show(bundle) }
    for payload in outcome.payloads {
      switch payload {
      case .page(let bundle): show(bundle)
      case .cell(let code): show(MIMEBundle(plain: code))
      case .exit: break
      }
    }
    finishLine()
    if let exit = outcome.exit {
      if let message = exit.message { errors.write(message + "\n") }
    } else if let error = outcome.error {
      show(error)
    }
  }

  private func show(_ bundle: MIMEBundle) {
    finishLine()
    let text = bundle.text
    if text.isEmpty { return }
    aboveBars {
      output.write(output.fitted(text) + (text.utf8.last == UInt8(ascii: "\n") ? "" : "\n"))
    }
    state.withLock { $0.newest = nil }
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

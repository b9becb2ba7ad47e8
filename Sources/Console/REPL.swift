import CEdit
import EngineInterface
import History
import Synchronization

/// Reads code, runs it, shows what it gives, and reads again.
public final class REPL: Sendable {
  private let engine: any Engine
  private let input: Terminal
  private let output: Terminal
  private let errors: Terminal
  private let history: SessionHistory
  private let reader: LineReader
  private let sink: TerminalSink
  private let isRunning = Mutex(false)

  /// - Parameter place: where the lines of a conversation are kept.
  public init(
    engine: any Engine, history place: HistoryPlace = .memory, input: Terminal = .input,
    output: Terminal = .output, errors: Terminal = .error
  ) {
    self.engine = engine
    self.input = input
    self.output = output
    self.errors = errors
    let reader = LineReader(descriptor: input.descriptor)
    self.reader = reader
    history = SessionHistory(place) { reader.wake(LineReader.news) }
    sink = TerminalSink(output: output, errors: errors, reader: reader, input: input)
  }

  /// Stops the running code, or drops the lines that are being typed.
  public func interrupt() {
    isRunning.withLock { isRunning in
      // While code runs it may wait for input: then both are needed. The code must not be seen to
      // have ended between them, else the second would drop the next line.
      if isRunning { engine.interrupt() }
      reader.interrupt()
    }
  }

  /// Runs until the input ends; returns the exit code.
  ///
  /// What is typed is run piece by piece, and errors do not end the session, nor does one of the
  /// script that runs first.
  public func run(loading script: ExecutionRequest? = nil) -> Int32 {
    history.load()
    defer {
      history.close()
      sayNews()
    }
    if !engine.language.banner.isEmpty {
      output.write(engine.language.banner + "\nTab completes, Ctrl-R searches, Ctrl-D leaves.\n")
    }
    if let script, let exit = execute(script) { return exit.code }
    _ = sink.takeResult()
    let editor = makeEditor()
    var count = 1
    while true {
      sayNews()
      switch editor?.read() ?? readPlainly() {
      case .text(let text):
        let source = trimmed(text)
        if source.isEmpty { continue }
        history.append(source, line: count)
        let request = ExecutionRequest(code: source, executionCount: count, allowsInput: true)
        if let exit = execute(request) { return exit.code }
        if let result = sink.takeResult() { history.setOutput(result, ofLine: count) }
        count += 1
      case .interrupted: continue
      case .end:
        output.write("\n")
        return 0
      }
    }
  }

  /// The text without spaces and blank lines at its end.
  private func trimmed(_ text: String) -> String {
    let end = text.lastIndex { !$0.isWhitespace }
    return end.map { String(text[...$0]) } ?? ""
  }

  private func sayNews() {
    for line in history.takeReports() { errors.write("nabla: \(line)\n") }
  }

  /// The line editor; nil on a terminal that cannot have one.
  private func makeEditor() -> LineEditor? {
    guard input.canRewrite, output.canRewrite else { return nil }
    do throws(LineEditor.Failure) {
      return try LineEditor(
        LineEditor.Language(
          complete: { [engine] in engine.complete($0, cursor: $1) },
          isComplete: { [engine] in engine.isComplete($0) },
          earlierLines: { [history] in history.lines }),
        reader: reader, input: input, output: output,
        takeNews: { [history] in history.takeReports() },
        beforeEnd: { [history] in history.close() })
    } catch {
      errors.write("nabla: lines cannot be edited: \(error.reason)\n")
      return nil
    }
  }

  /// Reads lines as the terminal gives them until they are ready to run.
  private func readPlainly() -> LineEditor.Event {
    var source = ""
    var prompt = output.styled(">>> ", .green)
    while true {
      output.write(prompt)
      switch reader.next() {
      case .line(let line):
        source += source.isEmpty ? line : "\n" + line
        guard case .incomplete = engine.isComplete(source) else { return .text(source) }
        prompt = output.styled("... ", .green)
      case .interrupted:
        output.write("\n")
        return .interrupted
      case .end: return .end
      }
    }
  }

  /// Runs code and shows what it gives; tells whether it ended the session.
  private func execute(_ request: ExecutionRequest) -> ExecutionOutcome.Exit? {
    isRunning.withLock { $0 = true }
    // What is typed ahead stands at the next prompt, not among what the code shows.
    let hidesTyping =
      input.canRewrite && output.canRewrite && nabla_edit_hide_typing(input.descriptor) != 0
    defer { if hidesTyping { nabla_edit_show_typing() } }
    engine.prepareToExecute()
    // An interrupt that came since the line was read is meant for the code.
    let wasInterrupted = reader.takeInterrupts()
    if wasInterrupted { engine.interrupt() }
    let outcome = engine.execute(request, to: sink)
    isRunning.withLock { $0 = false }
    // As a terminal forgets what was typed ahead of an interrupt, so is what was read already.
    if reader.takeInterrupts() || wasInterrupted { reader.forgetTyped() }
    sink.finish(outcome)
    return outcome.exit
  }
}

import EngineInterface
import Synchronization

/// Reads code, runs it, shows what it gives, and reads again.
public final class REPL: Sendable {
  private let engine: any Engine
  private let input: Terminal
  private let output: Terminal
  private let reader: LineReader
  private let sink: TerminalSink
  private let isRunning = Mutex(false)

  public init(
    engine: any Engine, input: Terminal = .input, output: Terminal = .output,
    errors: Terminal = .error
  ) {
    self.engine = engine
    self.input = input
    self.output = output
    reader = LineReader(descriptor: input.descriptor)
    sink = TerminalSink(output: output, errors: errors, reader: reader)
  }

  /// Stops the running code, or drops the lines that are being typed.
  public func interrupt() {
    // While code runs it may wait for input: then both are needed.
    if isRunning.withLock({ $0 }) { engine.interrupt() }
    reader.interrupt()
  }

  /// Runs until the input ends; returns the exit code.
  ///
  /// What is typed is run piece by piece, and errors do not end the session, nor does one of the
  /// script that runs first.
  public func run(loading script: ExecutionRequest? = nil) -> Int32 {
    if !engine.language.banner.isEmpty { output.write(engine.language.banner + "\n") }
    if let script, let exit = execute(script) { return exit.code }
    var count = 1
    while true {
      switch readSource() {
      case .line(let source):
        if source.allSatisfy(\.isWhitespace) { continue }
        let request = ExecutionRequest(code: source, executionCount: count, allowsInput: true)
        if let exit = execute(request) { return exit.code }
        count += 1
      case .interrupted: output.write("\n")
      case .end:
        output.write("\n")
        return 0
      }
    }
  }

  /// Reads lines until they are ready to run.
  private func readSource() -> LineReader.Event {
    var source = ""
    var prompt = output.styled(">>> ", .green)
    while true {
      output.write(prompt)
      let event = reader.next()
      guard case .line(let line) = event else { return event }
      source += source.isEmpty ? line : "\n" + line
      guard case .incomplete = engine.isComplete(source) else { return .line(source) }
      prompt = output.styled("... ", .green)
    }
  }

  /// Runs code and shows what it gives; tells whether it ended the session.
  private func execute(_ request: ExecutionRequest) -> ExecutionOutcome.Exit? {
    reader.forgetInterrupts()
    isRunning.withLock { $0 = true }
    let outcome = engine.execute(request, to: sink)
    isRunning.withLock { $0 = false }
    reader.forgetInterrupts()
    sink.finish(outcome)
    return outcome.exit
  }
}

import CEdit
import EngineInterface
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Code that runs as a whole on the standard streams, without banner and prompt.
public final class Program: Sendable {
  private let engine: any Engine
  private let reader: LineReader?
  private let sink: TerminalSink
  private let wasInterrupted = Mutex(false)

  /// - Parameter reader: who is asked for input; nil where the standard input is the code itself.
  public init(
    engine: any Engine, reader: LineReader?, output: Terminal = .output, errors: Terminal = .error
  ) {
    self.engine = engine
    self.reader = reader
    sink = TerminalSink(output: output, errors: errors, reader: reader)
    // An interrupt that comes before the code starts is meant for it too.
    engine.prepareToExecute()
  }

  /// Asks the code to stop; the second call ends the process.
  public func interrupt() {
    let isSecond = wasInterrupted.withLock { was in
      defer { was = true }
      return was
    }
    if isSecond {
      // It may have asked for a password.
      nabla_edit_show_typing()
      _exit(130)
    }
    engine.interrupt()
    reader?.interrupt()
  }

  /// Runs the code; returns the exit code: 0, 1 after an error, 130 after an interrupt, or its own.
  public func run(_ request: ExecutionRequest) -> Int32 {
    let outcome = engine.execute(request, to: sink)
    sink.finish(outcome)
    if let exit = outcome.exit { return exit.code }
    guard let error = outcome.error else { return 0 }
    return error.name == "KeyboardInterrupt" ? 130 : 1
  }
}

import Autodiff
import EngineInterface
import Synchronization
import Syntax

/// The language as hosts see it.
public final class NablaEngine: Engine, @unchecked Sendable {
  // Sendable: `session` is touched by the execution thread alone; what other threads ask for is in
  // `published`, behind its lock, and `interruption` is atomic.

  private let session: Session
  private let interruption: Interruption
  private let published: Mutex<Snapshot>
  private let sinkGap = SilentSink()

  public let language: LanguageInfo

  /// An engine with no names yet. `folder` is where `import` and the loaders start from.
  public init(version: String, folder: String = ".") {
    session = Session(sink: sinkGap)
    session.folder = folder
    interruption = session.interruption
    language = LanguageInfo(
      name: "nabla", version: version, mimetype: "text/x-python", fileExtension: ".nabla",
      pygmentsLexer: "python", codemirrorMode: "python",
      banner: "Nabla \(version): type a forward pass, see every gradient. f? tells what f does.")
    published = Mutex(Snapshot(builtins: session))
  }

  public func interrupt() { interruption.request() }

  public func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome {
    interruption.clear()
    session.sink = request.silent ? sinkGap : sink
    session.pages = []
    session.callDepth = 0
    session.tape.pointee.isRecording = true
    defer { session.sink = sinkGap }
    var outcome = ExecutionOutcome()
    do throws(Failure) {
      try session.runCell(request)
    } catch {
      outcome.error = NablaEngine.report(error)
    }
    outcome.payloads = session.pages.map { .page($0) }
    if outcome.error == nil {
      session.sink = sinkGap
      for (name, code) in request.userExpressions {
        outcome.userExpressions.append((name, evaluate(code)))
      }
    }
    publish()
    return outcome
  }

  private func evaluate(_ code: String) -> Result<MIMEBundle, ErrorReport> {
    do throws(Failure) {
      return .success(try session.bundle(of: session.evaluate(code)))
    } catch {
      return .failure(NablaEngine.report(error))
    }
  }

  /// The block that hosts show for a failure.
  static func report(_ failure: Failure) -> ErrorReport {
    let diagnostic = failure.exception.report()
    return ErrorReport(
      name: diagnostic.kind, message: diagnostic.message,
      traceback: diagnostic.rendered(style: .ansi))
  }

  // MARK: Queries

  private func publish() {
    let snapshot = Snapshot(session, after: published.withLock { $0 })
    published.withLock { $0 = snapshot }
  }

  public func complete(_ code: String, cursor: Int) -> Completions {
    published.withLock { $0 }.complete(code, cursor: cursor)
  }

  public func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? {
    published.withLock { $0 }.inspect(code, cursor: cursor, detail: detail)
  }

  public func isComplete(_ code: String) -> Completeness {
    switch codeState(of: code) {
    case .complete: .complete
    case .incomplete(let indent): .incomplete(indent: indent)
    case .invalid: .invalid
    }
  }

  public func variables() -> [VariableSummary] { published.withLock { $0 }.variables }

  public func comm(_ event: CommEvent, to sink: any OutputSink) -> Bool { false }
}

/// Takes output that nobody is to see.
private final class SilentSink: OutputSink {
  func write(_ text: String, to stream: StandardStream) {}
  func display(_ bundle: MIMEBundle, id: String?) {}
  func updateDisplay(_ bundle: MIMEBundle, id: String) {}
  func result(_ bundle: MIMEBundle) {}
  func clearOutput(wait: Bool) {}
  func input(prompt: String, password: Bool) throws(InputFailure) -> String { throw .unavailable }
  func comm(_ event: CommEvent) {}
}

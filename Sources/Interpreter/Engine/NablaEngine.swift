import Autodiff
import EngineInterface
import Synchronization
import Syntax

/// The language as hosts see it.
public final class NablaEngine: Engine, @unchecked Sendable {
  // Sendable: whoever touches `session` holds `running`; `published` has a lock of its own, and
  // `interruption` is atomic.

  let session: Session
  private let interruption: Interruption
  /// Held while a cell runs, and by queries that find it free: they then read the session itself.
  let running = Mutex<Void>(())
  /// The user's names as of the last cell, for queries while another one runs.
  private let published = Mutex<[String: NameInfo]>([:])
  private let builtinNames: [String: NameInfo]
  let silence: any OutputSink = SilentSink()
  let limits: Limits
  let folder: String
  let snapshots: SnapshotDesk
  let runningCells: RunningCells
  let memoryWatch: MemoryWatch
  /// Cells so far; changed by the thread that runs them.
  private var cells = 0
  /// Whether the next cell was announced, and interrupts since then are meant for it.
  private let isPrepared = Atomic<Bool>(false)

  public let language: LanguageInfo

  /// What a session keeps to, in bytes.
  public struct Limits: Sendable {
    /// The history that the tape keeps before it forgets the oldest.
    public var tapeMemory = 256 << 20
    /// What one cell may show.
    public var output = 16 << 20

    public init() {}
  }

  /// An engine with no names yet.
  ///
  /// `folder` is where `import` and the loaders start from.
  public init(version: String, folder: String = ".", limits: Limits = Limits()) {
    self.limits = limits
    session = Session(sink: silence)
    session.tape.pointee.budget = limits.tapeMemory
    session.options.outputLimit = limits.output
    session.folder = folder
    self.folder = folder
    interruption = session.interruption
    snapshots = session.snapshots
    runningCells = RunningCells(interruption)
    memoryWatch = MemoryWatch(runningCells)
    language = LanguageInfo(
      name: "nabla", version: version, mimetype: "text/x-python", fileExtension: ".nabla",
      pygmentsLexer: "python", codemirrorMode: "python",
      banner: "Nabla \(version): type a forward pass, see every gradient. f? tells what f does.")
    builtinNames = session.builtinNames
  }

  deinit {
    memoryWatch.close()
    session.end()
  }

  public func interrupt() { runningCells.request() }

  public func giveWay() { interruption.requestPause() }

  public func prepareToExecute() {
    interruption.clear()
    isPrepared.store(true, ordering: .releasing)
  }

  public func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome {
    if !isPrepared.exchange(false, ordering: .acquiringAndReleasing) { interruption.clear() }
    return running.withLock { _ in run(request, to: sink) }
  }

  public func comm(_ event: CommEvent, isFollowed: Bool, to sink: any OutputSink) -> Bool {
    if !isPrepared.exchange(false, ordering: .acquiringAndReleasing) { interruption.clear() }
    return running.withLock { _ in
      begin(sink)
      defer { end() }
      let isKnown = session.receive(event, isFollowed: isFollowed)
      session.settleDown()
      return isKnown
    }
  }

  /// The session starts to work, for a cell or for what a user steered.
  private func begin(_ sink: any OutputSink) {
    session.sink = BoundedSink(sink, limit: limits.output, interruption: interruption)
    session.payloads = []
    interruption.makeCurrent()
    cells += 1
    memoryWatch.begin(cells)
    snapshots.open()
    session.callDepth = 0
    session.frames = []
    session.tape.pointee.isRecording = true
  }

  /// The work is done: what it named is known to queries.
  private func end() {
    session.sink = silence
    snapshots.close()
    memoryWatch.end()
    Interruption.endCurrent()
    let names = session.userNames
    published.withLock { $0 = names }
  }

  private func run(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome {
    begin(request.silent ? silence : sink)
    defer { end() }
    return run(request, in: session)
  }

  /// Runs a cell in a session that was made ready for it.
  func run(_ request: ExecutionRequest, in session: Session) -> ExecutionOutcome {
    var outcome = ExecutionOutcome()
    do throws(Failure) {
      try session.runCell(request)
    } catch {
      if let exit = error.exception.exit { session.payloads.append(.exit(exit)) }
      if error.exception.exit?.code != 0 { outcome.error = NablaEngine.report(error) }
    }
    if outcome.error?.name == Failure.Kind.memory.rawValue { BufferPool.releaseAll() }
    outcome.payloads = session.payloads
    if outcome.error == nil {
      session.sink = silence
      for (name, code) in request.userExpressions {
        outcome.userExpressions.append((name, evaluate(code, in: session)))
      }
    }
    return outcome
  }

  private func evaluate(
    _ code: String, in session: Session
  ) -> Result<MIMEBundle, ErrorReport> {
    do throws(Failure) {
      return .success(try session.bundle(of: session.evaluate(code)))
    } catch {
      return .failure(NablaEngine.report(error))
    }
  }

  /// The block that hosts show for a failure.
  static func report(_ failure: Failure) -> ErrorReport {
    var diagnostic = failure.exception.report()
    diagnostic.message = cut(diagnostic.message)
    return ErrorReport(
      name: diagnostic.kind, message: diagnostic.message,
      traceback: diagnostic.rendered(style: .ansi))
  }

  /// A message without its middle where it would flood the page.
  private static func cut(_ message: String) -> String {
    let limit = 64 << 10
    let count = message.unicodeScalars.count
    guard message.utf8.count > limit, count > limit / 4 else { return message }
    // Four bytes are the most that a scalar takes.
    let part = limit / 8
    let head = String.UnicodeScalarView(message.unicodeScalars.prefix(part))
    let tail = String.UnicodeScalarView(message.unicodeScalars.suffix(part))
    return String(head) + "\n… \(count - 2 * part) characters are not shown …\n" + String(tail)
  }

  // MARK: Queries

  public func complete(_ code: String, cursor: Int) -> Completions {
    if let live = running.withLockIfAvailable({ _ in session.complete(code, cursor: cursor) }) {
      return live
    }
    let context = CursorContext(code, cursor: cursor)
    let names = published.withLock { $0 }
    let function = context.call?.function ?? []
    let signature =
      function.count == 1 ? (names[function[0]] ?? builtinNames[function[0]])?.signature : nil
    return Session.complete(
      context, code, userNames: names, builtins: builtinNames, signature: signature)
  }

  public func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? {
    if let live = running.withLockIfAvailable({ _ in
      session.inspect(code, cursor: cursor, detail: detail)
    }) {
      return live
    }
    let context = CursorContext(code, cursor: cursor)
    if case .magic = context.place { return Magic.inspection(context) }
    guard let name = context.name.last ?? context.call?.function.last,
      let info = published.withLock({ $0[name] }) ?? builtinNames[name]
    else { return nil }
    let text = "\(name)\(info.signature ?? ""): \(info.type) (a cell is running: no value is shown)"
    return Inspection(bundle: MIMEBundle(plain: text))
  }

  public func isComplete(_ code: String) -> Completeness {
    switch codeState(of: code) {
    case .complete: .complete
    case .incomplete(let indent): .incomplete(indent: indent)
    case .invalid: .invalid
    }
  }

  public func variables() -> [VariableSummary] {
    if let live = running.withLockIfAvailable({ _ in session.variables }) { return live }
    return published.withLock { $0 }.sorted { $0.key < $1.key }.map {
      VariableSummary(name: $0.key, type: $0.value.type, summary: "")
    }
  }
}

/// Takes output that nobody is to see.
private final class SilentSink: OutputSink {
  func write(_ text: String, to stream: StandardStream) {}
  func display(_ bundle: MIMEBundle, id: String?) {}
  func updateDisplay(_ bundle: MIMEBundle, id: String) {}
  func result(_ bundle: MIMEBundle) {}
  func clearOutput(wait: Bool) {}
  func input(prompt: String, password: Bool) throws(InputFailure) -> String { throw .silent }
}

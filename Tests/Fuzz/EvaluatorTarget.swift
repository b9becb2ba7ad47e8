import Autodiff
import EngineInterface
import Files
import Glibc
import Interpreter
import JSON
import Synchronization

/// The lexer, the parser, the evaluator and the queries.
///
/// An input is a session: cells with a line `# %%` between them, run on an engine of their own, so
/// that an input does the same wherever it stands.
final class EvaluatorTarget: Target {
  static let longest = 2048
  private static let separator = "\n# %%\n"
  private static let mostCells = 8
  /// Of so many inputs one is run again and again, to find what is not freed.
  private static let leakInterval = 64
  /// A cycle of objects that a cell makes stays; so little is not called a leak.
  private static let slack = 32 << 10

  private let folder: String
  private let running = RunningEngine()
  private let watchdog: Watchdog
  private var count = 0

  init(folder: String) {
    self.folder = folder
    MemoryLimit.bytes = 1 << 30
    watchdog = Watchdog { [running] in running.interrupt() }
  }

  func test(_ input: [UInt8]) {
    let code = text(of: input)
    guard Self.isAllowed(code) else { return }
    let cells = Self.cells(of: code)
    count += 1
    watchdog.during { run(cells) }
    guard count % Self.leakInterval == 0 else { return }
    LeakCheck.run(slack: Self.slack) {
      watchdog.during { run(cells) }
      BufferPool.releaseAll()
    }
  }

  /// The cells of an input.
  private static func cells(of code: String) -> [String] {
    var cells: [String] = []
    var rest = Array(code.utf8)[...]
    let mark = Array(separator.utf8)
    while cells.count < mostCells, !rest.isEmpty {
      let end =
        rest.indices.first { rest[$0] == 10 && rest[$0...].starts(with: mark) } ?? rest.endIndex
      cells.append(text(of: rest[..<end]))
      rest = rest[end...].dropFirst(mark.count)
    }
    return cells
  }

  /// Whether code neither writes files nor handles the interrupt by which it would be ended.
  private static func isAllowed(_ code: String) -> Bool {
    !["save", "KeyboardInterrupt", "BaseException"].contains { code.contains($0) }
  }

  private func run(_ cells: [String]) {
    var limits = NablaEngine.Limits()
    limits.tapeMemory = 16 << 20
    limits.output = 64 << 10
    let engine = NablaEngine(version: "fuzz", folder: folder, limits: limits)
    running.engine.withLock { $0 = engine }
    defer { running.engine.withLock { $0 = nil } }
    for (index, code) in cells.enumerated() {
      let choice = number(of: code)
      let length = code.unicodeScalars.count
      // One past the end, too.
      let cursor = Int(choice >> 8 & 0xFFFF) % (length + 2)
      // Before the names of the cell are there, or after.
      if choice & 64 == 0 { ask(engine, code, cursor) }
      let sink = DiscardingSink(hasComms: choice & 1 == 0)
      let request = ExecutionRequest(
        code: code, executionCount: index + 1, silent: choice & 30 == 0,
        userExpressions: [("last", "_")], allowsInput: true, showsTables: choice & 32 == 0)
      check(engine.execute(request, to: sink))
      if choice & 64 != 0 { ask(engine, code, cursor) }
      _ = engine.variables()
    }
  }

  /// What a front end asks while its user types.
  private func ask(_ engine: NablaEngine, _ code: String, _ cursor: Int) {
    let length = code.unicodeScalars.count
    let range = engine.complete(code, cursor: cursor).range
    if range.lowerBound < 0 || range.upperBound > length {
      fail("completions for \(range) of a cell with \(length) characters")
    }
    _ = engine.inspect(code, cursor: cursor, detail: cursor & 1)
    _ = engine.isComplete(code)
  }

  private func check(_ outcome: ExecutionOutcome) {
    guard let error = outcome.error else { return }
    if error.name.isEmpty || error.traceback.isEmpty { fail("an error without a name or a text") }
  }
}

/// The engine that an interrupt is for.
private final class RunningEngine: Sendable {
  let engine = Mutex<NablaEngine?>(nil)

  func interrupt() { engine.withLock { $0 }?.interrupt() }
}

/// Takes what a cell shows, and answers its questions.
private final class DiscardingSink: OutputSink {
  let hasComms: Bool

  init(hasComms: Bool) { self.hasComms = hasComms }

  func write(_ text: String, to stream: StandardStream) {}
  func display(_ bundle: MIMEBundle, id: String?) { check(bundle) }
  func updateDisplay(_ bundle: MIMEBundle, id: String) { check(bundle) }
  func result(_ bundle: MIMEBundle) { check(bundle) }
  func clearOutput(wait: Bool) {}
  func comm(_ event: CommEvent) {}

  func input(prompt: String, password: Bool) throws(InputFailure) -> String {
    if password { throw .endOfFile }
    return "2"
  }

  /// What is sent must be JSON.
  private func check(_ bundle: MIMEBundle) {
    do { _ = try JSON.parse(JSON.object(bundle.data).serialized()) } catch {
      fail("a display that is no JSON: \(error)")
    }
  }
}

import EngineInterface
import JSON
import Synchronization

/// A language whose lines each name what they show, so that a protocol test knows what must come.
///
/// A line is a word, or a word and a text after a colon; a line that is no such command is the
/// cell's result.
public final class EchoEngine: Engine {
  /// What an interrupt has to do.
  private enum Flag: UInt8, AtomicRepresentable {
    case idle
    case running
    case interrupted
  }

  private let flag = Atomic<Flag>(.idle)
  private let interrupts = Atomic<Int>(0)
  private let openComms = Mutex<Set<String>>([])
  /// The requests that were executed, for tests that run in the same process.
  public let requests = Mutex<[ExecutionRequest]>([])
  private let keepsRequests: Bool

  public init(keepsRequests: Bool = false) { self.keepsRequests = keepsRequests }

  public let language = LanguageInfo(
    name: "echo", version: "1.0", mimetype: "text/plain", fileExtension: ".echo",
    pygmentsLexer: "text", codemirrorMode: "null", banner: "Echo")

  public func prepareToExecute() { flag.store(.running, ordering: .sequentiallyConsistent) }

  /// Runs a cell beside the running one when its first line is `beside`.
  public func executeBeside(
    _ request: ExecutionRequest, to sink: any OutputSink, isInterrupted: () -> Bool
  ) -> ExecutionOutcome? {
    guard request.code.hasPrefix("beside\n"),
      flag.load(ordering: .sequentiallyConsistent) != .idle
    else { return nil }
    let mark = interrupts.load(ordering: .relaxed)
    if isInterrupted() { return ExecutionOutcome(error: Self.interruption) }
    return run(request, to: sink, since: mark)
  }

  public func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome {
    if keepsRequests { requests.withLock { $0.append(request) } }
    _ = flag.compareExchange(
      expected: .idle, desired: .running, ordering: .sequentiallyConsistent)
    defer { flag.store(.idle, ordering: .sequentiallyConsistent) }
    return run(request, to: sink, since: nil)
  }

  /// Runs a cell; one beside another is interrupted when there were more than `mark` interrupts.
  private func run(
    _ request: ExecutionRequest, to sink: any OutputSink, since mark: Int?
  ) -> ExecutionOutcome {
    var outcome = ExecutionOutcome()
    do throws(ErrorReport) {
      for line in request.code.split(separator: "\n") {
        if let payload = try run(String(line), request, sink, mark) {
          outcome.payloads.append(payload)
        }
      }
    } catch {
      outcome.error = error
      return outcome
    }
    for (name, code) in request.userExpressions {
      let value: Result<MIMEBundle, ErrorReport> =
        code.hasPrefix("error")
        ? .failure(ErrorReport(name: "EchoError", message: code, traceback: [code]))
        : .success(MIMEBundle(plain: code))
      outcome.userExpressions.append((name, value))
    }
    return outcome
  }

  public func interrupt() {
    interrupts.add(1, ordering: .relaxed)
    _ = flag.compareExchange(
      expected: .running, desired: .interrupted, ordering: .sequentiallyConsistent)
  }

  private func checkInterrupt(_ mark: Int?) throws(ErrorReport) {
    if let mark {
      if interrupts.load(ordering: .relaxed) != mark { throw Self.interruption }
      return
    }
    let (wasInterrupted, _) = flag.compareExchange(
      expected: .interrupted, desired: .running, ordering: .sequentiallyConsistent)
    if wasInterrupted { throw Self.interruption }
  }

  private static let interruption = ErrorReport(
    name: "KeyboardInterrupt", message: "interrupted", traceback: ["KeyboardInterrupt"])

  private func run(
    _ line: String, _ request: ExecutionRequest, _ sink: any OutputSink, _ mark: Int?
  ) throws(ErrorReport) -> ExecutionOutcome.Payload? {
    let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let text = parts.count > 1 ? String(parts[1]) : ""
    let number = Int(text) ?? 0
    switch parts.first {
    case "print": sink.write(text + "\n", to: .stdout)
    case "stderr": sink.write(text + "\n", to: .stderr)
    case "lines": for index in 0..<number { sink.write("line \(index)\n", to: .stdout) }
    case "alternate":
      for index in 0..<number { sink.write("\(index)\n", to: index % 2 == 0 ? .stdout : .stderr) }
    case "flood":
      for _ in 0..<number { sink.write(String(repeating: "x", count: 1024), to: .stdout) }
    case "display": sink.display(MIMEBundle(plain: text), id: nil)
    case "html":
      sink.display(
        MIMEBundle(data: ["text/plain": .string(text), "text/html": .string(text)]), id: nil)
    case "show": sink.display(MIMEBundle(plain: "first"), id: text)
    case "update": sink.updateDisplay(MIMEBundle(plain: "second"), id: text)
    case "clear": sink.clearOutput(wait: text == "wait")
    case "error": throw ErrorReport(name: "EchoError", message: text, traceback: [text])
    case "page": return .page(MIMEBundle(plain: text))
    case "input", "password":
      do throws(InputFailure) {
        let line = try sink.input(prompt: text, password: parts[0] == "password")
        sink.write("got \(line)\n", to: .stdout)
      } catch {
        if error == .interrupted {
          try checkInterrupt(mark)
          throw Self.interruption
        }
        throw ErrorReport(name: "InputError", message: "\(error)", traceback: ["\(error)"])
      }
    case "loop": while true { try checkInterrupt(mark) }
    case "compute":
      let end = ContinuousClock.now + .milliseconds(number)
      while ContinuousClock.now < end { try checkInterrupt(mark) }
    case "deaf": while true {}
    case "comm-open":
      openComms.withLock { _ = $0.insert(text) }
      sink.comm(.open(id: text, target: "echo", data: ["opened": true]))
    case "comm-close":
      openComms.withLock { _ = $0.remove(text) }
      sink.comm(.close(id: text, data: [:]))
    case "pass", "beside", nil: break
    case "cell": sink.result(MIMEBundle(plain: request.cellID ?? "none"))
    default: sink.result(MIMEBundle(plain: line))
    }
    return nil
  }

  public func complete(_ code: String, cursor: Int) -> Completions {
    let word = code.unicodeScalars.prefix(cursor).reversed().prefix { $0 != " " && $0 != "\n" }
    let text = String(String.UnicodeScalarView(word.reversed()))
    let matches = ["print", "page", "password", "pass"].filter { $0.hasPrefix(text) }
    return Completions(
      matches: matches.map { Completions.Match(text: $0, type: "function", signature: "(text)") },
      range: cursor - word.count..<cursor)
  }

  public func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? {
    code.hasPrefix("print") ? Inspection(bundle: MIMEBundle(plain: "prints, \(detail)")) : nil
  }

  public func isComplete(_ code: String) -> Completeness {
    if code.hasSuffix("{") { return .incomplete(indent: "  ") }
    return code.hasSuffix("}") ? .invalid : .complete
  }

  public func variables() -> [VariableSummary] { [] }

  public func comm(_ event: CommEvent, isFollowed: Bool, to sink: any OutputSink) -> Bool {
    switch event.action {
    case .open(let target):
      guard target == "echo" else { return false }
      openComms.withLock { _ = $0.insert(event.id) }
    case .message:
      guard openComms.withLock({ $0.contains(event.id) }) else { return false }
    case .close: return openComms.withLock { $0.remove(event.id) != nil }
    }
    // Only what nothing follows is echoed, as a language may leave work to the last message.
    guard !isFollowed else { return true }
    sink.comm(
      .message(id: event.id, data: event.data, metadata: event.metadata, buffers: event.buffers))
    return true
  }
}

import EngineInterface
import JSON
import Synchronization

/// A language that does a little of all that a kernel must pass on, and always ends.
///
/// A cell's lines `ask`, `fail` and `show` ask for input, fail, and display; others are printed.
final class PlainEngine: Engine {
  private let comms = Mutex<Set<String>>([])

  let language = LanguageInfo(
    name: "plain", version: "1", mimetype: "text/plain", fileExtension: ".txt",
    pygmentsLexer: "text", codemirrorMode: "null", banner: "Plain")

  func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome {
    var outcome = ExecutionOutcome()
    for line in request.code.split(separator: "\n").prefix(16) {
      switch line {
      case "ask":
        let answer = try? sink.input(prompt: "?", password: false)
        sink.write(answer ?? "no answer", to: .stdout)
      case "fail":
        outcome.error = ErrorReport(name: "PlainError", message: "failed", traceback: ["failed"])
        return outcome
      case "show":
        sink.display(MIMEBundle(plain: request.cellID ?? ""), id: request.code)
        sink.clearOutput(wait: request.silent)
      default: sink.write(line + "\n", to: .stderr)
      }
    }
    for (name, code) in request.userExpressions {
      outcome.userExpressions.append((name, .success(MIMEBundle(plain: code))))
    }
    sink.result(MIMEBundle(plain: request.code))
    return outcome
  }

  func interrupt() {}

  func complete(_ code: String, cursor: Int) -> Completions {
    let end = min(max(cursor, 0), code.unicodeScalars.count)
    return Completions(matches: [.init(text: code, type: "text")], range: 0..<end)
  }

  func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? {
    detail == 0 ? nil : Inspection(bundle: MIMEBundle(plain: code))
  }

  func isComplete(_ code: String) -> Completeness {
    code.isEmpty ? .invalid : .incomplete(indent: code)
  }

  func variables() -> [VariableSummary] { [] }

  func comm(_ event: CommEvent, isFollowed: Bool, to sink: any OutputSink) -> Bool {
    switch event.action {
    case .open: comms.withLock { _ = $0.insert(event.id) }
    case .message:
      guard comms.withLock({ $0.contains(event.id) }) else { return false }
      sink.comm(.message(id: event.id, data: event.data, metadata: event.metadata))
    case .close: return comms.withLock { $0.remove(event.id) != nil }
    }
    return true
  }
}

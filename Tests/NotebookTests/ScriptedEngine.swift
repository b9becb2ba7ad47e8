import EngineInterface
import JSON
import Synchronization

/// An engine whose cells are lists of commands, one a line, for what a notebook may be shown.
final class ScriptedEngine: Engine {
  let requests = Mutex<[ExecutionRequest]>([])

  let language = LanguageInfo(
    name: "nabla", version: "0", mimetype: "text/plain", fileExtension: ".nabla",
    pygmentsLexer: "python", codemirrorMode: "python", banner: "")

  func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome {
    requests.withLock { $0.append(request) }
    for line in request.code.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
      let rest = parts.count > 1 ? parts[1] : ""
      switch parts[0] {
      case "out": sink.write(rest + "\n", to: .stdout)
      case "err": sink.write(rest + "\n", to: .stderr)
      case "display": sink.display(MIMEBundle(plain: rest), id: nil)
      case "named": sink.display(MIMEBundle(plain: rest), id: "id")
      case "update": sink.updateDisplay(MIMEBundle(plain: rest), id: "id")
      case "result": sink.result(MIMEBundle(plain: rest))
      case "rich":
        sink.display(
          MIMEBundle(data: [
            "text/plain": "a\nb", "text/html": "<b>x</b>",
            "application/vnd.dataresource+json": ["schema": [:], "data": [["v": 1]]],
          ]), id: nil)
      case "clear": sink.clearOutput(wait: rest == "wait")
      case "ask":
        do {
          sink.write(try sink.input(prompt: "", password: false), to: .stdout)
        } catch {
          sink.write("\(error)", to: .stdout)
        }
      case "fail":
        return ExecutionOutcome(
          error: ErrorReport(name: rest, message: "no", traceback: ["\(rest): no"]))
      default: break
      }
    }
    return ExecutionOutcome()
  }

  func interrupt() {}
  func complete(_ code: String, cursor: Int) -> Completions {
    Completions(matches: [], range: 0..<0)
  }
  func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? { nil }
  func isComplete(_ code: String) -> Completeness { .complete }
  func variables() -> [VariableSummary] { [] }
}

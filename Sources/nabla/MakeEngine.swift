import EngineInterface
import JSON

/// Makes the engine that every command runs code on.
func makeEngine() -> any Engine { EchoEngine() }

/// An engine whose every cell has its own text as the result.
private final class EchoEngine: Engine {
  let language = LanguageInfo(
    name: "nabla", version: nablaVersion, mimetype: "text/x-python", fileExtension: ".nabla",
    pygmentsLexer: "python", codemirrorMode: "python", banner: "Nabla \(nablaVersion)")

  func execute(_ request: ExecutionRequest, to sink: any OutputSink) -> ExecutionOutcome {
    if !request.silent { sink.result(MIMEBundle(plain: request.code)) }
    return ExecutionOutcome()
  }

  func interrupt() {}
  func complete(_ code: String, cursor: Int) -> Completions {
    Completions(matches: [], range: cursor..<cursor)
  }
  func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? { nil }
  func isComplete(_ code: String) -> Completeness { .complete }
  func variables() -> [VariableSummary] { [] }
  func comm(_ event: CommEvent, to sink: any OutputSink) -> Bool { false }
}

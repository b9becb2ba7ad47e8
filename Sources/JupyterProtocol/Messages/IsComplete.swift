import EngineInterface
import JSON

/// Asks whether code is ready to run, or waits for more lines.
public struct IsCompleteRequest: CodeRequest {
  public static let type = "is_complete_request"
  public static let channels: [Channel] = [.shell, .control]

  public var code: String

  public init(_ fields: Fields) throws(MalformedContent) {
    code = try fields.code()
  }
}

/// Whether code is ready to run; its status is the answer itself.
public struct IsCompleteReply: Reply {
  public static let type = "is_complete_reply"

  public var completeness: Completeness

  public init(_ completeness: Completeness) { self.completeness = completeness }

  public var content: JSON.Object {
    switch completeness {
    case .complete: ["status": "complete"]
    case .incomplete(let indent): ["status": "incomplete", "indent": .string(indent)]
    case .invalid: ["status": "invalid"]
    }
  }
}

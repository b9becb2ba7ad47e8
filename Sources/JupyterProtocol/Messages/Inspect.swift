import EngineInterface
import JSON

/// Asks what is known of the name at a cursor.
public struct InspectRequest: CodeRequest {
  public static let type = "inspect_request"
  public static let channels: [Channel] = [.shell, .control]

  public var code: String
  /// In code points; the end of the code when the client says nothing.
  public var cursor: Int
  /// 0 for a summary, 1 for all there is.
  public var detail: Int

  public init(_ fields: Fields) throws(MalformedContent) {
    code = try fields.code()
    cursor = try fields.cursor(in: code)
    detail = try fields.int("detail_level", default: 0) > 0 ? 1 : 0
  }
}

/// What is known, in several representations; or that nothing is.
public struct InspectReply: Reply {
  public static let type = "inspect_reply"

  public var inspection: Inspection?

  public init(_ inspection: Inspection?) { self.inspection = inspection }

  public var content: JSON.Object {
    .ok([
      "found": .bool(inspection != nil), "data": .object(inspection?.bundle.data ?? [:]),
      "metadata": .object(inspection?.bundle.metadata ?? [:]),
    ])
  }
}

import JSON

/// Asks to end a subshell; what waits in it is refused.
public struct DeleteSubshellRequest: Request {
  public static let type = "delete_subshell_request"
  public static let channels: [Channel] = [.control]

  public var id: String

  public init(_ fields: Fields) throws(MalformedContent) {
    id = try fields.string("subshell_id")
  }
}

/// Says that the subshell is no more.
public struct DeleteSubshellReply: Reply {
  public static let type = "delete_subshell_reply"
  public init() {}
  public var content: JSON.Object { .ok() }
}

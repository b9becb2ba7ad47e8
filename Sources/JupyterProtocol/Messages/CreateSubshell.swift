import JSON

/// Asks for one more subshell.
public struct CreateSubshellRequest: EmptyRequest {
  public static let type = "create_subshell_request"
  public static let channels: [Channel] = [.control]
  public init() {}
}

/// The id by which headers name the new subshell.
public struct CreateSubshellReply: Reply {
  public static let type = "create_subshell_reply"

  public var id: String

  public init(id: String) { self.id = id }

  public var content: JSON.Object { .ok(["subshell_id": .string(id)]) }
}

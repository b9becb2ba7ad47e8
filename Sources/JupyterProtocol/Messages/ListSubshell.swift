import JSON

/// Asks which subshells there are.
public struct ListSubshellRequest: EmptyRequest {
  public static let type = "list_subshell_request"
  public static let channels: [Channel] = [.control]
  public init() {}
}

/// The ids of all subshells, the oldest first; the main shell has none.
public struct ListSubshellReply: Reply {
  public static let type = "list_subshell_reply"

  public var ids: [String]

  public init(ids: [String]) { self.ids = ids }

  public var content: JSON.Object { .ok(["subshell_id": .array(ids.map { .string($0) })]) }
}

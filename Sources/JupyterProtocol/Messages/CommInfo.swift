import JSON

/// Asks which comms are open.
public struct CommInfoRequest: Request {
  public static let type = "comm_info_request"
  public static let channels: [Channel] = [.shell, .control]

  /// Only comms of this target; all when nil.
  public var target: String?

  public init(_ fields: Fields) throws(MalformedContent) {
    target = try fields.stringOrNull("target_name")
  }
}

/// The open comms with their targets.
public struct CommInfoReply: Reply {
  public static let type = "comm_info_reply"

  public var comms: [(id: String, target: String)]

  public init(_ comms: [(id: String, target: String)]) { self.comms = comms }

  public var content: JSON.Object {
    let members = comms.map { ($0.id, JSON.object(["target_name": .string($0.target)])) }
    return .ok(["comms": .object(JSON.Object(members))])
  }
}

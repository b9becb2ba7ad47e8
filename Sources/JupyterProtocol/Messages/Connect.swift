import JSON

/// Asks for the ports; deprecated, and still answered.
public struct ConnectRequest: EmptyRequest {
  public static let type = "connect_request"
  public static let channels: [Channel] = [.shell, .control]
  public init() {}
}

/// The ports of the five channels.
public struct ConnectReply: Reply {
  public static let type = "connect_reply"

  public var ports: [Channel: Int]

  public init(ports: [Channel: Int]) { self.ports = ports }

  public var content: JSON.Object {
    var members = JSON.Object()
    for channel in Channel.allCases {
      members[channel.portField] = ports[channel].map { .number($0) }
    }
    return .ok(members)
  }
}

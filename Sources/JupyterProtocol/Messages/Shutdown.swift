import JSON

/// Asks the kernel to end.
public struct ShutdownRequest: Request {
  public static let type = "shutdown_request"
  /// Shell is where old clients send it.
  public static let channels: [Channel] = [.control, .shell]

  /// Whether a new kernel is about to take this one's place.
  public var restart: Bool

  public init(_ fields: Fields) throws(MalformedContent) {
    restart = try fields.bool("restart", default: false)
  }
}

/// Says that the kernel ends: to the client that asked, and to all others on iopub.
public struct ShutdownReply: Reply, Publication {
  public static let type = "shutdown_reply"

  public var restart: Bool

  public init(restart: Bool) { self.restart = restart }

  public var content: JSON.Object { .ok(["restart": .bool(restart)]) }
}

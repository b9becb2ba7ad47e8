import JSON

/// A request of the debug adapter protocol, wrapped as a message.
public struct DebugRequest: Request {
  public static let type = "debug_request"
  public static let channels: [Channel] = [.control]

  /// What is asked for, as `initialize`.
  public var command: String
  /// The number of the request, which its response repeats.
  public var sequence: Int

  public init(_ fields: Fields) throws(MalformedContent) {
    command = try fields.string("command", default: "")
    sequence = try fields.int("seq", default: 0)
  }
}

/// Says that there is no debugger, both as a response of the debug adapter protocol, which is what
/// debuggers read, and as a reply that failed.
public struct DebugReply: Reply {
  public static let type = "debug_reply"

  public var request: DebugRequest

  public init(refusing request: DebugRequest) { self.request = request }

  public var content: JSON.Object {
    let message: JSON = "this kernel has no debugger"
    return [
      "status": "error", "ename": "NoDebugger", "evalue": message, "traceback": [],
      "type": "response", "seq": .number(request.sequence),
      "request_seq": .number(request.sequence), "success": false,
      "command": .string(request.command), "message": message, "body": [:],
    ]
  }
}

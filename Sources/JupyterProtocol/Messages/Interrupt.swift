import JSON

/// Asks to stop the running cell.
public struct InterruptRequest: EmptyRequest {
  public static let type = "interrupt_request"
  public static let channels: [Channel] = [.control, .shell]
  public init() {}
}

/// Says that the interrupt was passed on.
public struct InterruptReply: Reply {
  public static let type = "interrupt_reply"
  public init() {}
  public var content: JSON.Object { .ok() }
}

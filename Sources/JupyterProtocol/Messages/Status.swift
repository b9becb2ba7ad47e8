import JSON

/// Whether the kernel works on the request in the parent header.
public struct Status: Publication {
  public static let type = "status"

  public enum State: String, Sendable {
    case busy
    case idle
  }

  public var state: State

  public init(_ state: State) { self.state = state }

  public var content: JSON.Object { ["execution_state": .string(state.rawValue)] }
}

/// The first message that a new subscriber of iopub gets.
public struct IopubWelcome: Publication {
  public static let type = "iopub_welcome"

  /// What the subscriber subscribed to; also the topic, so that it arrives.
  public var subscription: String

  public init(subscription: String) { self.subscription = subscription }

  public var topic: String { subscription }
  public var content: JSON.Object { ["subscription": .string(subscription)] }
}

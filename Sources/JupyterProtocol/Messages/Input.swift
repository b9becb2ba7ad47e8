import JSON

/// Asks the client whose cell runs for a line of text.
public struct InputRequest: Outbound {
  public static let type = "input_request"

  public var prompt: String
  /// Whether what is typed is to be hidden.
  public var password: Bool

  public init(prompt: String, password: Bool) {
    self.prompt = prompt
    self.password = password
  }

  public var content: JSON.Object { ["prompt": .string(prompt), "password": .bool(password)] }
}

/// The line that the user typed.
public struct InputReply: Request {
  public static let type = "input_reply"
  public static let channels: [Channel] = [.stdin]

  public var value: String

  public init(_ fields: Fields) throws(MalformedContent) {
    value = try fields.string("value")
  }
}

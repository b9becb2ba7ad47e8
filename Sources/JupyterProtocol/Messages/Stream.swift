import EngineInterface
import JSON

/// Text on stdout or stderr.
public struct StreamMessage: Publication {
  public static let type = "stream"

  public var stream: StandardStream
  public var text: String

  public init(stream: StandardStream, text: String) {
    self.stream = stream
    self.text = text
  }

  public var topic: String { "stream.\(stream.rawValue)" }
  public var content: JSON.Object {
    ["name": .string(stream.rawValue), "text": .string(text)]
  }
}

/// Removes the output so far; with `wait`, when the next output comes.
public struct ClearOutput: Publication {
  public static let type = "clear_output"

  public var wait: Bool

  public init(wait: Bool) { self.wait = wait }

  public var content: JSON.Object { ["wait": .bool(wait)] }
}

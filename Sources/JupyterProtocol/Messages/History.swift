import JSON

/// Asks for cells that ran before.
public struct HistoryRequest: Request {
  public static let type = "history_request"
  public static let channels: [Channel] = [.shell, .control]

  /// Which cells are asked for.
  public enum Access: Sendable, Equatable {
    /// Lines from `start` up to before `stop` of a session; 0 is the present one, negative ones
    /// count back from it. Negative bounds count back too; a stop of 0 is none.
    case range(session: Int, start: Int, stop: Int?)
    case tail(count: Int)
    /// Cells that match a glob pattern; the last `count` of them, and each text once when `unique`.
    case search(pattern: String, count: Int?, unique: Bool)
  }

  public var access: Access
  /// Whether results are wanted beside the inputs.
  public var output: Bool

  public init(_ fields: Fields) throws(MalformedContent) {
    output = try fields.bool("output", default: false)
    _ = try fields.bool("raw", default: true)
    switch try fields.string("hist_access_type") {
    case "range":
      access = .range(
        session: try fields.intOrNull("session") ?? 0, start: try fields.intOrNull("start") ?? 1,
        stop: try fields.intOrNull("stop"))
    case "tail":
      access = .tail(count: try fields.intOrNull("n") ?? 10)
    case "search":
      access = .search(
        pattern: try fields.stringOrNull("pattern") ?? "*", count: try fields.intOrNull("n"),
        unique: try fields.bool("unique", default: false))
    case let other:
      throw MalformedContent(
        "`hist_access_type` must be `range`, `tail` or `search`, not `\(other)`")
    }
  }
}

/// Cells that ran before, oldest first.
public struct HistoryReply: Reply {
  public static let type = "history_reply"

  /// A cell that ran before.
  public struct Entry: Sendable, Equatable {
    public var session: Int
    public var line: Int
    public var input: String
    public var output: String?

    public init(session: Int, line: Int, input: String, output: String? = nil) {
      self.session = session
      self.line = line
      self.input = input
      self.output = output
    }
  }

  public var entries: [Entry]
  public var includesOutput: Bool

  public init(_ entries: [Entry], includesOutput: Bool) {
    self.entries = entries
    self.includesOutput = includesOutput
  }

  public var content: JSON.Object {
    let rows = entries.map { entry -> JSON in
      let text: JSON =
        includesOutput
        ? [.string(entry.input), entry.output.map { .string($0) } ?? .null] : .string(entry.input)
      return [.number(entry.session), .number(entry.line), text]
    }
    return .ok(["history": .array(rows)])
  }
}

import EngineInterface
import JSON

/// Asks how the name at a cursor could go on.
public struct CompleteRequest: CodeRequest {
  public static let type = "complete_request"
  public static let channels: [Channel] = [.shell, .control]

  public var code: String
  /// In code points; the end of the code when the client says nothing.
  public var cursor: Int

  public init(_ fields: Fields) throws(MalformedContent) {
    code = try fields.code()
    cursor = try fields.cursor(in: code)
  }
}

/// Completions, with types for front ends that show them.
public struct CompleteReply: Reply {
  public static let type = "complete_reply"

  public var completions: Completions

  public init(_ completions: Completions) { self.completions = completions }

  public var content: JSON.Object {
    let start = JSON.number(completions.range.lowerBound)
    let end = JSON.number(completions.range.upperBound)
    let typed = completions.matches.map { match -> JSON in
      var item: JSON.Object = [
        "start": start, "end": end, "text": .string(match.text), "type": .string(match.type),
      ]
      if let signature = match.signature { item["signature"] = .string(signature) }
      return .object(item)
    }
    return .ok([
      "matches": .array(completions.matches.map { .string($0.text) }), "cursor_start": start,
      "cursor_end": end, "metadata": ["_jupyter_types_experimental": .array(typed)],
    ])
  }
}

extension Fields {
  /// The `cursor_pos` of a request, held within the code.
  func cursor(in code: String) throws(MalformedContent) -> Int {
    let end = code.unicodeScalars.count
    let place = try intOrNull("cursor_pos") ?? end
    return min(max(place, 0), end)
  }
}

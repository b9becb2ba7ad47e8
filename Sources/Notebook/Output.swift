import EngineInterface
import JSON

/// One output of a code cell.
public enum Output: Sendable, Equatable {
  case stream(StandardStream, String)
  case display(MIMEBundle)
  case result(MIMEBundle, executionCount: Int?)
  case error(name: String, message: String, traceback: [String])
  /// Something that nbformat 4 does not name, or names otherwise; it is kept as it came.
  case other(JSON)

  /// Reads an output as a file has it.
  public init(_ json: JSON) {
    switch json["output_type"]?.string {
    case "stream":
      if let stream = json["name"]?.string.flatMap(StandardStream.init),
        let text = json["text"]?.joinedLines
      {
        self = .stream(stream, text)
        return
      }
    case "display_data":
      if let bundle = MIMEBundle(nbformat: json) {
        self = .display(bundle)
        return
      }
    case "execute_result":
      if let bundle = MIMEBundle(nbformat: json) {
        self = .result(bundle, executionCount: json["execution_count"]?.int)
        return
      }
    case "error":
      if let name = json["ename"]?.string, let message = json["evalue"]?.string {
        self = .error(
          name: name, message: message,
          traceback: json["traceback"]?.array?.compactMap(\.string) ?? [])
        return
      }
    default: break
    }
    self = .other(json)
  }

  /// The output as a file has it, its members in the order of their names as Jupyter writes them.
  public var json: JSON {
    switch self {
    case .stream(let stream, let text):
      ["name": .string(stream.rawValue), "output_type": "stream", "text": .lines(text)]
    case .display(let bundle):
      [
        "data": bundle.nbformatData, "metadata": JSON.object(bundle.metadata).sorted,
        "output_type": "display_data",
      ]
    case .result(let bundle, let count):
      [
        "data": bundle.nbformatData, "execution_count": count.map { .number($0) } ?? .null,
        "metadata": JSON.object(bundle.metadata).sorted, "output_type": "execute_result",
      ]
    case .error(let name, let message, let traceback):
      [
        "ename": .string(name), "evalue": .string(message), "output_type": "error",
        "traceback": .array(traceback.map { .string($0) }),
      ]
    case .other(let json): json
    }
  }
}

extension MIMEBundle {
  fileprivate init?(nbformat output: JSON) {
    guard let data = output["data"]?.object else { return nil }
    self.init(
      data: JSON.Object(
        data.pairs.map { type, value in
          (type, Self.isJSON(type) ? value : value.joinedLines.map { .string($0) } ?? value)
        }),
      metadata: output["metadata"]?.object ?? [:])
  }

  /// The data with texts as lists of lines; data of JSON types stay as they are.
  fileprivate var nbformatData: JSON {
    JSON.object(
      JSON.Object(
        data.pairs.map { type, value in
          guard !Self.isJSON(type), let text = value.string else { return (type, value) }
          return (type, .lines(text))
        })
    ).sorted
  }

  /// Whether data of a MIME type are JSON rather than text.
  fileprivate static func isJSON(_ type: String) -> Bool {
    type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
  }
}

extension JSON {
  /// The value with the members of every object in the order of their names, as Jupyter stores them.
  fileprivate var sorted: JSON {
    switch self {
    case .object(let object):
      .object(
        Object(
          object.pairs.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { ($0.key, $0.value.sorted) }))
    case .array(let elements): .array(elements.map(\.sorted))
    default: self
    }
  }
}

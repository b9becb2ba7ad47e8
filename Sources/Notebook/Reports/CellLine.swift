import EngineInterface
import JSON

/// A line of JSON about one cell: how it fared, when, and what it showed, with full precision.
public struct CellLine: Sendable {
  private let path: String
  private let cell: CellReport
  private let attempt: Int
  private let differences: [Difference]?

  /// `attempt` counts the runs of the file, from 1.
  public init(
    path: String, cell: CellReport, attempt: Int = 1, differences: [Difference]? = nil
  ) {
    self.path = path
    self.cell = cell
    self.attempt = attempt
    self.differences = differences
  }

  /// The line with its end.
  public var text: String { JSON.object(object).serializedString() + "\n" }

  private var object: JSON.Object {
    var object: JSON.Object = [
      "file": .string(path), "cell": .number(cell.number),
      "id": cell.id.map { .string($0) } ?? .null, "attempt": .number(attempt),
      "status": .string(cell.status.rawValue),
      "execution_count": cell.executionCount.map { .number($0) } ?? .null,
      "started": cell.start.map { .string(Timestamp.text($0)) } ?? .null,
      "seconds": .number(cell.seconds),
    ]
    var tables: [JSON] = []
    var texts: [JSON] = []
    for output in cell.outputs {
      switch output {
      case .display(let bundle), .result(let bundle, _):
        if let table = bundle.data["application/vnd.dataresource+json"] {
          tables.append(table)
        } else if let plain = bundle.plain {
          texts.append(.string(plain))
        }
      case .stream, .error, .other: break
      }
    }
    object["tables"] = .array(tables)
    object["texts"] = .array(texts)
    for stream in [StandardStream.stdout, .stderr] {
      object[stream.rawValue] = .string(cell.text(of: stream.rawValue))
    }
    object["error"] = cell.error.map { error in
      [
        "name": .string(error.name), "message": .string(error.message),
        "traceback": .array(error.traceback.map { .string($0.plainText) }),
      ]
    }
    object["differences"] = differences.map { .array($0.map(\.json)) }
    return object
  }
}

extension CellReport {
  /// All that the cell wrote to a stream.
  func text(of stream: String) -> String {
    outputs.reduce(into: "") { text, output in
      if case .stream(let name, let part) = output, name.rawValue == stream { text += part }
    }
  }
}

extension Difference {
  fileprivate var json: JSON {
    [
      "name": .string(name), "row": .string(row), "stored": .string(stored), "now": .string(now),
      "relative_error": relativeError.map { .number($0) } ?? .null,
    ]
  }

  /// The difference in one line.
  var line: String {
    let place = row.isEmpty ? name : "\(name), \(row)"
    let error = relativeError.map { " (relative error \($0))" } ?? ""
    return "\(place): stored \(stored), now \(now)\(error)"
  }
}

import JSON

/// A cell as it stands in its notebook, and the outputs that a run gave it.
public struct Cell: Sendable {
  public enum Kind: String, Sendable {
    case code
    case markdown
    case raw
    /// A type of cell that nbformat 4 does not name; it is left alone.
    case other
  }

  let element: JSON.Element

  public let kind: Kind
  /// The text of the cell, also where the file has it as a list of lines.
  public let source: String
  /// The id that nbformat 4.5 gives to each cell.
  public let id: String?
  public let tags: Set<String>

  /// What a run gave; nil for a cell that was not run.
  public internal(set) var run: Run?

  /// The count and the outputs of one run of a cell.
  public struct Run: Sendable, Equatable {
    public var executionCount: Int?
    public var outputs: [Output]
  }

  init(_ element: JSON.Element, number: Int) throws(NotebookError) {
    guard element.kind == .object else { throw .cell(number, "is not an object") }
    guard let type = element["cell_type"]?.string else { throw .cell(number, "has no type") }
    guard let source = element["source"]?.value.joinedLines else {
      throw .cell(number, "has no source that is a text or a list of texts")
    }
    self.element = element
    kind = Kind(rawValue: type) ?? .other
    self.source = source
    id = element["id"]?.string
    tags = Set(element["metadata"]?["tags"]?.elements.compactMap(\.string) ?? [])
  }

  public var metadata: JSON.Object { element["metadata"]?.value.object ?? [:] }

  /// The outputs of the run, or those that are stored in the file.
  public var outputs: [Output] { run?.outputs ?? storedOutputs }

  /// The outputs that the file has.
  public var storedOutputs: [Output] {
    element["outputs"]?.elements.map { Output($0.value) } ?? []
  }

  /// Forgets the run: the file keeps what it has.
  public mutating func keepStored() { run = nil }

  public var executionCount: Int? {
    if let run { return run.executionCount }
    return element["execution_count"]?.int
  }
}

extension JSON {
  /// The text of a string or of a list of lines.
  var joinedLines: String? {
    if let string { return string }
    guard let array else { return nil }
    let lines = array.compactMap(\.string)
    return lines.count == array.count ? lines.joined() : nil
  }

  /// A text as nbformat writes it: a list of lines with their ends.
  ///
  /// Lines end where Python's `splitlines` ends them, so that a file that was written by Jupyter does
  /// not change when it is written here, and the other way round.
  static func lines(_ text: String) -> JSON {
    var lines: [JSON] = []
    var line = String.UnicodeScalarView()
    var scalars = text.unicodeScalars.makeIterator()
    var next = scalars.next()
    while let scalar = next {
      next = scalars.next()
      line.append(scalar)
      switch scalar.value {
      case 0x0D where next == "\n": continue
      case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
        lines.append(.string(String(line)))
        line = String.UnicodeScalarView()
      default: continue
      }
    }
    if !line.isEmpty { lines.append(.string(String(line))) }
    return .array(lines)
  }
}

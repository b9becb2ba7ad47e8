import JSON

extension Notebook {
  /// The notebook as a file: the bytes that were read, but for what a run changed.
  ///
  /// Cells that were run get their count and outputs, unless they are what the file has already. What
  /// nbformat asks of every cell is added where it is missing: ids from 4.5 on, metadata.
  public func serialized() -> [UInt8] {
    var ids = Set(cells.compactMap(\.id))
    var edits: [JSON.Document.Edit] = []
    for cell in cells {
      var layout = CellLayout(cell.element)
      // In the order of the names, so that members that are added at one place stand in it too.
      if let run = cell.run {
        layout.set("execution_count", run.executionCount.map { .number($0) } ?? .null)
      } else if cell.kind == .code {
        layout.add("execution_count", .null)
      }
      if minorVersion >= 5, cell.id == nil {
        let id = Self.newID(besides: ids)
        ids.insert(id)
        layout.set("id", .string(id))
      }
      layout.add("metadata", [:])
      if let run = cell.run {
        layout.set("outputs", .array(run.outputs.map(\.json)))
      } else if cell.kind == .code {
        layout.add("outputs", [])
      }
      edits += layout.edits
    }
    return document.replacing(edits)
  }

  static func newID(besides ids: Set<String>) -> String {
    while true {
      let digits = String(UInt32.random(in: .min ... .max), radix: 16)
      let id = String(repeating: "0", count: 8 - digits.count) + digits
      if !ids.contains(id) { return id }
    }
  }
}

/// Where the members of a cell stand, and the edits that give some of them new values.
private struct CellLayout {
  private let element: JSON.Element
  private let members: [JSON.Element.Member]
  private(set) var edits: [JSON.Document.Edit] = []

  /// The depth of a cell's members: the notebook, its list of cells, the cell.
  private static let level = 3

  init(_ element: JSON.Element) {
    self.element = element
    members = element.members
  }

  mutating func set(_ key: String, _ value: JSON) {
    guard let member = members.last(where: { $0.key == key }) else { return add(key, value) }
    if member.value.value == value { return }
    edits.append(.init(member.value.range, bytes(value, besides: member)))
  }

  /// Adds a member where there is none, at its place in the order of names.
  mutating func add(_ key: String, _ value: JSON) {
    guard let last = members.last, !members.contains(where: { $0.key == key }) else { return }
    let follower = members.first { key.utf8.lexicographicallyPrecedes($0.key.utf8) }
    let neighbour = follower ?? last
    let text = JSON.string(key).serialized() + Array(": ".utf8) + bytes(value, besides: neighbour)
    let space = Array(space(before: neighbour))
    if follower != nil {
      let place = neighbour.keyRange.lowerBound
      edits.append(.init(place..<place, text + Array(",".utf8) + space))
    } else {
      let place = neighbour.value.range.upperBound
      edits.append(.init(place..<place, Array(",".utf8) + space + text))
    }
  }

  /// A value in the layout of the member beside it: over several lines where that has its own.
  private func bytes(_ value: JSON, besides member: JSON.Element.Member) -> [UInt8] {
    let space = space(before: member)
    guard let lineEnd = space.lastIndex(of: UInt8(ascii: "\n")) else { return value.serialized() }
    let column = space.endIndex - lineEnd - 1
    return value.pretty(indent: max(column / Self.level, 1), level: Self.level)
  }

  private func space(before member: JSON.Element.Member) -> ArraySlice<UInt8> {
    let bytes = element.document.bytes
    var start = member.keyRange.lowerBound
    while start > 0, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[start - 1]) { start -= 1 }
    return bytes[start..<member.keyRange.lowerBound]
  }
}

import JSON

extension Notebook {
  private static let parametersTag = "parameters"
  private static let injectedTag = "injected-parameters"

  /// The notebook with a cell that gives these values, where papermill puts it.
  ///
  /// A cell that was injected before is replaced; else the new one stands behind the cell with the tag
  /// `parameters`, or at the top where there is none. All other bytes stay as they are.
  public func injecting(_ parameters: ParameterSet) throws(NotebookError) -> Notebook {
    let source = parameters.source
    let injected = cells.first { $0.tags.contains(Self.injectedTag) }
    if injected?.source == source { return self }
    var cell: JSON.Object = ["cell_type": "code", "execution_count": nil]
    if minorVersion >= 5 {
      cell["id"] = .string(injected?.id ?? Self.newID(besides: Set(cells.compactMap(\.id))))
    }
    cell["metadata"] = ["tags": [.string(Self.injectedTag)]]
    cell["outputs"] = []
    cell["source"] = .lines(source)
    return try Notebook(parsing: document.replacing([edit(adding: .object(cell), for: injected)]))
  }

  /// The names among the parameters that the cell with the tag `parameters` does not assign.
  ///
  /// Empty where there is no such cell. As papermill does, only plain assignments at the start of a
  /// line are seen.
  public func unknownNames(of parameters: ParameterSet) -> [String] {
    guard let cell = cells.first(where: { $0.tags.contains(Self.parametersTag) }) else { return [] }
    let known = cell.source.split(whereSeparator: \.isNewline).compactMap { line -> Substring? in
      let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      let rest = line.dropFirst(name.count).drop(while: \.isWhitespace)
      let isAssignment = rest.first == ":" || (rest.first == "=" && rest.dropFirst().first != "=")
      return !name.isEmpty && isAssignment ? name : nil
    }
    return parameters.members.map(\.key).filter { !known.contains($0[...]) }
  }

  private func edit(adding cell: JSON, for injected: Cell?) -> JSON.Document.Edit {
    guard let list = document.root["cells"], let first = list.elements.first else {
      let range = document.root["cells"]?.range ?? 0..<0
      let isSpread = document.bytes.contains(UInt8(ascii: "\n"))
      let bytes = isSpread ? JSON.array([cell]).pretty(level: 1) : JSON.array([cell]).serialized()
      return JSON.Document.Edit(range, bytes)
    }
    let space = space(before: first)
    let indent = space.lastIndex(of: UInt8(ascii: "\n")).map { space.endIndex - $0 - 1 }
    // A cell stands two levels deep: in the list, in the notebook.
    let bytes = indent.map { cell.pretty(indent: max($0 / 2, 1), level: 2) } ?? cell.serialized()
    if let injected { return JSON.Document.Edit(injected.element.range, bytes) }
    let comma = [UInt8(ascii: ",")]
    if let parameters = cells.first(where: { $0.tags.contains(Self.parametersTag) }) {
      let place = parameters.element.range.upperBound
      return JSON.Document.Edit(place..<place, comma + space + bytes)
    }
    let place = first.range.lowerBound
    return JSON.Document.Edit(place..<place, bytes + comma + space)
  }

  private func space(before element: JSON.Element) -> ArraySlice<UInt8> {
    let end = element.range.lowerBound
    let start = document.bytes[..<end].lastIndex { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }
    return document.bytes[(start.map { $0 + 1 } ?? end)..<end]
  }
}

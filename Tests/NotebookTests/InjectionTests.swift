import JSON
import Notebook
import Testing

@Suite struct InjectionTests {
  /// A notebook of cells, each as the file has it, one a line.
  private func notebook(_ cells: [String], minor: Int = 5) throws -> Notebook {
    let list = cells.map { "  \($0)" }.joined(separator: ",\n")
    let text = """
      {
       "cells": [\(cells.isEmpty ? "" : "\n" + list + "\n ")],
       "metadata": {"odd":  1.50},
       "nbformat": 4,
       "nbformat_minor": \(minor)
      }
      """
    return try Notebook(parsing: Array(text.utf8))
  }

  private func cell(_ id: String, _ source: String, tags: String = "") -> String {
    #"{"cell_type": "code", "execution_count": null, "id": "\#(id)", "metadata": "#
      + #"{"tags": [\#(tags)]}, "outputs": [], "source": "\#(source)"}"#
  }

  private let parameters: ParameterSet = {
    var set = ParameterSet()
    try? set.set("steps", to: .integer("3"))
    return set
  }()

  private let plain = "a = 1"

  @Test("the values stand behind the cell with the tag parameters, else at the top")
  func place() throws {
    let defaults = cell("p", "steps = 1", tags: #""x", "parameters""#)
    let tagged = try notebook([cell("a", plain), defaults, cell("b", plain)])
    let injected = try tagged.injecting(parameters)
    #expect(injected.cells.map(\.source) == [plain, "steps = 1", parameters.source, plain])
    #expect(injected.cells[2].tags == ["injected-parameters"])
    #expect(injected.cells[2].id?.count == 8)
    let bare = try notebook([cell("a", plain)]).injecting(parameters)
    #expect(bare.cells.map(\.source) == [parameters.source, plain])
    let empty = try notebook([]).injecting(parameters)
    #expect(empty.cells.map(\.source) == [parameters.source])
  }

  @Test("every byte beside the new cell stays")
  func bytes() throws {
    let tagged = try notebook([cell("p", "steps = 1", tags: #""parameters""#), cell("b", plain)])
    let before = String(decoding: tagged.serialized(), as: UTF8.self)
    let after = String(decoding: try tagged.injecting(parameters).serialized(), as: UTF8.self)
    let start = try #require(after.firstRange(of: "\n  {\n   \"cell_type\""))
    let end = try #require(after.firstRange(of: "\n  },"))
    #expect(String(after[..<start.lowerBound]) + after[end.upperBound...] == before)
  }

  @Test("a cell that was injected before is replaced and keeps its id")
  func replacement() throws {
    let old = cell("old", "steps = 2", tags: #""injected-parameters""#)
    let defaults = cell("p", "steps = 1", tags: #""parameters""#)
    let injected = try notebook([defaults, cell("a", plain), old]).injecting(parameters)
    #expect(injected.cells.map(\.source) == ["steps = 1", plain, parameters.source])
    #expect(injected.cells.map(\.id) == ["p", "a", "old"])
    let again = try injected.injecting(parameters)
    #expect(again.serialized() == injected.serialized(), "the same values change nothing")
  }

  @Test("before nbformat 4.5 cells have no ids")
  func ids() throws {
    let injected = try notebook([cell("a", plain)], minor: 4).injecting(parameters)
    #expect(injected.cells[0].id == nil)
  }

  @Test("names that the cell with the tag does not assign are told")
  func unknown() throws {
    var set = parameters
    for name in ["rate", "shape", "size", "kind"] { try set.set(name, to: .none) }
    let defaults = cell(
      "p", #"steps=1\nrate : float = 2\n# shape = 3\n  size = 4\nkind == 5"#,
      tags: #""parameters""#)
    #expect(try notebook([defaults]).unknownNames(of: set) == ["shape", "size", "kind"])
    #expect(try notebook([cell("a", plain)]).unknownNames(of: set) == [])
  }
}

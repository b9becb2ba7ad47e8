import EngineInterface
import Foundation
import Interpreter
import Testing

@Suite("Odd arguments are errors or have values", .serialized)
struct OddArgumentTests {
  /// Values that few functions have in mind.
  static let odd = [
    "None", "0", "-1", "2.5", "1e300", "nan", "-inf", "''", "'text'", "[]", "[1, 2]",
    "[[1], [2, 3]]", "(1,)", "{'a': 1}", "zeros(0)", "zeros((2, 3))", "array([True, False])",
    "param([1, 2])", "(lambda *a: 1)", "range(3)", "int", "...", "1e18", "[None]",
  ]

  /// Functions that wait or that show pages of output.
  static let left: Set<String> = ["input", "print", "display", "help", "clear_output"]

  static let names: [String] = {
    let engine = NablaEngine(version: "test")
    let types: Set<String> = ["function", "gate", "type"]
    return engine.complete("", cursor: 0).matches
      .filter { types.contains($0.type) && !left.contains($0.text) }.map(\.text)
  }()

  @Test func `every built-in function is there to be called`() {
    #expect(OddArgumentTests.names.count > 150)
    #expect(OddArgumentTests.names.contains("softmax"))
  }

  /// What is not caught by `except Exception` ends the cell, or the process.
  @Test(arguments: names)
  func `a function takes them or refuses them`(_ name: String) async throws {
    // Some write files.
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "nabla-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let ran = await Cells(folder: folder).run(
      """
      import numpy as np
      odd = [\(OddArgumentTests.odd.joined(separator: ", "))]
      for a in odd:
          try: \(name)(a)
          except Exception: pass
          for b in odd:
              try: \(name)(a, b)
              except Exception: pass
      """)
    #expect(ran.outcome.error == nil, "\(ran.block)")
  }

  @Test(arguments: [
    "+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<", "<=", "==", "!=", "in", "is",
    "and", "or",
  ])
  func `an operator takes them or refuses them`(_ symbol: String) async {
    let ran = await Cells().run(
      """
      odd = [\(OddArgumentTests.odd.joined(separator: ", "))]
      for a in odd:
          for b in odd:
              try: a \(symbol) b
              except Exception: pass
      """)
    #expect(ran.outcome.error == nil, "\(ran.block)")
  }

  @Test(arguments: [
    "a[b]", "a[b:]", "a[:b]", "a[::b]", "a[b, 0]", "a[..., b]", "a[None, b]", "f'{a:{b}}'",
    "'%d %s' % (a, b)", "'{:.2f} {}'.format(a, b)", "{a: b}", "[*a, *b]", "sorted([a, b])",
    "backward(a, b)", "a(b)", "grad(a, b)", "jacobian(a, b)", "a.shape", "len(a)", "-a", "~a",
    "[q for q in a for r in b]", "a if b else 0",
  ])
  func `an expression takes them or refuses them`(_ expression: String) async {
    let ran = await Cells().run(
      """
      odd = [\(OddArgumentTests.odd.joined(separator: ", "))]
      for a in odd:
          for b in odd:
              try: \(expression)
              except Exception: pass
      """)
    #expect(ran.outcome.error == nil, "\(ran.block)")
  }
}

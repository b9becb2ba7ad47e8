import EngineInterface
import Foundation
import Testing

@Suite("Scripts show what their comments say")
struct ScriptTests {
  @Test(arguments: ScriptFile.all)
  func script(_ script: ScriptFile) async throws {
    let place = try script.workingFolder()
    defer { if place.isCopy { try? FileManager.default.removeItem(at: place.folder) } }
    let session = Cells(folder: place.folder)
    var replacements: [(ScriptFile.Passage, String)] = []
    for (index, cell) in script.cells.enumerated() {
      let place = script.isNotebook ? "\(script.name), cell \(index + 1)" : script.name
      let request = ExecutionRequest(
        code: cell.code, executionCount: script.isNotebook ? index + 1 : nil,
        file: script.isNotebook ? nil : script.url.lastPathComponent,
        showsTables: script.isNotebook)
      let ran = await session.run(request)
      compare(ran.output.stdout, to: cell.lines, place)
      compareErrors(ran, to: cell, place)
      var passages: [(ScriptFile.Passage, String)] = []
      // A script may show what it says nothing about; a cell may not.
      if script.isNotebook || !cell.shown.isEmpty {
        let texts = ran.output.texts
        #expect(
          texts.count == cell.shown.count, "\(place) shows \(texts.joined(separator: "\n"))")
        passages += zip(cell.shown, texts)
      }
      if let block = cell.block { passages.append((block, ran.block)) }
      for (passage, text) in passages {
        let text = text.withoutTrailingBlanks
        if text != passage.text.withoutTrailingBlanks { replacements.append((passage, text)) }
        #expect(text == passage.text.withoutTrailingBlanks, "\(place)")
      }
    }
    if ProcessInfo.processInfo.environment["NABLA_RECORD"] != nil {
      try record(replacements, in: script)
    }
  }

  private func compare(_ stdout: String, to expected: [ScriptFile.Line], _ place: String) {
    var lines = stdout.components(separatedBy: "\n")
    if lines.last?.isEmpty == true { lines.removeLast() }
    for (number, (line, expected)) in zip(lines, expected).enumerated() {
      let place = "\(place), line \(number + 1) of its output"
      switch expected {
      case .text(let text):
        #expect(line.trimmingCharacters(in: .whitespaces) == text, "\(place)")
      case .pattern(let pattern): #expect(matches(line, pattern), "\(place): \(line)")
      case .numbers(let numbers, let decimals):
        let actual = line.numbers
        #expect(actual.count == numbers.count, "\(place): \(line)")
        for (a, b) in zip(actual, numbers) {
          #expect(isNear(a, b, decimals: decimals), "\(place): \(a) is not near \(b)")
        }
      }
    }
    #expect(lines.count == expected.count, "\(place) prints \(lines)")
  }

  private func compareErrors(_ ran: Cells.Ran, to cell: ScriptFile.Cell, _ place: String) {
    let stderr = ran.output.stderr.components(separatedBy: "\n").filter { !$0.isEmpty }
    var rest = stderr[...]
    for text in cell.stderr {
      if let index = rest.firstIndex(where: { $0.contains(text) }) {
        rest = rest[(index + 1)...]
      } else {
        Issue.record("\(place): no line of stderr says \(text): \(stderr)")
      }
    }
    if cell.stderr.isEmpty { #expect(stderr.isEmpty, "\(place)") }
    let ended = ran.outcome.error.map { "\($0.name): \($0.message)" }
    if let error = cell.error {
      #expect(ended?.hasPrefix(error) == true, "\(place) ends with \(ended ?? "no error")")
    } else if cell.block == nil {
      #expect(ended == nil, "\(place)\n\(ran.block)")
    }
  }

  private func isNear(_ a: Double, _ b: Double, decimals: Int?) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    if a.isInfinite || b.isInfinite { return a == b }
    if let decimals { return abs(a - b) <= 0.5000001 * pow(10, -Double(decimals)) }
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-6)
  }

  /// Whether a line has the pieces of a pattern, `*` standing for anything between them.
  private func matches(_ line: String, _ pattern: String) -> Bool {
    let pieces = pattern.components(separatedBy: "*")
    var rest = line[...]
    for (index, piece) in pieces.enumerated() where !piece.isEmpty {
      guard let range = rest.range(of: piece) else { return false }
      if index == 0, range.lowerBound != rest.startIndex { return false }
      rest = rest[range.upperBound...]
    }
    return pieces.last == "" || rest.isEmpty
  }

  /// Writes what was shown in place of what was expected; the run has failed by then.
  private func record(
    _ replacements: [(ScriptFile.Passage, String)], in script: ScriptFile
  ) throws {
    guard !replacements.isEmpty else { return }
    var lines = try String(contentsOf: script.url, encoding: .utf8).components(separatedBy: "\n")
    let sorted = replacements.sorted { $0.0.lines.lowerBound > $1.0.lines.lowerBound }
    for (passage, text) in sorted where passage.text.isEmpty || !passage.lines.isEmpty {
      let comments = text.components(separatedBy: "\n").map { $0.isEmpty ? "#" : "# " + $0 }
      lines.replaceSubrange(passage.lines, with: comments)
    }
    try lines.joined(separator: "\n").write(to: script.url, atomically: true, encoding: .utf8)
  }
}

extension ScriptFile: CustomTestStringConvertible {
  var testDescription: String { name }
}

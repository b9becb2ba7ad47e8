import EngineInterface
import JSON
import Synchronization
import Testing

@testable import Notebook

/// A comparison that is long can be ended, and says so.
@Suite struct ComparisonEndTests {
  private static let lines = String(repeating: "1.0 word\n", count: 1000)
  private static let line = String(repeating: "1.0 word ", count: 60_000)

  private static func bundles(_ value: Double) -> [Output] {
    (0..<1000).map { _ in
      .display(MIMEBundle(data: ["text/plain": .string("value \(value)")]))
    }
  }

  private static func array(_ value: Double) -> [Output] {
    let entries = JSON.array((0..<1000).map { _ in .number(JSON.Number(value)) })
    return [.display(MIMEBundle(data: ["application/json": entries]))]
  }

  private final class Case: Sendable {
    let stored: [Output]
    let now: [Output]
    init(_ stored: [Output], _ now: [Output]) { (self.stored, self.now) = (stored, now) }
  }

  private static let cases = [
    Case(
      [.stream(.stdout, lines)], [.stream(.stdout, lines.replacing("1.0", with: "1.00000000001"))]),
    Case(
      [.stream(.stdout, line)], [.stream(.stdout, line.replacing("1.0", with: "1.00000000001"))]),
    Case(bundles(1), bundles(1 + 1e-9)), Case(array(1), array(1 + 1e-9)),
  ]

  @Test(
    "it is ended between lines, inside a long line, between outputs and entries", arguments: 0..<4)
  func ended(place: Int) {
    let (stored, now) = (Self.cases[place].stored, Self.cases[place].now)
    #expect(OutputComparison.differences(stored: stored, now: now) == [])
    #expect(
      OutputComparison.differences(
        stored: stored, now: now, tolerance: Tolerance(), shouldStop: { true }) == nil)
  }

  @Test("the cell that was being compared has failed, and those behind it count as not run")
  func report() throws {
    let output =
      #"{"output_type": "stream", "name": "stdout", "text": "\#(String(repeating: "2.0\\n", count: 1000))"}"#
    let cell =
      #"{"cell_type": "code", "metadata": {}, "source": "x", "execution_count": 1, "outputs": [\#(output)]}"#
    let text =
      #"{"cells": [\#(cell), \#(cell)], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}"#
    let notebook = try Notebook(parsing: Array(text.utf8))
    func report(_ end: ComparisonEnd?) throws -> FileReport {
      var report = FileReport(path: "a.ipynb")
      report.run.cells = (0..<2).map {
        CellReport(
          index: $0, id: nil, source: "x", status: .passed,
          outputs: [.stream(.stdout, String(repeating: "2.00000000001\n", count: 1000))])
      }
      report.compare(with: notebook, executed: notebook, tolerance: Tolerance()) { end }
      return report
    }
    let span = try #require(TimeSpan("5s"))
    #expect(try report(nil).isWell)
    let late = try report(.time(span))
    #expect(late.run.cells.map(\.status) == [.timedOut, .notRun])
    #expect(
      late.run.failure?.sentence
        == "cell 1 timed out: the run took longer than 5 s, its --deadline")
    let interrupted = try report(.interrupt)
    #expect(interrupted.run.cells.map(\.status) == [.interrupted, .notRun])
    #expect(interrupted.run.isInterrupted && interrupted.differing == 0)
  }
}

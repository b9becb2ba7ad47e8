import EngineInterface
import JSON
import Notebook
import Testing

@Suite struct ReportTests {
  @Test(
    "a time is read with its unit, seconds where there is none",
    arguments: [
      ("90", 90), ("90s", 90), ("1.5m", 90), ("250ms", 0.25), ("1h", 3600), ("0", nil),
      ("-1s", nil),
      ("", nil), ("s", nil), ("1 d", nil), ("nan", nil), ("inf", nil), ("1e12", nil),
    ] as [(String, Double?)])
  func times(text: String, seconds: Double?) {
    #expect(TimeSpan(text)?.seconds == seconds)
  }

  @Test("a time says itself in seconds")
  func timeText() {
    #expect(TimeSpan("2m").map { "\($0)" } == "120 s")
    #expect(TimeSpan("250ms").map { "\($0)" } == "0.25 s")
  }

  private func failed(_ traceback: [String]) -> FileReport {
    FileReport(
      path: "a, b.ipynb",
      run: RunReport(cells: [
        CellReport(
          index: 1, id: "c", source: "f(1)", executionCount: 2, status: .failed, start: 0,
          seconds: 0.5,
          error: ErrorReport(name: "NameError", message: "no", traceback: traceback))
      ]))
  }

  /// A notebook whose first lines of the second cell stand on lines 12 and 13.
  private static let notebook = """
    {
     "cells": [
      {
       "cell_type": "markdown",
       "metadata": {},
       "source": "x"
      },
      {
       "cell_type": "code",
       "metadata": {},
       "source": [
        "def f(a):\\n",
        "    return a + b\\n",
        "f(1)"
       ]
      }
     ],
     "metadata": {}, "nbformat": 4, "nbformat_minor": 4
    }
    """

  @Test(
    "an annotation points at the line of the file that the error names",
    arguments: [
      (["NameError: no", " \u{1B}[2m-->\u{1B}[0m Cell In[2], line 2, in f"], 13),
      (["NameError: no", " --> Cell In[1], line 1", " --> called from Cell In[2], line 3"], 14),
      (["NameError: no"], 12),
    ])
  func annotations(traceback: [String], line: Int) throws {
    var report = failed(traceback)
    report.locate(in: try Notebook(parsing: Array(Self.notebook.utf8)))
    #expect(report.lines == [1: line])
    let text = GitHubAnnotations.lines(report)
    #expect(text.hasPrefix("::error file=a%2C b.ipynb,line=\(line),title=cell 2%3A NameError::"))
    #expect(text.count { $0 == "\n" } == 1)
    #expect(!text.contains("\u{1B}"))
  }

  @Test("a file that could not be used is annotated at its first line")
  func problem() {
    #expect(
      GitHubAnnotations.lines(FileReport(path: "a.ipynb", problem: "100% broken\nhere"))
        == "::error file=a.ipynb,line=1,title=nabla::100%25 broken%0Ahere\n")
    #expect(GitHubAnnotations.lines(FileReport(path: "a.ipynb")) == "")
  }

  @Test("times in reports are UTC with milliseconds, and numbers have all digits")
  func lines() throws {
    let value = 0.1 + 0.2
    let cell = CellReport(
      index: 3, id: nil, source: "x", executionCount: 1, status: .passed, start: 1_700_000_000.25,
      seconds: 0.125,
      outputs: [
        .display(
          MIMEBundle(data: [
            "application/vnd.dataresource+json": ["data": [["v": .number(value)]]]
          ])), .stream(.stdout, "a\n"), .stream(.stdout, "b"),
      ])
    let line = try JSON(parsing: CellLine(path: "a.ipynb", cell: cell).text)
    #expect(line["started"] == "2023-11-14T22:13:20.250Z")
    #expect(line["seconds"]?.double == 0.125)
    #expect(line["stdout"] == "a\nb")
    #expect(line["tables"]?.array?.first?["data"]?.array?.first?["v"]?.double == value)
    #expect(line["error"] == nil && line["differences"] == nil)
  }
}

import Console
import EngineInterface
import Notebook

/// Shows on the terminal how a notebook runs: each cell's code, then what it gives.
final class RunPrinter: RunObserver {
  private let path: String
  private let isQuiet: Bool
  private let output: Terminal
  private let sink: TerminalSink

  init(path: String, isQuiet: Bool, output: Terminal = .output, errors: Terminal = .error) {
    self.path = path
    self.isQuiet = isQuiet
    self.output = output
    sink = TerminalSink(output: output, errors: errors)
  }

  /// Shows the headings of the text between the cells.
  func passes(_ cell: Cell) {
    guard !isQuiet, cell.kind == .markdown else { return }
    var isCode = false
    for line in cell.source.split(separator: "\n") {
      if line.hasPrefix("```") { isCode.toggle() }
      if isCode || !line.hasPrefix("#") { continue }
      output.write(output.styled(String(line), .bold) + "\n\n")
    }
  }

  func begins(_ cell: Cell, executionCount: Int) {
    if isQuiet { return }
    let label = "[\(executionCount)] "
    let margin = String(repeating: " ", count: label.count)
    let lines = cell.source.split(separator: "\n", omittingEmptySubsequences: false)
    let text = lines.enumerated().map { index, line in
      index == 0 ? output.styled(label, .green) + line : line.isEmpty ? "" : margin + line
    }
    output.write(text.joined(separator: "\n") + "\n")
  }

  func shows(_ output: Output) {
    if isQuiet { return }
    switch output {
    case .stream(let stream, let text): sink.write(text, to: stream)
    case .display(let bundle), .result(let bundle, _): sink.display(bundle, id: nil)
    case .error, .other: break
    }
  }

  func updates(_ id: String, to bundle: MIMEBundle) {
    if !isQuiet { sink.updateDisplay(bundle, id: id) }
  }

  func ends(_ cell: Cell, with outcome: ExecutionOutcome) {
    let isExpected = cell.tags.contains("raises-exception")
    if isQuiet, outcome.error == nil || isExpected { return }
    sink.finish(outcome)
    if !isQuiet { output.write("\n") }
  }

  func summarize(_ report: NotebookRunner.Report, of notebook: Notebook, seconds: Double) {
    let hundredths = Int((seconds * 100).rounded())
    let digits = hundredths % 100
    let time = "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits) s"
    if let (cell, error) = report.failure {
      sink.write(
        "nabla: \(path): cell \(cell) failed: \(error.name): \(error.message)\n", to: .stderr)
    } else {
      let count = report.cells == 1 ? "1 cell" : "\(report.cells) cells"
      sink.write("\(path): \(count), all well, \(time)\n", to: .stdout)
    }
  }
}

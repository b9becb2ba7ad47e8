import Console
import EngineInterface
import Notebook

/// Shows on the terminal how a notebook runs: each cell's code, then what it gives.
final class RunPrinter: RunObserver {
  private let isQuiet: Bool
  private let output: Terminal
  private let sink: TerminalSink

  init(isQuiet: Bool, output: Terminal, errors: Terminal = .error) {
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

  func shows(_ output: Output, id: String?) {
    if isQuiet { return }
    switch output {
    case .stream(let stream, let text): sink.write(text, to: stream)
    case .display(let bundle), .result(let bundle, _): sink.display(bundle, id: id)
    case .error, .other: break
    }
  }

  func updates(_ id: String, to bundle: MIMEBundle) {
    if !isQuiet { sink.updateDisplay(bundle, id: id) }
  }

  func progresses(_ id: String, to bundle: MIMEBundle, stage: ProgressStage) {
    if !isQuiet { sink.progress(bundle, id: id, stage: stage) }
  }

  func ends(with outcome: ExecutionOutcome, report: CellReport) {
    if isQuiet, !report.status.isFailure { return }
    sink.finish(outcome)
    if !isQuiet { output.write("\n") }
  }

  /// Shows a run that has ended, as it would have been shown while it went on.
  func show(_ notebook: Notebook, _ report: RunReport) {
    for (index, cell) in notebook.cells.enumerated() {
      guard let entry = report.cells.first(where: { $0.index == index }), entry.status.hasRun else {
        passes(cell)
        continue
      }
      begins(cell, executionCount: entry.executionCount ?? 0)
      for output in entry.outputs { shows(output, id: nil) }
      ends(with: ExecutionOutcome(error: entry.error), report: entry)
    }
  }
}

/// Shows what a script shows, and nothing else.
final class ScriptPrinter: RunObserver {
  private let sink: TerminalSink

  init(sink: TerminalSink) { self.sink = sink }

  func passes(_ cell: Cell) {}
  func begins(_ cell: Cell, executionCount: Int) {}

  func shows(_ output: Output, id: String?) {
    switch output {
    case .stream(let stream, let text): sink.write(text, to: stream)
    case .display(let bundle): sink.display(bundle, id: id)
    case .result(let bundle, _): sink.result(bundle)
    case .error, .other: break
    }
  }

  func updates(_ id: String, to bundle: MIMEBundle) { sink.updateDisplay(bundle, id: id) }

  func progresses(_ id: String, to bundle: MIMEBundle, stage: ProgressStage) {
    sink.progress(bundle, id: id, stage: stage)
  }

  func ends(with outcome: ExecutionOutcome, report: CellReport) { sink.finish(outcome) }
}

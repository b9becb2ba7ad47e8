import Console
import Display
import EngineInterface
import Notebook
import Synchronization

/// What users see of a run: cells of a single file, a line for each of several, a bar on a terminal.
final class RunScreen: Sendable {
  /// Where results go; errors go to stderr.
  let output: Terminal
  private let settings: RunSettings
  private let bar: ProgressBar?
  /// Held while a block of lines is written, so that those of two files do not mix.
  private let writing = Mutex(())

  init(_ settings: RunSettings, output: Terminal) {
    self.settings = settings
    self.output = output
    let isAlone = settings.files.count == 1 && settings.showsCells
    bar = isAlone ? nil : ProgressBar(files: settings.files.count)
  }

  private var isChecking: Bool { if case .check = settings.purpose { true } else { false } }

  /// Whether what the cells give is shown while they run.
  private var isLive: Bool { settings.files.count == 1 && settings.showsCells }

  /// Who watches the run of a notebook.
  func observer(of entry: FileList.Entry, cells: Int) -> (any RunObserver)? {
    if isLive { return RunPrinter(isQuiet: settings.isQuiet, output: output) }
    return bar.map { BarObserver(bar: $0, path: entry.path, cells: cells) }
  }

  /// Who watches the run of a script; `sink` shows what it shows.
  func scriptObserver(of entry: FileList.Entry, sink: TerminalSink) -> (any RunObserver)? {
    if isLive { return ScriptPrinter(sink: sink) }
    return bar.map { BarObserver(bar: $0, path: entry.path, cells: 1) }
  }

  /// Shows the cells of one of several notebooks.
  func show(_ notebook: Notebook, _ report: FileReport, path: String) {
    block {
      head(path)
      RunPrinter(isQuiet: settings.isQuiet, output: output).show(notebook, report.run)
    }
  }

  /// Shows what one of several scripts has shown.
  func show(_ report: FileReport, showsTables: Bool) {
    if settings.isQuiet { return }
    block {
      let printer = ScriptPrinter(sink: TerminalSink(output: output, showsResults: showsTables))
      for cell in report.run.cells where !cell.outputs.isEmpty {
        head(report.path)
        for output in cell.outputs { printer.shows(output, id: nil) }
        printer.ends(with: ExecutionOutcome(), report: cell)
      }
    }
  }

  private func head(_ path: String) {
    if !settings.isQuiet { output.write(output.styled("==> \(path) <==", .bold) + "\n") }
  }

  func warn(_ text: String) { block { Terminal.error.write("nabla: \(text)\n") } }

  /// Shows how a file fared.
  func finish(_ report: FileReport) {
    bar?.finish(report.path)
    block {
      if let problem = report.problem {
        // Most causes begin with the path already.
        Terminal.error.write("nabla: \(problem)\n")
      }
      showFailures(report)
      let isScript = Self.isScript(report)
      guard report.problem == nil, report.run.failure == nil, !report.run.cells.isEmpty || !isScript
      else { return }
      if report.differing > 0 { return showDifferences(report) }
      // A script that runs alone shows what it shows.
      if isScript, settings.files.count == 1 { return }
      if settings.isQuiet, settings.files.count > 1 { return }
      output.write("\(report.path): \(verdict(report)), \(Self.time(report.seconds))\n")
    }
  }

  private func showFailures(_ report: FileReport) {
    let isScript = Self.isScript(report)
    for cell in report.run.cells where cell.status.isFailure {
      let wasShown = isLive || (settings.showsCells && !isScript)
      if !wasShown, let error = cell.error {
        let block = error.traceback.joined(separator: "\n")
        Terminal.error.write(Terminal.error.fitted(block) + "\n")
      }
      // A script that runs alone ends like any program, with its error. Of several runs each is told.
      if isScript, settings.files.count == 1, report.attempts == 1 { continue }
      Terminal.error.write("nabla: \(report.path): \(cell.sentence)\n")
    }
  }

  private static func isScript(_ report: FileReport) -> Bool {
    report.path == "-" || report.path.hasSuffix(".nabla")
  }

  private func verdict(_ report: FileReport) -> String {
    let cells = Self.count(report.run.ran, "code cell")
    if report.accepted > 0 { return "\(cells), \(report.accepted) accepted" }
    return isChecking ? "\(cells), as stored" : "\(cells), all well"
  }

  private func showDifferences(_ report: FileReport) {
    let differences = report.differences ?? [:]
    let table = DifferenceTable(
      differences.sorted { $0.key < $1.key }.flatMap { index, differences in
        differences.map { (cell: "\(index + 1)", difference: $0) }
      })
    output.write(table.text(output.page) + "\n")
    Terminal.error.write(
      "nabla: \(report.path): \(report.differing) of \(Self.count(report.run.ran, "code cell")) "
        + "\(report.differing == 1 ? "differs" : "differ") from the stored outputs\n")
  }

  /// Shows what became of all files, where there are several, and of a single notebook that failed
  /// or differs: one that is well has said so.
  func summarize(_ reports: [FileReport], reason: String?, seconds: Double) {
    bar?.close()
    if let reason {
      let count = Self.count(reports.count { $0.notRun != nil }, "file")
      Terminal.error.write("nabla: \(reason); \(count) not run\n")
    }
    let needsSum = reports.contains { report in
      !report.isWell && !report.run.cells.isEmpty && !Self.isScript(report)
    }
    guard reports.count > 1 || needsSum else { return }
    let cells = reports.flatMap(\.run.cells)
    func count(_ statuses: CellStatus...) -> Int { cells.count { statuses.contains($0.status) } }
    let differing = reports.reduce(0) { $0 + $1.differing }
    let accepted = reports.reduce(0) { $0 + $1.accepted }
    let passed = count(.passed, .allowedError) - differing - accepted
    let parts = [
      (passed, isChecking ? "as stored" : "passed"), (count(.failed, .died), "failed"),
      (count(.timedOut), "timed out"), (count(.interrupted), "interrupted"),
      (differing, "different"), (accepted, "accepted"),
      (count(.skipped), "skipped"), (count(.notRun), "not run"),
      (reports.count { $0.problem != nil }, "not usable"),
    ].filter { $0.0 > 0 }.map { "\($0) \($1)" }
    output.write(
      "\(Self.count(reports.count, "file")), \(Self.count(cells.count, "code cell")): "
        + (parts + [Self.time(seconds)]).joined(separator: ", ") + "\n")
  }

  /// Takes the bar from the terminal.
  func close() { bar?.close() }

  private func block(_ body: () -> Void) {
    writing.withLock { _ in
      bar?.hide()
      body()
      bar?.draw()
    }
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func time(_ seconds: Double) -> String {
    let hundredths = Int((seconds * 100).rounded())
    let digits = hundredths % 100
    return "\(hundredths / 100).\(digits < 10 ? "0" : "")\(digits) s"
  }
}

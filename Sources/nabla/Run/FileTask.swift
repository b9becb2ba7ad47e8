import Console
import EngineInterface
import Files
import Notebook

/// One file of a run: read, run as often as its retries allow, written or compared.
struct FileTask {
  private let entry: FileList.Entry
  private let call: RunCall
  private let settings: RunSettings

  init(_ entry: FileList.Entry, call: RunCall) {
    self.entry = entry
    self.call = call
    settings = call.settings
  }

  /// Nil where the whole run was interrupted before this file began.
  func run() -> FileReport? {
    let stopwatch = Stopwatch()
    var report: FileReport
    do throws(CommandFailure) {
      if let problem = entry.problem { throw CommandFailure(description: problem) }
      guard entry.isNotebook || entry.isScript else {
        throw CommandFailure(
          description: "\(entry.path): a notebook ends in .ipynb, a script in .nabla")
      }
      guard let ran = try entry.isNotebook ? runNotebook() : runScript() else { return nil }
      report = ran
    } catch {
      report = FileReport(path: entry.path, problem: error.description)
    }
    report.seconds = stopwatch.seconds
    return report
  }

  private func read() throws(CommandFailure) -> [UInt8] {
    do {
      return try DiskFile(entry.path).readRegular()
    } catch {
      throw CommandFailure(description: error.description)
    }
  }

  private func failure(_ error: some Error, hint: String = "") -> CommandFailure {
    CommandFailure(description: "\(entry.path): \(error)\(hint)")
  }

  // MARK: Notebooks

  private func runNotebook() throws(CommandFailure) -> FileReport? {
    let notebook = try notebook()
    var target: DiskFile?
    if case .run(let destination) = settings.purpose {
      target = try destination.target(of: entry)
    }
    var executed = notebook
    let ran = try attempt { host in
      executed = notebook
      let observer = call.screen.observer(of: entry, cells: notebook.codeCells)
      let runner = NotebookRunner(
        host: host, observer: observer, policy: notebook.policy(settings.policy))
      return runner.run(&executed)
    }
    guard var report = ran else { return nil }
    switch settings.purpose {
    case .check(let tolerance, let update):
      target = try compare(&report, &executed, with: notebook, tolerance, update: update)
    case .run: break
    }
    report.locate(in: notebook)
    write(report)
    if settings.showsCells, settings.files.count > 1 {
      call.screen.show(executed, report, path: entry.path)
    }
    if let target {
      do throws(DiskFile.Failure) {
        try target.replace(with: executed.serialized())
      } catch {
        report.problem = error.description
      }
    }
    return report
  }

  /// Reads the notebook and gives it its parameters.
  private func notebook() throws(CommandFailure) -> Notebook {
    let bytes = try read()
    let notebook: Notebook
    do throws(NotebookError) {
      notebook = try Notebook(parsing: bytes)
    } catch {
      throw failure(error)
    }
    do throws(NotebookError) {
      if !settings.takesAnyLanguage { try notebook.checkLanguage(nablaLanguage) }
    } catch {
      throw failure(error, hint: " (--any-language runs it)")
    }
    if settings.parameters.isEmpty { return notebook }
    for name in notebook.unknownNames(of: settings.parameters) {
      call.screen.warn("\(entry.path): the cell with the tag parameters does not assign \(name)")
    }
    do throws(NotebookError) {
      return try notebook.injecting(settings.parameters)
    } catch {
      throw failure(error)
    }
  }

  /// Finds what differs; gives the file to be written where outputs that differ are to be stored.
  private func compare(
    _ report: inout FileReport, _ executed: inout Notebook, with notebook: Notebook,
    _ tolerance: Tolerance, update: Bool
  ) throws(CommandFailure) -> DiskFile? {
    report.compare(with: notebook, executed: executed, tolerance: tolerance) { call.comparisonEnd }
    guard update, report.differing > 0, report.run.failure == nil else { return nil }
    let target = try RunDestination.inPlace.target(of: entry)
    for index in executed.cells.indices where report.differences?[index] == nil {
      executed.cells[index].keepStored()
    }
    report.accepted = report.differing
    report.differences = [:]
    return target
  }

  // MARK: Scripts

  private func runScript() throws(CommandFailure) -> FileReport? {
    let isInput = entry == .input
    let script: Script
    do {
      let bytes = try isInput ? DiskFile.readInput() : read()
      script = try Script(path: isInput ? "<stdin>" : entry.path, bytes: bytes)
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw failure(error)
    }
    let sink = TerminalSink(
      output: call.screen.output, reader: isInput ? nil : LineReader(),
      showsResults: settings.showsTables)
    let ran = try attempt { host in
      script.run(
        on: host, observer: call.screen.scriptObserver(of: entry, sink: sink),
        asking: settings.usesProcesses ? nil : sink, showsTables: settings.showsTables)
    }
    guard var report = ran else { return nil }
    report.locateInScript()
    write(report)
    if settings.files.count > 1 { call.screen.show(report, showsTables: settings.showsTables) }
    return report
  }

  // MARK: Attempts

  /// Runs the file until it is well or its retries are used up; nil where it may not even begin.
  private func attempt(
    _ body: (any CellHost) -> RunReport
  ) throws(CommandFailure) -> FileReport? {
    var report = FileReport(path: entry.path)
    while true {
      let host = try makeHost()
      guard call.add(host) else {
        if let host = host as? WorkerHost { call.end(host.process) }
        return report.attempts == 1 ? nil : report
      }
      let folder = settings.usesProcesses || !entry.isNotebook ? nil : DiskFile(entry.path).folder
      let place = folder.map { WorkingFolder(enter: $0) }
      report.run = body(host)
      place?.leave()
      call.remove(host)
      if let host = host as? WorkerHost { call.end(host.process) }
      let isOver = call.isInterrupted || call.end.map { $0 <= .now } ?? false
      guard let failure = report.run.failure, report.attempts <= settings.retries, !isOver else {
        return report
      }
      write(report)
      call.screen.warn(
        "\(entry.path): \(failure.sentence); run \(report.attempts + 1) of \(settings.retries + 1) begins"
      )
      report.attempts += 1
    }
  }

  private func makeHost() throws(CommandFailure) -> any CellHost {
    guard settings.usesProcesses else {
      return EngineHost(
        try settings.engineOptions.makeEngine(boundsOutput: entry.isNotebook))
    }
    let limits = WorkerHost.Limits(
      cell: settings.timeout,
      run: settings.deadline.flatMap { span in call.end.map { (span, $0) } })
    do throws(SystemFailure) {
      return try WorkerHost(
        try call.process(for: entry),
        folder: entry.isNotebook ? WorkingFolder.fullPath(of: DiskFile(entry.path).folder) : nil,
        limits: limits)
    } catch {
      throw CommandFailure(description: "\(entry.path): no process could be started: \(error)")
    }
  }

  private func write(_ report: FileReport) {
    for cell in report.run.cells {
      call.write(
        CellLine(
          path: entry.path, cell: cell, attempt: report.attempts,
          differences: report.differences.map { $0[cell.index] ?? [] }))
    }
  }
}

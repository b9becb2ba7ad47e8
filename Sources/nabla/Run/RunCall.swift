import Console
import Files
import Notebook
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// One call of `nabla run` or `nabla check`: all files, some at a time.
final class RunCall: Sendable {
  private struct State {
    /// The hosts of the files that run now.
    var hosts: [ObjectIdentifier: any CellHost] = [:]
    /// The signal that asked to end the run; nil while none has.
    var signal: Int32?
    var isInterrupted: Bool { signal != nil }
    /// Files begun, in the order of the list.
    var begun = 0
    var reports: [Int: FileReport] = [:]
    /// The highest exit code so far.
    var code: Int32 = 0
  }

  let settings: RunSettings
  let screen: RunScreen
  /// When the whole run must be over.
  let end: ContinuousClock.Instant?
  private let reports: RunReports
  private let pool: WorkerPool
  private let state = Mutex(State())
  private let stopwatch = Stopwatch()

  private init(_ settings: RunSettings, reports: RunReports) {
    self.settings = settings
    self.reports = reports
    screen = RunScreen(settings, output: reports.takesOutput ? .error : .output)
    end = settings.deadline.map { .now + $0.duration }
    pool = WorkerPool(arguments: Self.worker(isScript: false, settings))
  }

  /// Runs all and returns the exit code; Ctrl-C and the signals that end a program are watched
  /// meanwhile.
  static func start(_ settings: RunSettings, reports options: ReportOptions) throws -> Int32 {
    let call = RunCall(settings, reports: try RunReports(options, settings: settings))
    Interrupts.watch([SIGINT, SIGTERM, SIGHUP]) { call.interrupt($0) }
    return LargeStack.run { call.all() }
  }

  /// Asks the running cells to stop; the second call ends the process.
  private func interrupt(_ signal: Int32) {
    let (hosts, isSecond) = state.withLock { state in
      defer { state.signal = state.signal ?? signal }
      return (Array(state.hosts.values), state.isInterrupted)
    }
    if isSecond {
      screen.close()
      _exit(128 + signal)
    }
    for host in hosts { host.interrupt() }
  }

  private func all() -> Int32 {
    if settings.jobs > 1 {
      // Each thread starts files until none is left; this one waits for the others.
      let threads = (1..<settings.jobs).compactMap { _ in
        LargeStack.start(size: 16 << 20) { self.work() }
      }
      work()
      for thread in threads { pthread_join(thread, nil) }
    } else {
      work()
    }
    return finish()
  }

  /// Runs files one after the other until none is left to begin.
  private func work() {
    while let index = next() {
      let entry = settings.files[index]
      guard let report = FileTask(entry, call: self).run() else { continue }
      screen.finish(report)
      reports.add(report)
      let code = Self.code(of: report)
      state.withLock { state in
        state.reports[index] = report
        state.code = max(state.code, code)
      }
    }
  }

  private func next() -> Int? {
    state.withLock { state in
      guard state.begun < settings.files.count, !state.isInterrupted,
        !(settings.stopsAfterError && state.code > 0), end.map({ .now < $0 }) ?? true
      else { return nil }
      state.begun += 1
      return state.begun - 1
    }
  }

  /// Makes an interrupt reach a host until ``remove(_:)``; false where all has been interrupted.
  func add(_ host: any CellHost) -> Bool {
    state.withLock { state in
      if state.isInterrupted { return false }
      state.hosts[ObjectIdentifier(host)] = host
      return true
    }
  }

  /// A process for a file; one for the next notebook is started ahead.
  func process(for entry: FileList.Entry) throws(SystemFailure) -> WorkerProcess {
    guard entry.isNotebook else {
      return try WorkerProcess(arguments: Self.worker(isScript: true, settings))
    }
    let begun = state.withLock { $0.begun }
    return try pool.take(isFollowed: settings.files.dropFirst(begun).contains(where: \.isNotebook))
  }

  func end(_ process: WorkerProcess) { pool.end(process) }

  private static func worker(isScript: Bool, _ settings: RunSettings) -> [String] {
    ["nabla", "worker"] + (isScript ? ["--script"] : []) + settings.engineOptions.arguments
  }

  func remove(_ host: any CellHost) {
    state.withLock { $0.hosts[ObjectIdentifier(host)] = nil }
  }

  /// Why no comparison is to go on now; nil where it may.
  var comparisonEnd: ComparisonEnd? {
    if isInterrupted { return .interrupt }
    guard let end, end <= .now, let deadline = settings.deadline else { return nil }
    return .time(deadline)
  }

  var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

  func write(_ line: CellLine) { reports.add(line) }

  private static func code(of report: FileReport) -> Int32 {
    if report.run.isInterrupted { return 130 }
    if report.run.count(.timedOut) > 0 { return 3 }
    if report.problem != nil { return 2 }
    return report.isWell ? 0 : 1
  }

  /// Ends the reports and shows the summary; returns the exit code.
  private func finish() -> Int32 {
    pool.close()
    var (files, code, signal) = state.withLock { state in
      (state.reports, state.code, state.signal)
    }
    var reason: String?
    if files.count < settings.files.count {
      if signal != nil {
        code = 130
        reason = "the run was interrupted"
      } else if let end, end <= .now, let deadline = settings.deadline {
        code = max(code, 3)
        reason = "the run took longer than \(deadline), its --deadline"
      } else {
        reason = "another file failed"
      }
    }
    let all = settings.files.indices.map { index in
      files[index] ?? FileReport(path: settings.files[index].path, notRun: reason)
    }
    screen.summarize(all, reason: reason, seconds: stopwatch.seconds)
    do throws(DiskFile.Failure) {
      try reports.finish(all)
    } catch {
      Terminal.error.write("nabla: \(error)\n")
      code = max(code, 2)
    }
    // A cell says only that it was interrupted, and not by which signal.
    if code == 130, let signal { code = 128 + signal }
    return code
  }
}

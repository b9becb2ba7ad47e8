import Dispatch
import Synchronization

/// The lines of this session and of those before it, shared with sessions that run at the same
/// time.
///
/// Lines are taken in memory and written by a thread of the history's own, many in a transaction:
/// who appends never waits for a disk. What is asked for has all lines that were appended before.
/// The thread starts, and the file is opened, when the first line comes or something is asked for;
/// with nothing to do it sleeps without a timer. No fault reaches the caller: each is reported in
/// one line, and the session goes on with a new file, or in memory.
public final class History: Sendable {
  typealias Record = HistoryStore.Record

  /// What the thread does.
  private enum Phase {
    case notStarted
    /// Waits for a signal.
    case asleep
    /// Lets lines pile up for a moment; only a job or the end ends this sooner.
    case gathering
    case working
  }

  private struct State {
    var records: [Record] = []
    var bytes = 0
    var recent = RecentLines()
    var jobs: [@Sendable () -> Void] = []
    var phase = Phase.notStarted
    var isClosed = false
    /// Whether a line was refused that found no room, since there last was room.
    var isOverrun = false
  }

  private let state = Mutex(State())
  let store: Mutex<HistoryStore>
  private let startThread: ThreadStart
  private let report: @Sendable (String) -> Void
  private let signal = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// How long lines may wait for more lines, so that quick cells are written together, and the file
  /// is not opened while the first of them are being answered.
  static let pause = DispatchTimeInterval.milliseconds(50)
  /// A longer line is not kept, nor a longer result; in bytes.
  public static let maximumText = 1 << 20
  /// How much may wait to be written, in bytes and in number.
  static let maximumBytes = 16 << 20
  static let maximumRecords = 20_000

  /// Runs something on a new thread.
  public typealias ThreadStart = @Sendable (_ body: @escaping @Sendable () -> Void) throws -> Void

  /// - Parameters:
  ///   - startThread: starts the history's thread, at the first line or question.
  ///   - report: takes one line for each fault, on any thread.
  public init(
    _ place: HistoryPlace, onThread startThread: @escaping ThreadStart,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.startThread = startThread
    self.report = report
    store = Mutex(HistoryStore(place, report: report))
  }

  // MARK: Lines

  /// Takes a line that is about to run; its number must be new in this session.
  public func append(_ source: String, line: Int) {
    append(.line(line, source: source))
  }

  /// Takes the result of a line, as plain text.
  public func setOutput(_ output: String, ofLine line: Int) {
    append(.output(output, line: line))
  }

  private func append(_ record: Record) {
    guard record.count <= Self.maximumText else {
      if case .line = record {
        report("a line of \(record.count) bytes is not kept; the limit is \(Self.maximumText)")
      }
      return
    }
    let isFirstRefused = state.withLock { state -> Bool in
      guard !state.isClosed else { return false }
      guard state.bytes + record.count <= Self.maximumBytes,
        state.records.count < Self.maximumRecords
      else {
        defer { state.isOverrun = true }
        return !state.isOverrun
      }
      state.records.append(record)
      state.bytes += record.count
      state.recent.append(record)
      wake(&state, from: [.asleep])
      return false
    }
    if isFirstRefused { report("lines come faster than they are written; some are not kept") }
  }

  /// Writes what waits.
  private func write(_ store: inout HistoryStore) {
    let records = state.withLock { state in
      defer {
        state.records = []
        state.bytes = 0
        state.isOverrun = false
      }
      return state.records
    }
    store.write(records)
    let session = store.session
    state.withLock { $0.recent.session = session }
  }

  // MARK: Queries

  /// What ``entries(_:outputs:)`` gives, where that needs no file; it is then given at once.
  public func recentEntries(_ query: HistoryQuery, outputs: Bool = false) -> [HistoryEntry]? {
    state.withLock { $0.recent.entries(query, outputs: outputs) }
  }

  /// The lines that a query finds, oldest first, with their results where these are wanted.
  ///
  /// Works on the caller's thread, and waits for the file; see ``perform(_:)``.
  public func entries(_ query: HistoryQuery, outputs: Bool = false) -> [HistoryEntry] {
    if let recent = recentEntries(query, outputs: outputs) { return recent }
    return store.withLock { store in
      write(&store)
      return store.find(query, outputs: outputs)
    }
  }

  /// Does something on the history's thread; false when the history is closed.
  public func perform(_ job: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      guard !state.isClosed else { return false }
      state.jobs.append(job)
      wake(&state, from: [.asleep, .gathering])
      return !state.isClosed
    }
  }

  // MARK: The thread

  private func wake(_ state: inout State, from phases: [Phase]) {
    if state.phase == .notStarted {
      state.phase = .working
      do {
        try startThread { [self] in run() }
      } catch {
        state.isClosed = true
        report("nothing is kept: \(error)")
      }
    } else if phases.contains(state.phase) {
      state.phase = .working
      signal.signal()
    }
  }

  private func run() {
    while true {
      let (job, isEnding) = next()
      store.withLock { write(&$0) }
      job?()
      if isEnding { break }
    }
    store.withLock { $0.endSession() }
    ended.signal()
  }

  /// Waits until there is something to do: lines to write, a job, or the end.
  private func next() -> (job: (@Sendable () -> Void)?, isEnding: Bool) {
    var hasGathered = false
    while true {
      let pause: DispatchTime? = state.withLock { state in
        if !state.jobs.isEmpty || state.isClosed || (hasGathered && !state.records.isEmpty) {
          state.phase = .working
          return nil
        }
        state.phase = state.records.isEmpty ? .asleep : .gathering
        return state.records.isEmpty ? .distantFuture : .now() + Self.pause
      }
      guard let pause else { break }
      hasGathered = signal.wait(timeout: pause) == .timedOut
    }
    return state.withLock { state in
      let job = state.jobs.isEmpty ? nil : state.jobs.removeFirst()
      return (job, state.isClosed && state.jobs.isEmpty)
    }
  }

  /// Takes no more lines, and waits until those that were taken are written, but not longer than
  /// so many milliseconds.
  ///
  /// The file is closed when the history goes out of use.
  public func close(within milliseconds: Int) {
    let isRunning = state.withLock { state in
      guard !state.isClosed else { return false }
      state.isClosed = true
      guard state.phase != .notStarted else { return false }
      wake(&state, from: [.asleep, .gathering])
      return true
    }
    guard isRunning else { return }
    if ended.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut {
      report("the last lines were not written in \(milliseconds) ms")
    }
  }
}

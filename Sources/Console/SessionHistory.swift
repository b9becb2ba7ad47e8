import Dispatch
import History
import Synchronization

/// The lines that can be called back: those of earlier sessions and of this one.
///
/// The file is opened by a thread of the history's own while the first prompt stands already.
final class SessionHistory: Sendable {
  private struct State {
    /// The lines of earlier sessions, oldest first; nil until they are there.
    var earlier: [String]?
    var own: [String] = []
  }

  /// What is to be told to the user.
  private final class Reports: Sendable {
    let lines = Mutex<[String]>([])
  }

  private struct NoThread: Error, CustomStringConvertible {
    var description: String { "the system has no room for a thread" }
  }

  private let history: History
  private let state = Mutex(State())
  private let reports: Reports
  private let arrival = DispatchSemaphore(value: 0)

  /// How many lines of earlier sessions are at hand.
  private static let limit = 5000
  /// How long the end of the session waits for the disk, in milliseconds.
  private static let patience = 2000

  /// - Parameter news: called on any thread when ``takeReports()`` has something.
  init(_ place: HistoryPlace, news: @escaping @Sendable () -> Void) {
    let reports = Reports()
    self.reports = reports
    history = History(place) { body in
      guard LargeStack.start(size: 1 << 20, body) != nil else { throw NoThread() }
    } report: { line in
      reports.lines.withLock { $0.append("history: \(line)") }
      news()
    }
  }

  /// Begins to read the lines of earlier sessions.
  func load() {
    let isUnderWay = history.perform { [self] in
      var lines: [String] = []
      for entry in history.entries(.written(Self.limit)) where entry.source != lines.last {
        lines.append(entry.source)
      }
      state.withLock { $0.earlier = lines }
      arrival.signal()
    }
    if !isUnderWay { state.withLock { $0.earlier = [] } }
  }

  /// All lines, oldest first; waits a moment where those of earlier sessions are not yet there.
  var lines: [String] {
    if state.withLock({ $0.earlier == nil }) {
      _ = arrival.wait(timeout: .now() + .milliseconds(Self.patience))
    }
    return state.withLock { ($0.earlier ?? []) + $0.own }
  }

  /// Takes what is about to run.
  func append(_ source: String, line: Int) {
    state.withLock { state in
      if source != state.own.last ?? state.earlier?.last { state.own.append(source) }
    }
    history.append(source, line: line)
  }

  /// Takes the result of a line, as plain text.
  func setOutput(_ output: String, ofLine line: Int) { history.setOutput(output, ofLine: line) }

  /// What went wrong since this was asked last, a line each.
  func takeReports() -> [String] {
    reports.lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }

  /// Waits until all lines are written.
  func close() { history.close(within: Self.patience) }
}

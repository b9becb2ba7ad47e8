import JupyterProtocol
import Logging
import Synchronization

/// A log for what may come in floods: the first few of a kind are told, then their number.
///
/// A flood that goes on, as of a client that tries again for ever, is told ever more seldom.
final class FoldedLog: Sendable {
  private struct Kind {
    var level: Logger.Level
    /// When the first line of this burst was written.
    var start: Int64
    /// How long this burst lasts.
    var length = FoldedLog.burst
    /// So many lines of it are written.
    var limit = FoldedLog.lines
    var told = 0
    var folded = 0
    /// Whether the number of the lines that were left out was told.
    var isSummarised = false

    /// The burst that begins now, after this one is over: right behind a flood it is told in one
    /// line, and lasts longer.
    func next(_ now: Int64) -> Kind {
      var next = Kind(level: level, start: now)
      guard folded > 0, now - start < 2 * length else { return next }
      next.length = min(2 * length, FoldedLog.longestBurst)
      next.limit = 1
      return next
    }
  }

  private let logger: Logger
  private let clock: @Sendable () -> Int64
  private let kinds = Mutex<[String: Kind]>([:])

  /// So many lines of a kind are written in a burst.
  static let lines = 5
  /// How long a first burst lasts, in nanoseconds; then the rest is told by its number.
  static let burst: Int64 = 2_000_000_000
  /// How long a burst of a flood that does not end lasts.
  static let longestBurst: Int64 = 64_000_000_000

  /// `clock` gives the time in nanoseconds.
  init(_ logger: Logger, clock: @escaping @Sendable () -> Int64 = { Timestamp.now().nanoseconds }) {
    self.logger = logger
    self.clock = clock
  }

  /// Logs a line of a kind, or counts it.
  func log(_ level: Logger.Level, _ kind: String, _ reason: @autoclosure () -> String) {
    guard logger.logLevel <= level else { return }
    let now = clock()
    let (isTold, rest) = kinds.withLock { kinds -> (Bool, Int) in
      var entry = kinds[kind] ?? Kind(level: level, start: now)
      var rest = 0
      if now - entry.start > entry.length || now < entry.start {
        rest = entry.isSummarised ? 0 : entry.folded
        entry = entry.next(now)
      }
      if entry.told < entry.limit { entry.told += 1 } else { entry.folded += 1 }
      kinds[kind] = entry
      return (entry.folded == 0, rest)
    }
    if rest > 0 { logger.log(level: level, "\(Self.summary(kind, rest))") }
    if isTold { logger.log(level: level, "\(kind): \(reason())") }
  }

  /// Tells the numbers of bursts that are over; gives how many milliseconds the next one has left.
  func summarise() -> Int? {
    let now = clock()
    let (due, left) = kinds.withLock { kinds -> ([(String, Kind)], Int64?) in
      guard !kinds.isEmpty else { return ([], nil) }
      var due: [(String, Kind)] = []
      var left: Int64?
      for (name, kind) in kinds {
        let rest = kind.start + kind.length - now
        if rest <= 0 || rest > kind.length {
          if kind.folded > 0, !kind.isSummarised { due.append((name, kind)) }
          kinds[name]?.isSummarised = true
          // What comes soon belongs to the flood still.
          if kind.folded == 0 || rest <= -kind.length || rest > kind.length { kinds[name] = nil }
        } else if kind.folded > 0 {
          left = min(left ?? rest, rest)
        }
      }
      return (due, left)
    }
    for (name, kind) in due { logger.log(level: kind.level, "\(Self.summary(name, kind.folded))") }
    return left.map { Int($0 / 1_000_000) + 1 }
  }

  private static func summary(_ kind: String, _ count: Int) -> String {
    "\(kind): … and \(grouped(count)) more"
  }

  /// A number with commas between thousands.
  private static func grouped(_ count: Int) -> String {
    var text = ""
    for (index, digit) in String(count).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}

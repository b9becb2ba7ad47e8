import JupyterProtocol
import Logging
import Synchronization

/// A log for what may come in floods: the first few of a kind are told, then their number.
final class FoldedLog: Sendable {
  private struct Kind {
    var level: Logger.Level
    /// When the first line of this burst was written.
    var start: Int64
    var told = 0
    var folded = 0
  }

  private let logger: Logger
  private let kinds = Mutex<[String: Kind]>([:])

  /// So many lines of a kind are written in a burst.
  static let lines = 5
  /// How long a burst lasts; then the rest is told by its number.
  static let burst: Int64 = 2_000_000_000

  init(_ logger: Logger) { self.logger = logger }

  /// Logs a line of a kind, or counts it.
  func log(_ level: Logger.Level, _ kind: String, _ reason: @autoclosure () -> String) {
    guard logger.logLevel <= level else { return }
    let now = Timestamp.now().nanoseconds
    let (isTold, rest) = kinds.withLock { kinds -> (Bool, Int) in
      var entry = kinds[kind] ?? Kind(level: level, start: now)
      var rest = 0
      if now - entry.start > Self.burst || now < entry.start {
        rest = entry.folded
        entry = Kind(level: level, start: now)
      }
      if entry.told < Self.lines { entry.told += 1 } else { entry.folded += 1 }
      kinds[kind] = entry
      return (entry.folded == 0, rest)
    }
    if rest > 0 { logger.log(level: level, "\(Self.summary(kind, rest))") }
    if isTold { logger.log(level: level, "\(kind): \(reason())") }
  }

  /// Tells the numbers of bursts that are over; gives how many milliseconds the next one has left.
  func summarise() -> Int? {
    let now = Timestamp.now().nanoseconds
    let (due, left) = kinds.withLock { kinds -> ([(String, Kind)], Int64?) in
      guard !kinds.isEmpty else { return ([], nil) }
      var due: [(String, Kind)] = []
      var left: Int64?
      for (name, kind) in kinds {
        let rest = kind.start + Self.burst - now
        if rest <= 0 || rest > Self.burst {
          kinds[name] = nil
          if kind.folded > 0 { due.append((name, kind)) }
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

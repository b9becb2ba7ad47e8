import CSQLite
import Files

#if canImport(Glibc)
  import Glibc
#endif

/// What is found where the history is kept; nothing is changed or left there.
public enum HistoryExamination: Sendable, Equatable {
  case memory
  /// No file yet; `problem` tells why none can be made.
  case absent(path: String, problem: String?)
  case well(path: String, cells: Int)
  /// The next kernel sets such a file aside and begins a new one.
  case damaged(path: String, reason: String)
  case unusable(path: String, reason: String)

  /// The version of this machine's SQLite.
  public static var libraryVersion: String { String(cString: sqlite3_libversion()) }

  /// Looks at every page of the file.
  public init(of place: HistoryPlace) {
    guard case .file(let name) = place else {
      self = .memory
      return
    }
    let path = DiskFile(name).resolved
    guard DiskFile(path).exists else {
      self = .absent(path: path, problem: DiskFile(path).obstacle)
      return
    }
    guard access(path, R_OK | W_OK) == 0 else {
      self = .unusable(path: path, reason: String(cString: strerror(errno)))
      return
    }
    do throws(HistoryFault) {
      let database = try Database(path)
      guard try database.text("PRAGMA quick_check(1)") == "ok" else {
        throw .damaged("its content is damaged")
      }
      // A file that another process is just making has no tables yet.
      let hasTable = "SELECT count(*) FROM sqlite_master WHERE name = 'history'"
      let cells =
        try database.number(hasTable) == 0 ? 0 : database.number("SELECT count(*) FROM history")
      self = .well(path: path, cells: cells ?? 0)
    } catch {
      self =
        error.isDamage
        ? .damaged(path: path, reason: error.reason)
        : .unusable(path: path, reason: error.reason)
    }
  }
}

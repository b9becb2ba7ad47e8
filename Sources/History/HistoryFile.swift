import Files

#if canImport(Glibc)
  import Glibc
#endif

/// The history's file: makes it, opens it, and puts another in its place where it is broken.
///
/// All of this is done by one process at a time, by a lock on the folder. Else two kernels that
/// meet the same broken file could each set it aside, the second one the good file of the first.
struct HistoryFile {
  private let path: String

  /// A link is followed here: what stands beside the file stands beside what it leads to.
  init(_ path: String) { self.path = DiskFile(path).resolved }

  /// How long others may take to open it, one after the other, in milliseconds.
  static let patience = 10_000

  /// A file with the right tables, and where a broken one went that was in its place.
  struct Opened {
    var database: Database
    var aside: (path: String, reason: String)?
  }

  /// Opens the file, or a new one.
  ///
  /// - Parameter isSuspect: whether it failed before, so that each page of it is looked at.
  func open(
    isSuspect: Bool = false, patience: Int = Self.patience
  ) throws(HistoryFault) -> Opened {
    let file = DiskFile(path)
    do throws(DiskFile.Failure) {
      try DiskFile.makeFolder(file.folder, mode: 0o700)
    } catch {
      throw .unusable("cannot make its folder: \(error.description)")
    }
    let lock = try FolderLock(file.folder, milliseconds: patience)
    defer { withExtendedLifetime(lock) {} }
    do throws(HistoryFault) {
      return Opened(database: try connect(checksPages: isSuspect))
    } catch {
      guard error.isDamage else { throw error }
      let aside = try setAside()
      return Opened(database: try connect(checksPages: false), aside: (aside, error.reason))
    }
  }

  private func connect(checksPages: Bool) throws(HistoryFault) -> Database {
    try create()
    let database = try Database(path)
    guard try database.text("PRAGMA journal_mode = WAL") == "wal" else {
      throw .unusable("its file system has no locks")
    }
    // A commit then waits for no disk, and a process that ends in whatever way breaks nothing.
    try database.run("PRAGMA synchronous = NORMAL")
    try database.run("PRAGMA cache_size = -64")
    // What stands in the log is read again at the next start, before the first line is kept.
    try database.run("PRAGMA wal_autocheckpoint = 100")
    if checksPages, try database.text("PRAGMA quick_check(1)") != "ok" {
      throw .damaged("its content is damaged")
    }
    try HistoryTables.prepare(database)
    return database
  }

  /// Makes an empty file that only the user can read; SQLite gives its companions the same mode.
  private func create() throws(HistoryFault) {
    let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 {
      close(descriptor)
      return
    }
    let code = errno
    var status = stat()
    guard code == EEXIST, stat(path, &status) == 0 else {
      throw .unusable(String(cString: strerror(code)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unusable("it is no regular file") }
    // SQLite would open a protected file for reading, and fail at the first line.
    guard access(path, W_OK) == 0 else { throw .unusable(String(cString: strerror(errno))) }
  }

  /// Gives the file and its companions another name; says which.
  ///
  /// The file itself comes last: if this is cut off before, it is still there to be set aside.
  private func setAside() throws(HistoryFault) -> String {
    var now = time(nil)
    var parts = tm()
    gmtime_r(&now, &parts)
    let date = [parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday]
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec]
    let stamp = "\(Self.digits(date))T\(Self.digits(clock))Z"
    var name = "\(path).corrupt-\(stamp)"
    var count = 1
    while DiskFile(name).exists {
      count += 1
      name = "\(path).corrupt-\(stamp)-\(count)"
    }
    for suffix in ["-wal", "-shm", ""] {
      guard rename(path + suffix, name + suffix) == 0 || (errno == ENOENT && suffix != "") else {
        throw .unusable("cannot set it aside: \(String(cString: strerror(errno)))")
      }
    }
    return name
  }

  private static func digits(_ numbers: [Int32]) -> String {
    numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
  }
}

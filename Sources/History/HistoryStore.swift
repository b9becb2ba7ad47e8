/// The opened history: a database in a file, or in memory where there is no file or it fails.
///
/// It is opened when something is first to be written or asked for. No fault leaves this type: it
/// is reported in one line, and a broken file is replaced, any other that fails by memory.
struct HistoryStore {
  /// What is to be written.
  enum Record: Sendable {
    case line(Int, source: String)
    case output(String, line: Int)

    /// The length of its text in bytes.
    var count: Int {
      switch self {
      case .line(_, let text), .output(let text, _): text.utf8.count
      }
    }
  }

  /// A database with what belongs to it.
  private struct Connection {
    var database: Database
    /// The number of this session, from its first line on.
    var session: Int?
    /// How many bytes were written since the space was measured.
    var unmeasured = 0
  }

  private var place: HistoryPlace
  private let report: @Sendable (String) -> Void
  private var connection: Connection?
  /// Whether the file proved broken while it was used, so that it is to be examined.
  private var isSuspect = false
  /// The lines of this session that were in a database that failed, for the one after it.
  private var rescued: [HistoryEntry] = []

  /// How much space the lines may take, in a file and in memory.
  static let fileLimit = 64 << 20
  static let memoryLimit = 16 << 20
  /// After how many bytes the space is measured.
  static let measuringInterval = 1 << 20
  /// What a record takes beside its text, about.
  private static let overhead = 64

  init(_ place: HistoryPlace, report: @escaping @Sendable (String) -> Void) {
    self.place = place
    self.report = report
  }

  /// The number of this session, once it has one.
  var session: Int? { connection?.session }

  private var limit: Int { place == .memory ? Self.memoryLimit : Self.fileLimit }

  // MARK: Writing

  /// Writes what waited, all or nothing, and forgets the oldest where it takes too much space.
  mutating func write(_ records: [Record]) {
    guard !records.isEmpty else { return }
    _ = perform { (database, session) throws(HistoryFault) in
      var number = session
      try database.transaction { () throws(HistoryFault) in
        let mine = if let number { number } else { try HistoryTables.begin(database) }
        for record in records { try HistoryTables.insert(record, in: mine, database) }
        number = mine
      }
      session = number
    }
    connection?.unmeasured += records.reduce(0) { $0 + $1.count + Self.overhead }
    guard let connection, connection.unmeasured >= Self.measuringInterval else { return }
    self.connection?.unmeasured = 0
    let limit = limit
    _ = perform { (database, _) throws(HistoryFault) in try HistoryTables.trim(to: limit, database)
    }
  }

  /// Notes that no more lines will come.
  mutating func endSession() {
    guard connection?.session != nil else { return }
    _ = perform { (database, session) throws(HistoryFault) in
      guard let session else { return }
      try HistoryTables.end(session, database)
    }
  }

  // MARK: Reading

  /// What a query finds; nothing where even memory fails.
  mutating func find(_ query: HistoryQuery, outputs: Bool) -> [HistoryEntry] {
    perform { (database, session) throws(HistoryFault) in
      try query.entries(in: database, session: session, outputs: outputs)
    } ?? []
  }

  // MARK: Opening, and what to do when it fails

  /// Does something with the database, anew after a fault; nil when nothing helps.
  mutating func perform<Value>(
    _ body: (Database, inout Int?) throws(HistoryFault) -> Value
  ) -> Value? {
    while true {
      do throws(HistoryFault) {
        var opened = if let connection { connection } else { try openFilled() }
        defer { connection = opened }
        return try body(opened.database, &opened.session)
      } catch {
        guard recover(from: error) else { return nil }
      }
    }
  }

  /// Opens, and writes again what was rescued.
  private mutating func openFilled() throws(HistoryFault) -> Connection {
    var opened = try open()
    guard !rescued.isEmpty else { return opened }
    try opened.database.transaction { () throws(HistoryFault) in
      let session = try HistoryTables.begin(opened.database)
      for entry in rescued {
        let line = Record.line(entry.line, source: entry.source)
        try HistoryTables.insert(line, in: session, opened.database)
        guard let output = entry.output else { continue }
        try HistoryTables.insert(.output(output, line: entry.line), in: session, opened.database)
      }
      opened.session = session
    }
    rescued = []
    return opened
  }

  private func open() throws(HistoryFault) -> Connection {
    guard case .file(let path) = place else {
      let database = try Database(Database.inMemory)
      try HistoryTables.prepare(database)
      return Connection(database: database)
    }
    let file = try HistoryFile(path).open(isSuspect: isSuspect)
    if let aside = file.aside {
      report("\(path): \(aside.reason); it is now \(aside.path), and a new one begins")
    }
    try HistoryTables.trim(to: limit, file.database)
    return Connection(database: file.database)
  }

  /// Gives the database up after a fault; false when nothing is left to be tried.
  private mutating func recover(from fault: HistoryFault) -> Bool {
    if let connection, let session = connection.session {
      let all = HistoryQuery.range(session: 0, start: 1, stop: nil)
      let lines = try? all.entries(in: connection.database, session: session, outputs: true)
      rescued = lines ?? []
    }
    connection = nil
    guard case .file(let path) = place else {
      report("lines are lost: \(fault.reason)")
      return false
    }
    if fault.isDamage, !isSuspect {
      isSuspect = true
    } else {
      report("\(path): \(fault.reason); the history of this session is kept in memory only")
      place = .memory
    }
    return true
  }
}

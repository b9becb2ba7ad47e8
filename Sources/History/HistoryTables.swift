/// The tables of a history: those that IPython has, so that tools for the one read the other.
enum HistoryTables {
  static let version = 1

  private static let tables = [
    (
      name: "sessions", columns: ["session", "start", "end", "num_cmds", "remark"],
      definition: """
      CREATE TABLE sessions (session integer PRIMARY KEY AUTOINCREMENT, start timestamp,
        end timestamp, num_cmds integer, remark text)
      """
    ),
    (
      name: "history", columns: ["session", "line", "source", "source_raw"],
      definition: """
      CREATE TABLE history (session integer, line integer, source text, source_raw text,
        PRIMARY KEY (session, line))
      """
    ),
    (
      name: "output_history", columns: ["session", "line", "output"],
      definition: """
      CREATE TABLE output_history (session integer, line integer, output text,
        PRIMARY KEY (session, line))
      """
    ),
  ]

  /// Makes the tables in an empty file; in others they must be there.
  static func prepare(_ database: Database) throws(HistoryFault) {
    let found = try database.number("PRAGMA user_version") ?? 0
    guard found <= version else {
      throw .damaged("a newer version of Nabla made it (schema \(found))")
    }
    if found == 0, try database.number("SELECT count(*) FROM sqlite_master") == 0 {
      try database.transaction { () throws(HistoryFault) in
        for table in tables { try database.run(table.definition) }
        try database.run("PRAGMA user_version = \(version)")
      }
    }
    for table in tables {
      var columns: Set<String> = []
      try database.run("SELECT name FROM pragma_table_info(?)", [.text(table.name)]) {
        columns.insert($0.text(0) ?? "")
      }
      guard columns.isSuperset(of: table.columns) else {
        throw .damaged("its tables are not those of a history")
      }
    }
  }

  // MARK: Writing

  private static let now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"

  /// Begins a session; gives its number, which no other session has or had.
  static func begin(_ database: Database) throws(HistoryFault) -> Int {
    try database.run("INSERT INTO sessions (start, remark) VALUES (\(now), '')")
    return database.lastRow
  }

  /// Notes when a session ended, and with how many lines.
  static func end(_ session: Int, _ database: Database) throws(HistoryFault) {
    try database.run(
      """
      UPDATE sessions SET end = \(now),
        num_cmds = (SELECT count(*) FROM history WHERE session = ?1)
      WHERE session = ?1
      """, [.number(session)])
  }

  /// Writes a line, or a result.
  static func insert(
    _ record: HistoryStore.Record, in session: Int, _ database: Database
  ) throws(HistoryFault) {
    switch record {
    case .line(let line, let source):
      try database.run(
        "INSERT OR REPLACE INTO history VALUES (?1, ?2, ?3, ?3)",
        [.number(session), .number(line), .text(source)])
    case .output(let output, let line):
      try database.run(
        "INSERT OR REPLACE INTO output_history VALUES (?, ?, ?)",
        [.number(session), .number(line), .text(output)])
    }
  }

  /// Forgets the oldest lines where all of them take more than so many bytes.
  ///
  /// What is freed is used again, so the file stays as large as it was. A tenth goes at a time:
  /// this is then seldom done, and is quick when it is.
  static func trim(to limit: Int, _ database: Database) throws(HistoryFault) {
    while try size(of: database) > limit {
      var last: (session: Int, line: Int)?
      try database.run(
        """
        SELECT session, line FROM history ORDER BY session, line
        LIMIT 1 OFFSET (SELECT count(*) / 10 FROM history)
        """
      ) { row in last = (row.number(0) ?? 0, row.number(1) ?? 0) }
      guard let last else { return }
      try database.transaction { () throws(HistoryFault) in
        for table in ["history", "output_history"] {
          try database.run(
            "DELETE FROM \(table) WHERE (session, line) <= (?, ?)",
            [.number(last.session), .number(last.line)])
        }
        try database.run("DELETE FROM sessions WHERE session < ?", [.number(last.session)])
      }
    }
  }

  /// How many bytes the lines take, with what is around them.
  private static func size(of database: Database) throws(HistoryFault) -> Int {
    let pages = try database.number("PRAGMA page_count") ?? 0
    let free = try database.number("PRAGMA freelist_count") ?? 0
    return try (pages - free) * (database.number("PRAGMA page_size") ?? 0)
  }
}

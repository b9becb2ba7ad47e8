import Foundation
import GRDB

extension HistoryTables {
  /// Begins a session; gives its number, which no other session has or had.
  static func begin(_ database: Database) throws -> Int {
    try database.execute(
      sql: "INSERT INTO sessions (start, remark) VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now'), '')")
    return Int(database.lastInsertedRowID)
  }

  /// Notes when a session ended, and with how many lines.
  static func end(_ session: Int, _ database: Database) throws {
    try database.execute(
      sql: """
        UPDATE sessions SET end = strftime('%Y-%m-%d %H:%M:%f', 'now'),
          num_cmds = (SELECT count(*) FROM history WHERE session = :session)
        WHERE session = :session
        """, arguments: ["session": session])
  }

  /// Writes a line, or a result.
  ///
  /// Texts go in as bytes: as text they would end at a zero byte.
  static func insert(
    _ record: HistoryStore.Record, in session: Int, _ database: Database
  ) throws {
    switch record {
    case .line(let line, let source):
      try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO history (session, line, source, source_raw)
          VALUES (?, ?, CAST(?3 AS text), CAST(?3 AS text))
          """
      ).execute(arguments: [session, line, Data(source.utf8)])
    case .output(let output, let line):
      try database.cachedStatement(
        sql: """
          INSERT OR REPLACE INTO output_history (session, line, output)
          VALUES (?, ?, CAST(? AS text))
          """
      ).execute(arguments: [session, line, Data(output.utf8)])
    }
  }

  /// Forgets the oldest lines where all of them take more than so many bytes.
  ///
  /// What is freed is used again, so the file stays as large as it was. A tenth goes at a time:
  /// this is then seldom done, and is quick when it is.
  static func trim(to limit: Int, _ database: Database) throws {
    func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
    func used() throws -> Int {
      let pages = try number("PRAGMA page_count") - number("PRAGMA freelist_count")
      return try pages * number("PRAGMA page_size")
    }
    while try used() > limit {
      let last = try Row.fetchOne(
        database,
        sql: """
          SELECT session, line FROM history ORDER BY session, line
          LIMIT 1 OFFSET (SELECT count(*) / 10 FROM history)
          """)
      guard let last else { return }
      let bound: StatementArguments = [last[0] as DatabaseValue, last[1] as DatabaseValue]
      try database.inTransaction(.immediate) {
        for table in ["history", "output_history"] {
          try database.execute(
            sql: "DELETE FROM \(table) WHERE (session, line) <= (?, ?)", arguments: bound)
        }
        try database.execute(
          sql: "DELETE FROM sessions WHERE session < ?", arguments: [last[0] as DatabaseValue])
        return .commit
      }
    }
  }
}

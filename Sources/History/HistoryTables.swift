import GRDB

/// The tables of a history: those that IPython has, so that its users' tools can read them.
enum HistoryTables {
  static let version = 1

  private static let tables = [
    "sessions": ["session", "start", "end", "num_cmds", "remark"],
    "history": ["session", "line", "source", "source_raw"],
    "output_history": ["session", "line", "output"],
  ]

  private static let definition = """
    CREATE TABLE sessions (session integer PRIMARY KEY AUTOINCREMENT, start timestamp,
      end timestamp, num_cmds integer, remark text);
    CREATE TABLE history (session integer, line integer, source text, source_raw text,
      PRIMARY KEY (session, line));
    CREATE TABLE output_history (session integer, line integer, output text,
      PRIMARY KEY (session, line));
    """

  /// Makes the tables in an empty file; in others they must be there.
  static func prepare(_ database: Database) throws {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= version else {
      throw HistoryFault.damaged("a newer version of Nabla made it (schema \(found))")
    }
    if found == 0, try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0 {
      try database.inTransaction(.immediate) {
        try database.execute(sql: definition)
        try database.execute(sql: "PRAGMA user_version = \(version)")
        return .commit
      }
    }
    for (table, columns) in tables {
      let there = try Set(
        String.fetchAll(
          database, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]))
      guard there.isSuperset(of: columns) else {
        throw HistoryFault.damaged("its tables are not those of a history")
      }
    }
  }
}

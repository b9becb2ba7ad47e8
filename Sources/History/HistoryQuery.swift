import Foundation
import GRDB

/// What is asked of a history; the meaning is IPython's.
public enum HistoryQuery: Sendable, Equatable {
  /// The last lines: those of this session, before them those of the sessions before it.
  case tail(Int)
  /// The lines of a session from `start` up to before `stop`.
  ///
  /// Session 0 is this one, negative ones count back from it. Negative bounds count back from the
  /// line that comes next; a stop of 0, or none, is the end.
  case range(session: Int, start: Int, stop: Int?)
  /// The lines that a glob pattern of SQLite's matches whole: the last `count` of them, or all; of
  /// equal ones only the last when `unique`.
  case search(String, count: Int?, unique: Bool)

  /// SQLite takes no longer pattern, in bytes.
  static let maximumPattern = 50_000

  /// Whether a pattern can be searched for: it is not too long, and has no zero byte.
  public static func isSearchable(_ pattern: String) -> Bool {
    pattern.utf8.count <= maximumPattern && !pattern.utf8.contains(0)
  }

  /// The lines, oldest first.
  ///
  /// - Parameters:
  ///   - session: the number of this session, where it has one yet.
  ///   - outputs: whether results are wanted too.
  func entries(
    in database: Database, session: Int?, outputs: Bool
  ) throws -> [HistoryEntry] {
    let fetch = Fetch(database: database, outputs: outputs)
    switch self {
    case .tail(let count):
      let count = max(count, 0)
      // No session has the number 0.
      let mine = session ?? 0
      let own = try fetch("WHERE session = ? ORDER BY line DESC LIMIT ?", [mine, count])
      let others = try fetch(
        "WHERE session <> ? ORDER BY session DESC, line DESC LIMIT ?", [mine, count - own.count])
      return (own + others).reversed()

    case .range(let asked, let start, let stop):
      let number = asked > 0 ? asked : try (session ?? Self.next(database)).saturatingAdd(asked)
      let last = try Int.fetchOne(
        database, sql: "SELECT max(line) FROM history WHERE session = ?", arguments: [number])
      guard let last else { return [] }
      func line(_ bound: Int) -> Int { bound < 0 ? bound.saturatingAdd(last + 1) : bound }
      let end = stop.flatMap { $0 == 0 ? nil : line($0) } ?? .max
      return try fetch(
        "WHERE session = ? AND line >= ? AND line < ? ORDER BY line", [number, line(start), end])

    case .search(let pattern, let count, let unique):
      guard Self.isSearchable(pattern) else { return [] }
      let group = unique ? "GROUP BY source_raw" : ""
      return try fetch(
        "WHERE source_raw GLOB ? \(group) ORDER BY session DESC, line DESC LIMIT ?",
        [pattern, count.map { max($0, 0) } ?? -1], latest: unique
      ).reversed()
    }
  }

  /// The number that this session would get if it began now.
  private static func next(_ database: Database) throws -> Int {
    let last = try Int.fetchOne(
      database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'sessions'")
    return (last ?? 0).saturatingAdd(1)
  }
}

/// Fetches lines.
private struct Fetch {
  let database: Database
  let outputs: Bool

  /// The lines that a condition and order gives.
  ///
  /// With `latest`, of each group that line which was written last.
  func callAsFunction(
    _ clause: String, _ arguments: StatementArguments, latest: Bool = false
  ) throws -> [HistoryEntry] {
    let output = outputs ? "CAST(output AS blob)" : "NULL"
    let from = outputs ? "history LEFT JOIN output_history USING (session, line)" : "history"
    // SQLite takes the other columns from the row that has the maximum.
    let maximum = latest ? ", max((session << 32) + line)" : ""
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT session, line, CAST(source_raw AS blob), \(output)\(maximum) FROM \(from) \(clause)
        """,
      arguments: arguments)
    var entries: [HistoryEntry] = []
    while let row = try rows.next() {
      entries.append(
        HistoryEntry(
          session: Int.fromDatabaseValue(row[0]) ?? 0, line: Int.fromDatabaseValue(row[1]) ?? 0,
          source: try text(row, 2) ?? "", output: try text(row, 3)))
    }
    return entries
  }

  private func text(_ row: Row, _ column: Int) throws -> String? {
    try row.withUnsafeData(atIndex: column) { data in
      data.map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

extension Int {
  /// The sum, or the nearest number that there is.
  fileprivate func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}

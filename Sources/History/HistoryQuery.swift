/// What is asked of a history; the meaning is IPython's.
public enum HistoryQuery: Sendable, Equatable {
  /// The last lines: those of this session, before them those of the sessions before it.
  case tail(Int)
  /// The lines that were written last, by when that was and whatever session wrote them.
  case written(Int)
  /// The lines of a session from `start` up to before `stop`.
  ///
  /// Session 0 is this one, negative ones count back from it. Negative bounds count back from the
  /// line that comes next; a stop of 0, or none, is the end.
  case range(session: Int, start: Int, stop: Int?)
  /// The lines that a glob pattern of SQLite's matches whole: the last `count` of them, or all; of
  /// equal ones only the last when `unique`.
  case search(String, count: Int?, unique: Bool)

  /// SQLite takes no longer pattern, in bytes.
  public static let maximumPattern = 50_000

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
  ) throws(HistoryFault) -> [HistoryEntry] {
    let fetch = Fetch(database: database, outputs: outputs)
    switch self {
    case .tail(let count):
      let count = max(count, 0)
      // No session has the number 0.
      let mine = session ?? 0
      let own = try fetch(
        "WHERE session = ? ORDER BY line DESC LIMIT ?", [.number(mine), .number(count)])
      let others = try fetch(
        "WHERE session <> ? ORDER BY session DESC, line DESC LIMIT ?",
        [.number(mine), .number(count - own.count)])
      return (own + others).reversed()

    case .written(let count):
      // A row that is added gets a higher number than all that are there.
      return try fetch("ORDER BY history.rowid DESC LIMIT ?", [.number(max(count, 0))]).reversed()

    case .range(let asked, let start, let stop):
      let present = if let session { session } else { try Self.next(database) }
      let number = asked > 0 ? asked : present.saturatingAdd(asked)
      let last = try database.number(
        "SELECT max(line) FROM history WHERE session = ?", [.number(number)])
      guard let last else { return [] }
      func line(_ bound: Int) -> Int { bound < 0 ? bound.saturatingAdd(last + 1) : bound }
      let end = stop.flatMap { $0 == 0 ? nil : line($0) } ?? .max
      return try fetch(
        "WHERE session = ? AND line >= ? AND line < ? ORDER BY line",
        [.number(number), .number(line(start)), .number(end)])

    case .search(let pattern, let count, let unique):
      guard Self.isSearchable(pattern) else { return [] }
      let group = unique ? "GROUP BY source_raw" : ""
      return try fetch(
        "WHERE source_raw GLOB ? \(group) ORDER BY session DESC, line DESC LIMIT ?",
        [.text(pattern), .number(count.map { max($0, 0) } ?? -1)], latest: unique
      ).reversed()
    }
  }

  /// The number that this session would get if it began now.
  private static func next(_ database: Database) throws(HistoryFault) -> Int {
    let last = try database.number("SELECT seq FROM sqlite_sequence WHERE name = 'sessions'")
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
    _ clause: String, _ values: [Database.Value], latest: Bool = false
  ) throws(HistoryFault) -> [HistoryEntry] {
    let output = outputs ? "output" : "NULL"
    let from = outputs ? "history LEFT JOIN output_history USING (session, line)" : "history"
    // SQLite takes the other columns from the row that has the maximum.
    let maximum = latest ? ", max((session << 32) + line)" : ""
    var entries: [HistoryEntry] = []
    try database.run(
      "SELECT session, line, source_raw, \(output)\(maximum) FROM \(from) \(clause)", values
    ) { row in
      entries.append(
        HistoryEntry(
          session: row.number(0) ?? 0, line: row.number(1) ?? 0, source: row.text(2) ?? "",
          output: row.text(3)))
    }
    return entries
  }
}

extension Int {
  /// The sum, or the nearest number that there is.
  fileprivate func saturatingAdd(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}

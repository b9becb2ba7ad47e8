import CSQLite

/// A connection to an SQLite database, for one thread at a time.
final class Database {
  /// What a place in a statement gets.
  enum Value {
    case number(Int)
    case text(String)
  }

  /// A row of an answer, as long as it is the current one.
  struct Row {
    fileprivate let statement: OpaquePointer

    func number(_ column: Int32) -> Int? {
      guard sqlite3_column_type(statement, column) != SQLITE_NULL else { return nil }
      return Int(sqlite3_column_int64(statement, column))
    }

    /// A text with all its bytes, also zero ones.
    func text(_ column: Int32) -> String? {
      guard let start = sqlite3_column_text(statement, column) else { return nil }
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }
  }

  private let handle: OpaquePointer
  /// What was prepared, by its text: it will be used again.
  private var statements: [String: OpaquePointer] = [:]

  /// How long a write waits for the writes of others, in milliseconds.
  static let patience: Int32 = 5000
  static let inMemory = ":memory:"

  /// Opens a file, or makes it; ``inMemory`` is none.
  init(_ path: String) throws(HistoryFault) {
    var handle: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
    let code = sqlite3_open_v2(path, &handle, flags, nil)
    guard code == SQLITE_OK, let handle else {
      sqlite3_close_v2(handle)
      throw HistoryFault(code: code)
    }
    self.handle = handle
    sqlite3_busy_timeout(handle, Self.patience)
    sqlite_close_quickly(handle)
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  /// Runs a statement with values for its places, and hands on the rows of its answer.
  func run(
    _ sql: String, _ values: [Value] = [], _ take: (Row) -> Void = { _ in }
  ) throws(HistoryFault) {
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    for (index, value) in zip(Int32(1)..., values) {
      switch value {
      case .number(let number): sqlite3_bind_int64(statement, index, Int64(number))
      case .text(var text):
        let code = text.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) {
            sqlite_bind_text(statement, index, $0.baseAddress, Int32(clamping: $0.count))
          }
        }
        guard code == SQLITE_OK else { throw HistoryFault(code: code) }
      }
    }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: take(Row(statement: statement))
      case SQLITE_DONE: return
      case let code: throw HistoryFault(code: code)
      }
    }
  }

  private func prepared(_ sql: String) throws(HistoryFault) -> OpaquePointer {
    if let statement = statements[sql] { return statement }
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
    guard code == SQLITE_OK, let statement else { throw HistoryFault(code: code) }
    statements[sql] = statement
    return statement
  }

  /// The number in the first row and column of an answer.
  func number(_ sql: String, _ values: [Value] = []) throws(HistoryFault) -> Int? {
    var number: Int?
    try run(sql, values) { number = number ?? $0.number(0) }
    return number
  }

  /// The text in the first row and column of an answer.
  func text(_ sql: String, _ values: [Value] = []) throws(HistoryFault) -> String? {
    var text: String?
    try run(sql, values) { text = text ?? $0.text(0) }
    return text
  }

  /// Does all of something or nothing; others who write wait meanwhile.
  func transaction(_ body: () throws(HistoryFault) -> Void) throws(HistoryFault) {
    try run("BEGIN IMMEDIATE")
    do throws(HistoryFault) {
      try body()
      try run("COMMIT")
    } catch {
      try? run("ROLLBACK")
      throw error
    }
  }

  /// The number of the row that was inserted last.
  var lastRow: Int { Int(sqlite3_last_insert_rowid(handle)) }
}

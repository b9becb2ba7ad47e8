import CSQLite

/// Why a history file cannot be used.
struct HistoryFault: Error {
  /// Whether the file is no history or a broken one, so that another can take its place.
  var isDamage: Bool
  var reason: String

  static func damaged(_ reason: String) -> Self { Self(isDamage: true, reason: reason) }
  static func unusable(_ reason: String) -> Self { Self(isDamage: false, reason: reason) }

  private init(isDamage: Bool, reason: String) {
    self.isDamage = isDamage
    self.reason = reason
  }

  /// What SQLite says by one of its codes.
  init(code: Int32) {
    let text = String(cString: sqlite3_errstr(code))
    self.init(
      isDamage: [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT].contains(code & 0xFF), reason: text)
  }
}

import GRDB

/// Why a history file cannot be used.
struct HistoryFault: Error {
  /// The file is no history or a broken one, so that another can take its place.
  var isDamage: Bool
  var reason: String

  static func damaged(_ reason: String) -> Self { Self(isDamage: true, reason: reason) }
  static func unusable(_ reason: String) -> Self { Self(isDamage: false, reason: reason) }

  init(isDamage: Bool, reason: String) {
    self.isDamage = isDamage
    self.reason = reason
  }

  /// What SQLite says, sorted.
  init(_ error: any Error) {
    switch error {
    case let fault as Self: self = fault
    case let error as DatabaseError:
      isDamage = [.SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT].contains(error.resultCode)
      reason = error.message ?? "SQLite's error \(error.resultCode.rawValue)"
    default: self = .unusable("\(error)")
    }
  }
}

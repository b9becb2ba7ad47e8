/// What is shown of a table that is too long for a page: its first and its last rows.
enum LongTable {
  /// More rows than this are cut.
  static let limit = 400
  private static let first = 300
  private static let last = 50

  /// The rows that are shown.
  static func shown<Row>(of rows: [Row]) -> [Row] {
    rows.count <= limit ? rows : Array(rows.prefix(first) + rows.suffix(last))
  }

  /// The line that says what is not shown; nil where all is.
  static func note(of count: Int) -> String? {
    guard count > limit else { return nil }
    return "\(count - first - last) of \(count) rows are not shown: those behind the first \(first)"
  }

  /// Names in a line, cut where there are too many.
  static func list(_ names: [String]) -> String {
    guard names.count > limit else { return names.joined(separator: ", ") }
    return names.prefix(first).joined(separator: ", ") + " and \(names.count - first) more"
  }
}

import Syntax

extension TextTable {
  /// Each row as a list: its first cell, and below it the others with their titles.
  ///
  /// For terminals that are too narrow for columns.
  func records(width: Int) -> [String] {
    let columns = columns.indices.map { layout($0, limit: max(width - 2, 3)) }
    var lines: [String] = []
    for row in table.rows.indices {
      for (index, column) in columns.enumerated() {
        let cell = column.cells[row].map { painted($0, column.role) }
        let room = width - displayWidth(of: column.title) - 3
        if index == 0 {
          lines += cell
        } else if cell.count == 1, displayWidth(of: column.cells[row][0].trimmed) <= room {
          lines.append(" \(column.title): " + painted(column.cells[row][0].trimmed, column.role))
        } else {
          lines.append(" \(column.title):")
          lines += cell.map { "  " + $0 }
        }
      }
    }
    return lines
  }

  private func painted(_ text: String, _ role: TableModel.Role) -> String {
    page.paint(text, ink(role, text))
  }
}

extension String {
  /// Without the spaces that put it under the numbers of other rows.
  fileprivate var trimmed: String {
    String(drop(while: { $0 == " " }).reversed().drop(while: { $0 == " " }).reversed())
  }
}

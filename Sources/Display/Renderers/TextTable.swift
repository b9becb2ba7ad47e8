import Autodiff
import EngineInterface
import Syntax

/// Lays a table out in box drawing characters.
///
/// Where a width is asked for, columns give way in turn: the widest that can be cut is cut. Where
/// that does not do, each row is a list of its cells.
struct TextTable {
  let table: TableModel
  let page: TextPage
  private(set) var columns: [Layout] = []

  /// A column on its way to text: the lines of each row's cell, and its width.
  struct Layout {
    let title: String
    let cells: [[String]]
    let width: Int
    let role: TableModel.Role
  }

  /// Source text is cut past so many columns even where there is room.
  static let codeWidth = 40
  /// Tensors are wrapped past so many columns.
  static let tensorWidth = 56

  init(_ table: TableModel, _ page: TextPage) {
    self.table = table
    self.page = page
    for index in table.columns.indices {
      let role = table.columns[index].role
      let limit =
        switch role {
        case .code: TextTable.codeWidth
        case .value, .gradient, .number: TextTable.tensorWidth
        default: Int.max
        }
      columns.append(layout(index, limit: limit))
    }
    if let width = page.width {
      for room in [Room.ample, .scarce] { fit(to: width, room) }
    }
  }

  /// How far columns may be cut: to what reads well, or where that does not do, to a few signs.
  private enum Room {
    case ample
    case scarce

    func least(_ role: TableModel.Role) -> Int {
      switch (self, role) {
      case (.ample, .code): 8
      case (.ample, .value), (.ample, .gradient): 20
      case (.ample, .name), (.ample, .text): 6
      case (.ample, .number), (.ample, .shape), (_, .verdict): Int.max
      case (.scarce, .value), (.scarce, .gradient), (.scarce, .number): 8
      case (.scarce, _): 3
      }
    }
  }

  private var totalWidth: Int { columns.reduce(0) { $0 + $1.width + 3 } - 1 }

  /// Cuts the widest column until the table fits or no column can be cut any more.
  private mutating func fit(to width: Int, _ room: Room) {
    var stuck: Set<Int> = []
    while totalWidth > width {
      let candidates = columns.indices.filter {
        !stuck.contains($0) && columns[$0].width > room.least(columns[$0].role)
      }
      guard let widest = candidates.max(by: { columns[$0].width < columns[$1].width }) else {
        return
      }
      let old = columns[widest].width
      let runnerUp = candidates.filter { $0 != widest }.map { columns[$0].width }.max() ?? 0
      // Down to the next widest at most, so that equals share what is missing.
      let target = max(
        old - (totalWidth - width), min(runnerUp, old - 1), room.least(columns[widest].role))
      columns[widest] = layout(widest, limit: target)
      if columns[widest].width >= old { stuck.insert(widest) }
    }
  }

  func layout(_ index: Int, limit: Int) -> Layout {
    let column = table.columns[index]
    let format = table.format(of: index)
    let cells = table.rows.map { $0.indices.contains(index) ? $0[index] : .absent }
    // Numbers of a column meet at the decimal point.
    var left = 0
    var right = 0
    let texts = cells.map { cell -> String? in
      guard case .number(let number) = cell else { return nil }
      let text = format.string(number)
      let parts = DecimalAlignment.split(text)
      left = max(left, parts.left)
      right = max(right, parts.right)
      return text
    }
    var lines: [[String]] = []
    for (cell, text) in zip(cells, texts) {
      if let text {
        let parts = DecimalAlignment.split(text)
        let padded =
          String(repeating: " ", count: left - parts.left) + text
          + String(repeating: " ", count: right - parts.right)
        lines.append([padded.utf8.count > limit ? TextWidth.cut(text, to: limit) : padded])
      } else {
        lines.append(self.lines(of: cell, role: column.role, limit: limit))
      }
    }
    let title = TextWidth.cut(VisibleText.line(column.title), to: max(limit, 3))
    let widest = lines.joined().map { displayWidth(of: $0) }.max() ?? 0
    return Layout(
      title: title, cells: lines, width: max(displayWidth(of: title), widest),
      role: column.role)
  }

  private func lines(of cell: TableModel.Cell, role: TableModel.Role, limit: Int) -> [String] {
    switch cell {
    case .text(let text):
      let line = VisibleText.line(text)
      return [
        role == .code ? TextWidth.cutMiddle(line, to: limit) : TextWidth.cut(line, to: limit)
      ]
    case .number(let number): return [table.format.string(number)]
    case .tensor(let tensor):
      return tensorLines(tensor, limit)
    case .summary(let summary):
      return TextTensor.lines(summary, format: table.format, width: limit)
    case .word(let word): return [TextWidth.cut(VisibleText.line(word), to: limit)]
    case .verdict(let passed): return [passed ? "✓" : "✗"]
    case .absent: return ["—"]
    }
  }

  /// A tensor whole, or by its summary where wrapping would make a long strip of it.
  private func tensorLines(_ tensor: Tensor, _ limit: Int) -> [String] {
    let lines = TextTensor.lines(tensor, format: table.format, width: limit)
    let rows = tensor.shape.dimensions.dropLast().reduce(1, *)
    guard lines.count > max(2 * rows, 6) || lines.contains(where: { $0.contains("…") }) else {
      return lines
    }
    return TextTensor.lines(TensorSummary(tensor), format: table.format, width: limit)
  }

  /// The table's lines: header, rule, rows.
  var lines: [String] {
    guard !columns.isEmpty, !table.rows.isEmpty else { return [] }
    if let width = page.width, totalWidth > width { return records(width: width) }
    let header = columns.indices.map { index in
      let cell = TextWidth.padded(
        columns[index].title, to: columns[index].width,
        rightAligned: columns[index].role.isNumeric)
      return page.paint(cell, .bold)
    }
    var lines = [line(header)]
    // The last column has no space after it, so its rule is one shorter.
    let rule = columns.indices.map { index in
      String(
        repeating: "─", count: columns[index].width + (index == columns.count - 1 ? 1 : 2))
    }
    lines.append(rule.joined(separator: "┼"))
    for row in table.rows.indices {
      let height = columns.map { $0.cells[row].count }.max() ?? 0
      for level in 0..<height { lines.append(line(level, of: row)) }
    }
    return lines
  }

  private func line(_ level: Int, of row: Int) -> String {
    let cells = columns.map { column in
      let text = column.cells[row].indices.contains(level) ? column.cells[row][level] : ""
      let padded = TextWidth.padded(
        text, to: column.width, rightAligned: column.role.isNumeric)
      return page.paint(padded, ink(column.role, text))
    }
    return line(cells)
  }

  func ink(_ role: TableModel.Role, _ text: String) -> Ink {
    switch role {
    case .name: .bold
    case .value: .value
    case .gradient: text == "—" || text == "data" ? .dim : .gradient
    case .verdict: text == "✗" ? .gradient : .value
    default: .none
    }
  }

  private func line(_ cells: [String]) -> String {
    (" " + cells.joined(separator: " │ ")).trimmedEnd
  }
}

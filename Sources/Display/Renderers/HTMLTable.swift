import EngineInterface

/// Writes a table as a semantic HTML table.
struct HTMLTable {
  let table: TableModel

  /// The columns of text that a tensor may take, so that values and gradients fit side by side into
  /// the width of a notebook.
  private let tensorWidth: Int

  init(_ table: TableModel) {
    self.table = table
    let holdTensors = table.columns.indices.count { column in
      table.rows.contains { row in
        guard row.indices.contains(column), case .tensor = row[column] else { return false }
        return true
      }
    }
    tensorWidth = holdTensors > 1 ? 84 / holdTensors : 60
  }

  var html: String {
    var html = ""
    if !table.rows.isEmpty {
      html += "<table class=\"nabla-table\" aria-label=\"\(table.label.htmlEscaped)\">\n"
      html += "<thead><tr>" + table.columns.map(header).joined() + "</tr></thead>\n<tbody>\n"
      let numbers = table.columns.indices.map(alignment)
      for row in table.rows {
        let cells = zip(table.columns.indices, row).map { self.html(of: $1, $0, numbers[$0]) }
        html += "<tr>" + cells.joined() + "</tr>\n"
      }
      html += "</tbody>\n</table>"
    }
    let notes = table.notes.map {
      "<div class=\"nabla-note\">\(VisibleText.line($0).htmlEscaped)</div>"
    }
    return ([html] + notes).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func header(_ column: TableModel.Column) -> String {
    // The sign tells gradients from values where colours cannot.
    let mark =
      column.role == .gradient ? "<span class=\"nabla-mark\" aria-hidden=\"true\">∇</span> " : ""
    return "<th scope=\"col\" class=\"\(className(column.role))\"\(side(column.role))>\(mark)"
      + "\(VisibleText.line(column.title).htmlEscaped)</th>"
  }

  /// Words begin on the left also where the style sheet is taken away, as JupyterLab does with
  /// outputs that it does not trust.
  private func side(_ role: TableModel.Role) -> String {
    switch role {
    case .text, .name, .code, .shape: " style=\"text-align:left\""
    case .number, .value, .gradient, .verdict: ""
    }
  }

  private func className(_ role: TableModel.Role) -> String {
    switch role {
    case .text: "nabla-text"
    case .name: "nabla-name"
    case .code: "nabla-code"
    case .shape: "nabla-shape"
    case .number: "nabla-number"
    case .value: "nabla-number nabla-value"
    case .gradient: "nabla-number nabla-gradient"
    case .verdict: "nabla-verdict"
    }
  }

  /// The columns from the decimal point on that the numbers of a column need.
  private func alignment(_ index: Int) -> Int {
    let format = table.format(of: index)
    return table.rows.map { row in
      guard row.indices.contains(index), case .number(let number) = row[index] else { return 0 }
      return DecimalAlignment.split(format.string(number)).right
    }.max() ?? 0
  }

  private func html(of cell: TableModel.Cell, _ index: Int, _ right: Int) -> String {
    let role = table.columns[index].role
    let content = content(of: cell, index, right)
    let attributes = "class=\"\(className(role))\"\(side(role))"
    if role == .name { return "<th scope=\"row\" \(attributes)>\(content)</th>" }
    return "<td \(attributes)>\(content)</td>"
  }

  private func content(of cell: TableModel.Cell, _ index: Int, _ right: Int) -> String {
    let format = table.format(of: index)
    switch cell {
    case .text(let text): return words(text, table.columns[index].role)
    case .number(let number):
      // Numbers end on the right; spaces after them bring the decimal points together.
      let text = format.string(number)
      let missing = max(0, right - DecimalAlignment.split(text).right)
      return text + String(repeating: " ", count: missing)
    case .tensor(let tensor):
      return HTMLTensor.pre(TextTensor.lines(tensor, format: format, width: tensorWidth))
    case .summary(let summary): return HTMLTensor.html(summary, format)
    case .word(let word):
      return "<span class=\"nabla-word\">\(VisibleText.line(word).htmlEscaped)</span>"
    case .verdict(let passed):
      return passed
        ? "<span class=\"nabla-pass\" role=\"img\" aria-label=\"passed\">✓</span>"
        : "<span class=\"nabla-fail\" role=\"img\" aria-label=\"failed\">✗</span>"
    case .absent:
      return "<span class=\"nabla-absent\" role=\"img\" aria-label=\"none\">—</span>"
    }
  }

  private func words(_ text: String, _ role: TableModel.Role) -> String {
    let line = VisibleText.line(text)
    guard role == .code else { return line.htmlEscaped }
    let short = TextWidth.cutMiddle(line, to: TextTable.codeWidth)
    let title = short == line ? "" : " title=\"\(line.htmlEscaped)\""
    return "<code\(title)>\(short.htmlEscaped)</code>"
  }
}

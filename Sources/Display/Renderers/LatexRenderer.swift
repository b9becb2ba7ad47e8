import JSON

/// Writes documents as LaTeX that MathJax and TeX with amsmath both read.
struct LatexRenderer: Renderer {
  let mimeType = "text/latex"

  func render(_ document: Document) -> JSON? {
    let parts = document.blocks.flatMap(latex)
    guard parts.count != 1 else { return .string("$\\displaystyle \(parts[0])$") }
    if parts.isEmpty { return nil }
    // One below the other: between formulas a page would break no line.
    return .string(
      "$\\displaystyle \\begin{array}{l}\n" + parts.joined(separator: " \\\\\n")
        + "\n\\end{array}$")
  }

  /// Formulas for a block, without the signs that delimit mathematics.
  private func latex(_ block: Document.Block) -> [String] {
    switch block {
    case .table(let table): self.table(table)
    case .line(let line, _): [Latex.text(line)]
    case .picture, .progress: []
    case .tensor(let block):
      TensorSummary.isSmall(block.tensor.shape) ? [Latex.tensor(block.tensor, .shortest)] : []
    }
  }

  private func table(_ table: TableModel) -> [String] {
    var parts: [String] = []
    if !table.rows.isEmpty {
      let sides = table.columns.map(\.role.side).joined(separator: "|")
      let header = table.columns.map { Latex.text($0.title) }.joined(separator: " & ")
      let rows = table.rows.map { row in
        zip(row, table.columns).map { cell($0, $1.role, $1.format ?? table.format) }
          .joined(separator: " & ")
      }
      parts.append(
        "\\begin{array}{\(sides)}\n\(header) \\\\ \\hline\n"
          + rows.joined(separator: " \\\\\n") + "\n\\end{array}")
    }
    return parts + table.notes.map(Latex.text)
  }

  private func cell(
    _ cell: TableModel.Cell, _ role: TableModel.Role, _ format: NumberFormat
  ) -> String {
    switch cell {
    case .text(let text):
      return Latex.text(
        role == .code ? TextWidth.cutMiddle(text, to: TextTable.codeWidth) : text)
    case .number(let number): return Latex.number(format.string(number))
    case .tensor(let tensor): return Latex.tensor(tensor, .significant(format))
    case .summary(let summary):
      let words = summary.words(NumberFormat(precision: min(format.precision, 4)))
      return Latex.text(words.joined(separator: ", "))
    case .word(let word): return Latex.text(word)
    case .verdict(let passed): return passed ? "\\checkmark" : "\\times"
    case .absent: return "\\text{—}"
    }
  }
}

extension TableModel.Role {
  /// The column's side in an array.
  fileprivate var side: String {
    switch self {
    case .text, .name, .code: "l"
    case .shape, .verdict: "c"
    case .number, .value, .gradient: "r"
    }
  }
}

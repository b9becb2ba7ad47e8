import EngineInterface
import Syntax

/// What completion can insert at once, and how the candidates are listed.
enum CandidateList {
  /// The characters that all of the texts begin with.
  static func commonPrefix(_ texts: [String]) -> String {
    guard var prefix = texts.first.map({ $0[...] }) else { return "" }
    for text in texts.dropFirst() {
      var end = prefix.startIndex
      var other = text.startIndex
      while end < prefix.endIndex, other < text.endIndex, prefix[end] == text[other] {
        end = prefix.index(after: end)
        other = text.index(after: other)
      }
      prefix = prefix[..<end]
    }
    return String(prefix)
  }

  /// How a candidate is listed: of a path its last part, with nothing that a terminal obeys.
  static func label(_ match: Completions.Match) -> String {
    switch match.type {
    case "path":
      let isFolder = match.text.hasSuffix("/")
      let name = match.text.split(separator: "/").last.map(String.init) ?? match.text
      return VisibleText.line(isFolder ? name + "/" : name)
    default: return match.text
    }
  }

  /// The labels in columns, read downwards, on lines of at most `width` columns.
  ///
  /// Of more than `height` lines the rest is counted on the last one.
  static func lines(_ labels: [String], width: Int, height: Int) -> [String] {
    let width = max(width, 1)
    let height = max(height, 2)
    let labels = labels.map { cut($0, to: width) }
    let all = layout(labels, width: width)
    guard all.count > height else { return all }
    // The more rows, the more are shown: the most that leave a line for the count.
    var shown = labels.count
    while shown > 1, layout(Array(labels[..<shown]), width: width).count > height - 1 {
      shown -= max(1, shown / 32)
    }
    let rest = "… and \(labels.count - shown) more"
    return layout(Array(labels[..<shown]), width: width) + [cut(rest, to: width)]
  }

  private static func layout(_ labels: [String], width: Int) -> [String] {
    guard !labels.isEmpty else { return [] }
    let widths = labels.map { displayWidth(of: $0) }
    let gap = 2
    var rows = 1
    var columnWidths: [Int] = []
    while true {
      let columns = (labels.count + rows - 1) / rows
      columnWidths = (0..<columns).map { column in
        widths[(column * rows)..<min((column + 1) * rows, widths.count)].max() ?? 0
      }
      if columns == 1 || columnWidths.reduce(0, +) + gap * (columns - 1) <= width { break }
      rows += 1
    }
    return (0..<rows).map { row in
      var line = ""
      for (column, columnWidth) in columnWidths.enumerated() {
        let place = column * rows + row
        guard place < labels.count else { break }
        line += labels[place]
        guard place + rows < labels.count else { break }
        line += String(repeating: " ", count: columnWidth - widths[place] + gap)
      }
      return line
    }
  }

  private static func cut(_ label: String, to width: Int) -> String {
    guard displayWidth(of: label) > width else { return label }
    return label.prefix(columns: width - 1) + "…"
  }
}

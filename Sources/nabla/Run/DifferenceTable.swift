import Display
import Notebook

/// The differences between stored outputs and new ones, as a table.
struct DifferenceTable: Displayable {
  private let rows: [(cell: String, difference: Difference)]

  /// The most differences of a cell that are shown.
  private static let limit = 12

  /// Takes differences in the order of their cells.
  init(_ rows: [(cell: String, difference: Difference)]) { self.rows = rows }

  var document: Document {
    var shown: [[TableModel.Cell]] = []
    var counts: [String: Int] = [:]
    for (cell, difference) in rows {
      counts[cell, default: 0] += 1
      if counts[cell, default: 0] > Self.limit { continue }
      shown.append([
        .text(cell), .text(difference.name), .text(difference.row),
        .text(Self.short(difference.stored)), .text(Self.short(difference.now)),
        difference.relativeError.map { .number($0) } ?? .absent,
      ])
    }
    let notes = counts.filter { $0.value > Self.limit }.sorted { $0.key < $1.key }.map {
      "cell \($0.key): \($0.value - Self.limit) more"
    }
    return Document([
      .table(
        TableModel(
          label: "Differences",
          columns: [
            .init("cell", .text), .init("name", .name), .init("row", .text), .init("stored", .text),
            .init("now", .text), .init("relative error", .number),
          ], rows: shown, notes: notes))
    ])
  }

  private static func short(_ text: String) -> String {
    text.count > 48 ? text.prefix(47) + "…" : text
  }
}

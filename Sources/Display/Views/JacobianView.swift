import Autodiff

/// A Jacobian: its structure, what it costs to store, its pattern, and its entries when they are few.
public struct JacobianView: Sendable {
  public var rows: Int
  public var columns: Int
  /// The structure's name, as `diagonal`.
  public var structure: String
  /// Entries stored by that structure.
  public var storedEntries: Int
  public var bytes: Int
  /// Places of entries that are not zero, enough of them to show the pattern; nil shows none.
  public var entries: [(row: Int, column: Int)]?
  /// The whole matrix, when it is small.
  public var dense: Tensor?
  public var precision: Int

  public init(
    rows: Int, columns: Int, structure: String, storedEntries: Int, bytes: Int,
    entries: [(row: Int, column: Int)]? = nil, dense: Tensor? = nil,
    precision: Int = NumberFormat.defaultPrecision
  ) {
    self.rows = rows
    self.columns = columns
    self.structure = structure
    self.storedEntries = storedEntries
    self.bytes = bytes
    self.entries = entries
    self.dense = dense
    self.precision = precision
  }

  /// What it costs against a dense matrix: `4,096 of 16,777,216 entries, 32 KiB instead of 128 MiB`.
  public var cost: String {
    let (cells, tooMany) = rows.multipliedReportingOverflow(by: columns)
    let stored = "\(storedEntries.grouped) of \(tooMany ? "very many" : cells.grouped) entries"
    let (denseBytes, tooLarge) = cells.multipliedReportingOverflow(by: 8)
    if tooMany || tooLarge { return "\(stored), \(Self.size(bytes))" }
    if denseBytes <= bytes { return "\(stored), \(Self.size(bytes))" }
    return "\(stored), \(Self.size(bytes)) instead of \(Self.size(denseBytes))"
  }

  /// A number of bytes in the largest unit that leaves at least 1: `32 KiB`.
  static func size(_ bytes: Int) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var amount = Double(bytes)
    var unit = 0
    while amount >= 1024 && unit < units.count - 1 {
      amount /= 1024
      unit += 1
    }
    return NumberFormat(precision: 3).string(amount) + " " + units[unit]
  }
}

extension JacobianView: Displayable {
  public var document: Document {
    let shape = "(\(rows), \(columns))"
    var blocks: [Document.Block] = [
      .line("Jacobian \(shape), \(structure)", role: .heading), .line(cost, role: .note),
    ]
    if let dense, TensorSummary.isSmall(dense.shape) {
      blocks.append(.tensor(TensorBlock(dense, format: NumberFormat(precision: precision))))
    } else if let entries {
      let pattern = Pattern(rows: rows, columns: columns, entries: entries)
      blocks.append(
        .picture(
          Picture(.pattern(pattern), description: "pattern of a \(structure) Jacobian \(shape)")))
    }
    return Document(blocks)
  }
}

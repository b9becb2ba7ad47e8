import Autodiff

/// A small picture of a large tensor: averages over a grid of cells.
public struct Thumbnail: Sendable {
  public let rows: Int
  public let columns: Int
  let sourceRows: Int
  let sourceColumns: Int
  /// What the sums are in, where those of the entries would leave the range of a double.
  let unit: Double
  private var sums: [Double]
  private var counts: [Int]

  /// The most cells on a side.
  public static let side = 48

  /// The matrix that stands for a shape: the last axis across, all others down.
  ///
  /// A vector, also one that stands upright, is a single row.
  static func layout(of shape: Shape) -> (rows: Int, columns: Int) {
    guard shape.rank > 0 else { return (1, 1) }
    let columns = shape[shape.rank - 1]
    let rows = shape.dimensions.dropLast().reduce(1, *)
    return columns == 1 ? (1, rows) : (rows, columns)
  }

  /// An empty grid for a matrix, of at most `side` cells each way.
  init(sourceRows: Int, sourceColumns: Int, side: Int = Thumbnail.side, unit: Double = 1) {
    self.init(
      sourceRows: sourceRows, sourceColumns: sourceColumns, rows: min(sourceRows, side),
      columns: min(sourceColumns, side), unit: unit)
  }

  private init(sourceRows: Int, sourceColumns: Int, rows: Int, columns: Int, unit: Double) {
    self.sourceRows = sourceRows
    self.sourceColumns = sourceColumns
    self.rows = rows
    self.columns = columns
    self.unit = unit
    sums = [Double](repeating: 0, count: rows * columns)
    counts = [Int](repeating: 0, count: rows * columns)
  }

  /// The grid's row for a row of the matrix.
  func row(of sourceRow: Int) -> Int { sourceRow * rows / sourceRows }

  /// The matrix's columns that a column of the grid covers.
  func sourceColumns(of column: Int) -> Range<Int> {
    let start = (column * sourceColumns + columns - 1) / columns
    let end = ((column + 1) * sourceColumns + columns - 1) / columns
    return start..<end
  }

  /// Adds the sum of so many entries, in ``unit``.
  mutating func add(sum: Double, count: Int, row: Int, column: Int) {
    sums[row * columns + column] += sum
    counts[row * columns + column] += count
  }

  /// The average of a cell; nil when it holds no finite entry.
  public subscript(row: Int, column: Int) -> Double? {
    let index = row * columns + column
    return counts[index] == 0 ? nil : sums[index] / Double(counts[index]) * unit
  }

  /// The same picture on a grid of at most so many rows and columns.
  func coarsened(rows: Int, columns: Int) -> Thumbnail {
    if rows >= self.rows && columns >= self.columns { return self }
    var result = Thumbnail(
      sourceRows: self.rows, sourceColumns: self.columns, rows: min(rows, self.rows),
      columns: min(columns, self.columns), unit: unit)
    for row in 0..<self.rows {
      for column in 0..<self.columns {
        let index = row * self.columns + column
        result.add(
          sum: sums[index], count: counts[index], row: result.row(of: row),
          column: column * result.columns / self.columns)
      }
    }
    return result
  }

  /// The averages row by row.
  var averages: [Double?] {
    zip(sums, counts).map { $1 == 0 ? nil : $0 / Double($1) * unit }
  }
}

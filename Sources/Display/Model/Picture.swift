/// A small picture made of data, with words for those who do not see it.
public struct Picture: Sendable {
  public var content: Content
  public var description: String

  public init(_ content: Content, description: String) {
    self.content = content
    self.description = description
  }

  public enum Content: Sendable {
    case thumbnail(Thumbnail)
    case pattern(Pattern)
  }
}

/// Which cells of a matrix hold entries, on a grid of at most 64 by 64.
public struct Pattern: Sendable {
  public private(set) var rows: Int
  public private(set) var columns: Int
  private var filled: [Bool]

  /// The most cells on a side.
  public static let side = 64

  /// The pattern of a matrix with entries at the given places; places outside are left out.
  public init(rows: Int, columns: Int, entries: some Sequence<(row: Int, column: Int)>) {
    self.rows = min(max(rows, 0), Pattern.side)
    self.columns = min(max(columns, 0), Pattern.side)
    filled = [Bool](repeating: false, count: self.rows * self.columns)
    for (row, column) in entries
    where row >= 0 && row < rows && column >= 0 && column < columns {
      let gridRow = Pattern.scaled(row, from: rows, to: self.rows)
      let gridColumn = Pattern.scaled(column, from: columns, to: self.columns)
      filled[gridRow * self.columns + gridColumn] = true
    }
  }

  /// The cell that holds an index, without an overflow for the widest matrix.
  private static func scaled(_ index: Int, from count: Int, to cells: Int) -> Int {
    count.dividingFullWidth(index.multipliedFullWidth(by: cells)).quotient
  }

  /// The same pattern on a grid of at most so many cells each way.
  func coarsened(to side: Int) -> Pattern {
    if max(rows, columns) <= side { return self }
    var result = self
    result.rows = min(rows, side)
    result.columns = min(columns, side)
    result.filled = [Bool](repeating: false, count: result.rows * result.columns)
    for row in 0..<rows {
      for column in 0..<columns where self[row, column] {
        let place = row * result.rows / rows * result.columns + column * result.columns / columns
        result.filled[place] = true
      }
    }
    return result
  }

  public subscript(row: Int, column: Int) -> Bool { filled[row * columns + column] }
}

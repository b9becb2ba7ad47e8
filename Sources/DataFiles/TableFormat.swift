/// How a text file is made of rows and fields.
public struct TableFormat: Sendable {
  /// What stands between fields; nil for any number of blanks.
  public var delimiter: UInt8? = UInt8(ascii: ",")
  /// Whether quotes hold fields together (RFC 4180).
  public var hasQuotes = true
  /// What begins a comment; it lasts to the end of the line.
  public var comment: UInt8?
  /// Lines at the start that are left out.
  public var skippedRows = 0
  /// The most rows of data.
  public var mostRows = Int.max
  /// Whether the first row has the names of the columns; nil to find out.
  public var header: Bool?
  /// The columns to take, in that order; nil for all.
  public var columns: [ColumnKey]?
  /// What a field that is no number means.
  public var text = TextMeaning.column

  /// A column, by its place from 0 on (or from the end, below 0) or by its name.
  public enum ColumnKey: Sendable {
    case place(Int)
    case name(String)
  }

  public enum TextMeaning: Sendable {
    /// A column whose first value is no number is one of text; elsewhere it is an error.
    case column
    case error
    case missing
  }

  public init() {}
}

/// Rows and columns of a text file.
public struct DataTable: Sendable {
  /// Where each column is in the file.
  public let places: [Int]
  /// The names of the columns, where the file has them.
  public let names: [String]?
  public let rowCount: Int
  /// A column of text each; nil for columns of numbers.
  public let texts: [[String]?]
  /// The numbers, row by row; NaN where a column has text.
  public let numbers: [Double]

  public var columnCount: Int { texts.count }
  public var isNumeric: Bool { texts.allSatisfy { $0 == nil } }

  /// The numbers of a column.
  public func column(_ place: Int) -> [Double] {
    (0..<rowCount).map { numbers[$0 * columnCount + place] }
  }
}

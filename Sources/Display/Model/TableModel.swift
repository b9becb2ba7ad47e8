import Autodiff

/// A table of values: columns with roles, and cells that hold values rather than text.
public struct TableModel: Sendable {
  /// What a screen reader announces; not shown.
  public var label: String
  public var columns: [Column]
  public var rows: [[Cell]]
  /// Lines under the table.
  public var notes: [String]
  /// How numbers are written.
  public var format: NumberFormat
  /// The same rows with full precision, for programs; nil when there is nothing to compute with.
  public var resource: DataResource?

  /// A table of the given rows; of very many it keeps the first and the last.
  public init(
    label: String, columns: [Column], rows: [[Cell]], notes: [String] = [],
    format: NumberFormat = NumberFormat(), resource: DataResource? = nil
  ) {
    self.label = label
    self.columns = columns
    self.rows = LongTable.shown(of: rows)
    self.notes = [LongTable.note(of: rows.count)].compactMap { $0 } + notes
    self.format = format
    self.resource = resource
  }

  public struct Column: Sendable {
    public var title: String
    public var role: Role
    /// How the column's numbers are written; nil as the table's.
    public var format: NumberFormat?

    public init(_ title: String, _ role: Role, format: NumberFormat? = nil) {
      self.title = title
      self.role = role
      self.format = format
    }
  }

  /// How the numbers of a column are written.
  func format(of column: Int) -> NumberFormat { columns[column].format ?? format }

  /// What a column holds; renderers choose colour, type face and side by it.
  public enum Role: Sendable, Hashable {
    case text
    /// The name of a row: a row header.
    case name
    /// Source text, which is cut in the middle when it is long.
    case code
    case shape
    case number
    case value
    case gradient
    case verdict

    var isNumeric: Bool { self == .number || self == .value || self == .gradient }
  }

  public enum Cell: Sendable {
    case text(String)
    case number(Double)
    /// A tensor small enough to be shown whole.
    case tensor(Tensor)
    /// A large tensor, by what is known of it.
    case summary(TensorSummary)
    /// A remark in place of a number, such as `data`.
    case word(String)
    case verdict(Bool)
    /// There is nothing: `—`.
    case absent

    /// A tensor whole when it is small, else its summary.
    public static func value(of tensor: Tensor) -> Cell {
      if tensor.isScalar && !tensor.isMask { return .number(tensor.number) }
      return TensorSummary.isSmall(tensor.shape) ? .tensor(tensor) : .summary(TensorSummary(tensor))
    }
  }
}

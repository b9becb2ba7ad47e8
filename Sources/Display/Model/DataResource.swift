import Autodiff

/// A table for programs: the fields and rows of a Frictionless tabular data resource.
public struct DataResource: Sendable {
  public var name: String
  public var fields: [Field]
  /// The fields whose values name a row.
  public var primaryKey: [String]
  public var rows: [[Datum]]

  /// A table of the given rows; of very many it keeps the first and the last.
  public init(name: String, fields: [Field], primaryKey: [String] = [], rows: [[Datum]]) {
    self.name = name
    self.fields = fields
    self.primaryKey = primaryKey
    self.rows = LongTable.shown(of: rows)
  }

  public struct Field: Sendable {
    public var name: String
    public var type: FieldType

    public init(_ name: String, _ type: FieldType) {
      self.name = name
      self.type = type
    }
  }

  /// The field types of Frictionless that tables here use.
  public enum FieldType: String, Sendable {
    case string
    case number
    case integer
    case boolean
    case array
    case object
    /// Numbers in one row and arrays in another.
    case any
  }

  public enum Datum: Sendable {
    case null
    case string(String)
    case number(Double)
    case integer(Int)
    case bool(Bool)
    case shape(Shape)
    case indices([Int])
    /// A number, nested arrays, or null for a tensor past the limit of entries.
    case tensor(Tensor)
    /// Count, range, mean and norm of a tensor past the limit of entries, else null.
    case summary(Tensor)
  }
}

import Autodiff

/// A table of whatever a program or a magic has to list.
public struct DataTable: Sendable {
  public var headers: [String]
  public var rows: [[Value]]
  public var precision: Int
  /// The name of the data resource, and what a screen reader announces.
  public var name: String

  public enum Value: Sendable {
    case text(String)
    /// Source text, cut in the middle when it is long.
    case code(String)
    case tensor(Tensor)
    case none
  }

  /// Rows may be shorter than the headers; cells past the last header are left out.
  public init(
    headers: [String], rows: [[Value]], precision: Int = NumberFormat.defaultPrecision,
    name: String = "table"
  ) {
    self.headers = headers
    self.rows = rows
    self.precision = precision
    self.name = name
  }

  /// A table of text alone.
  public init(headers: [String], text rows: [[String]], name: String = "table") {
    self.init(headers: headers, rows: rows.map { $0.map(Value.text) }, name: name)
  }

  /// A table of names and values.
  public init(
    pairs: [(key: String, value: Value)], headers: (String, String) = ("name", "value"),
    precision: Int = NumberFormat.defaultPrecision, name: String = "table"
  ) {
    self.init(
      headers: [headers.0, headers.1], rows: pairs.map { [.text($0.key), $0.value] },
      precision: precision, name: name)
  }
}

extension DataTable: Displayable {
  public var document: Document {
    let columns = headers.enumerated().map { TableModel.Column($1, role(of: $0)) }
    let cells = rows.map { row in
      headers.indices.map { row.indices.contains($0) ? row[$0].cell : .absent }
    }
    let table = TableModel(
      label: name, columns: columns, rows: cells, format: NumberFormat(precision: precision),
      resource: resource)
    return Document([.table(table)])
  }

  private func values(_ column: Int) -> [Value] {
    rows.compactMap { $0.indices.contains(column) ? $0[column] : nil }
  }

  private func role(of column: Int) -> TableModel.Role {
    var role = TableModel.Role.text
    for value in values(column) {
      switch value {
      case .tensor: return .number
      case .code: role = .code
      case .text: if column == 0 { role = .name }
      case .none: break
      }
    }
    return role
  }

  private var resource: DataResource {
    var used: Set<String> = []
    let fields = headers.enumerated().map { index, header in
      // Field names must differ, headers need not.
      var name = header.isEmpty ? "column_\(index + 1)" : header
      while !used.insert(name).inserted { name += "_\(index + 1)" }
      let holdsTensors = values(index).contains { if case .tensor = $0 { true } else { false } }
      return DataResource.Field(name, holdsTensors ? .any : .string)
    }
    let data = rows.map { row in
      headers.indices.map { row.indices.contains($0) ? row[$0].datum : .null }
    }
    return DataResource(name: name, fields: fields, rows: data)
  }
}

extension DataTable.Value {
  fileprivate var cell: TableModel.Cell {
    switch self {
    case .text(let text), .code(let text): .text(text)
    case .tensor(let tensor): .value(of: tensor)
    case .none: .absent
    }
  }

  fileprivate var datum: DataResource.Datum {
    switch self {
    case .text(let text), .code(let text): .string(text)
    case .tensor(let tensor): .tensor(tensor)
    case .none: .null
    }
  }
}

import Autodiff

/// The table of a cell: its names, how they were computed, their values and gradients.
public struct CellTable: Sendable {
  public var rows: [Row]
  /// Names that are not worth a row: the last line tells them.
  public var also: [String]
  /// Significant digits.
  public var precision: Int
  /// What a screen reader announces.
  public var label: String

  public init(
    rows: [Row], also: [String] = [], precision: Int = NumberFormat.defaultPrecision,
    label: String = "Values and gradients"
  ) {
    self.rows = rows
    self.also = also
    self.precision = precision
    self.label = label
  }

  public struct Row: Sendable {
    public var name: String
    /// `leaf`, `param`, or source text such as `x + y`.
    public var computedAs: String
    public var value: Tensor
    public var gradient: Gradient

    public init(name: String, computedAs: String, value: Tensor, gradient: Gradient = .absent) {
      self.name = name
      self.computedAs = computedAs
      self.value = value
      self.gradient = gradient
    }
  }

  public enum Gradient: Sendable {
    /// No pass reached the name.
    case absent
    /// A leaf beside params, for which no gradient is computed.
    case data
    case value(Tensor)

    /// The word for programs.
    var status: String {
      switch self {
      case .absent: "absent"
      case .data: "data"
      case .value: "value"
      }
    }

    var tensor: Tensor? { if case .value(let tensor) = self { tensor } else { nil } }
  }
}

extension CellTable: Displayable {
  /// Whether any row has a gradient; without one the table has no such column.
  public var hasGradients: Bool { rows.contains { $0.gradient.tensor != nil } }

  public var document: Document {
    let showsGradients = hasGradients
    var columns: [TableModel.Column] = [
      .init("name", .name), .init("computed as", .code), .init("shape", .shape),
      .init("value", .value),
    ]
    if showsGradients { columns.append(.init("gradient", .gradient)) }
    let cells = rows.map { row in
      var cells: [TableModel.Cell] = [
        .text(row.name), row.origin, .text(row.value.shape.description),
        .value(of: row.value),
      ]
      if showsGradients { cells.append(row.gradient.cell) }
      return cells
    }
    let table = TableModel(
      label: label, columns: columns, rows: cells,
      notes: also.isEmpty ? [] : ["also: " + LongTable.list(also)],
      format: NumberFormat(precision: precision), resource: resource)
    return Document([.table(table)])
  }

  private var resource: DataResource {
    let hasLarge = rows.contains {
      DataResource.isSummarised($0.value)
        || $0.gradient.tensor.map(DataResource.isSummarised) == true
    }
    var fields: [DataResource.Field] = [
      .init("name", .string), .init("computed_as", .string), .init("shape", .array),
      .init("value", .any), .init("gradient", .any), .init("gradient_status", .string),
    ]
    if hasLarge {
      fields += [.init("value_summary", .object), .init("gradient_summary", .object)]
    }
    let data = rows.map { row in
      let gradient = row.gradient.tensor
      var data: [DataResource.Datum] = [
        .string(row.name), .string(row.computedAs), .shape(row.value.shape), .tensor(row.value),
        gradient.map(DataResource.Datum.tensor) ?? .null, .string(row.gradient.status),
      ]
      if hasLarge {
        data += [.summary(row.value), gradient.map(DataResource.Datum.summary) ?? .null]
      }
      return data
    }
    return DataResource(name: "cell", fields: fields, primaryKey: ["name"], rows: data)
  }
}

extension CellTable.Row {
  /// Leaves by a word, all else by its source text.
  fileprivate var origin: TableModel.Cell {
    computedAs == "leaf" || computedAs == "param" ? .word(computedAs) : .text(computedAs)
  }
}

extension CellTable.Gradient {
  fileprivate var cell: TableModel.Cell {
    switch self {
    case .absent: .absent
    case .data: .word("data")
    case .value(let tensor): .value(of: tensor)
    }
  }
}

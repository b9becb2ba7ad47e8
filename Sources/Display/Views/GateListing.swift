/// The table of gates, as the reference lists them.
public struct GateListing: Sendable {
  public var rows: [Row]

  public init(rows: [Row]) { self.rows = rows }

  public struct Row: Sendable {
    public var name: String
    public var operands: String
    public var formula: String
    public var localGradient: String
    /// What happens at a kink or a tie; empty where there is none.
    public var atKink: String

    public init(
      name: String, operands: String, formula: String, localGradient: String, atKink: String = ""
    ) {
      self.name = name
      self.operands = operands
      self.formula = formula
      self.localGradient = localGradient
      self.atKink = atKink
    }
  }
}

extension GateListing: Displayable {
  public var document: Document {
    let showsKinks = rows.contains { !$0.atKink.isEmpty }
    var columns: [TableModel.Column] = [
      .init("gate", .name), .init("operands", .code), .init("formula", .code),
      .init("local gradient", .code),
    ]
    if showsKinks { columns.append(.init("at a kink or tie", .text)) }
    let cells = rows.map { row in
      var cells: [TableModel.Cell] = [
        .text(row.name), .text(row.operands), .text(row.formula), .text(row.localGradient),
      ]
      if showsKinks { cells.append(.text(row.atKink)) }
      return cells
    }
    let resource = DataResource(
      name: "gates",
      fields: ["name", "operands", "formula", "local_gradient", "at_kink"].map {
        .init($0, .string)
      },
      primaryKey: ["name"],
      rows: rows.map { row in
        [row.name, row.operands, row.formula, row.localGradient, row.atKink].map { .string($0) }
      })
    return Document([
      .table(TableModel(label: "Gates", columns: columns, rows: cells, resource: resource))
    ])
  }
}

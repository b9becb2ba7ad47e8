/// What a numeric check of gradients found, name by name, and the verdict.
public struct GradcheckTable: Sendable {
  public var rows: [Row]
  /// The relative error up to which a gradient passes.
  public var tolerance: Double
  public var precision: Int

  public init(
    rows: [Row], tolerance: Double, precision: Int = NumberFormat.defaultPrecision
  ) {
    self.rows = rows
    self.tolerance = tolerance
    self.precision = precision
  }

  /// One name, by the entry whose gradients differ most.
  public struct Row: Sendable {
    public var name: String
    /// The index of that entry; empty for a number.
    public var entry: [Int]
    public var analytic: Double
    public var numeric: Double
    public var relativeError: Double
    public var passed: Bool

    public init(
      name: String, entry: [Int] = [], analytic: Double, numeric: Double, relativeError: Double,
      passed: Bool
    ) {
      self.name = name
      self.entry = entry
      self.analytic = analytic
      self.numeric = numeric
      self.relativeError = relativeError
      self.passed = passed
    }

    /// The name with its index: `W[0, 1]`.
    var place: String {
      entry.isEmpty ? name : name + "[" + entry.map(String.init).joined(separator: ", ") + "]"
    }
  }

  /// Whether every gradient passed.
  public var passed: Bool { rows.allSatisfy(\.passed) }

  /// The verdict in one sentence.
  public var verdict: String {
    let short = NumberFormat(precision: 2)
    guard !rows.isEmpty else { return "no gradient to check" }
    let failed = rows.filter { !$0.passed }
    let all = rows.count == 1 ? "the gradient agrees" : "all \(rows.count) gradients agree"
    if failed.isEmpty {
      let worst = rows.map(\.relativeError).max() ?? 0
      return "✓ \(all) with central differences, relative error at most \(short.string(worst))"
    }
    let count =
      rows.count == 1 ? "the gradient differs" : "\(failed.count) of \(rows.count) gradients differ"
    let names = failed.map(\.name).joined(separator: ", ")
    return "✗ \(count) from central differences by more than \(short.string(tolerance)): \(names)"
  }
}

extension GradcheckTable: Displayable {
  public var document: Document {
    let table = TableModel(
      label: "Numeric check of gradients",
      columns: [
        .init("worst entry", .name), .init("analytic", .gradient), .init("numeric", .number),
        .init("relative error", .number, format: NumberFormat(precision: 2)), .init("ok", .verdict),
      ],
      rows: rows.map { row in
        [
          .text(row.place), .number(row.analytic), .number(row.numeric),
          .number(row.relativeError), .verdict(row.passed),
        ]
      },
      format: NumberFormat(precision: precision), resource: resource)
    return Document([.table(table), .line(verdict, role: .verdict(passed))])
  }

  private var resource: DataResource {
    DataResource(
      name: "gradcheck",
      fields: [
        .init("name", .string), .init("entry", .array), .init("analytic", .number),
        .init("numeric", .number), .init("relative_error", .number), .init("passed", .boolean),
      ],
      primaryKey: ["name"],
      rows: rows.map { row in
        [
          .string(row.name), .indices(row.entry), .number(row.analytic), .number(row.numeric),
          .number(row.relativeError), .bool(row.passed),
        ]
      })
  }
}

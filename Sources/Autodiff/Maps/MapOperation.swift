/// A linear map given by what it does: gates at a tangent, and gates at an upstream gradient.
public struct MapOperation: Sendable {
  public typealias Action = @Sendable (Traced, inout Tape) throws(GateError) -> Traced

  /// What it multiplies by, so that derivatives of higher order flow.
  let factors: [Traced]
  let apply: Action
  let applyTransposed: Action
  /// The same map by a kind of known entries; nil where it has too many of them.
  let entries: @Sendable () -> LinearMap?
}

extension LinearMap {
  /// The normal form of an operation: its entries, or the operation itself where they are too many.
  func worked(_ operation: MapOperation) -> LinearMap {
    operation.entries()?.normalized.viewed(rows, columns) ?? self
  }

  /// A map by the rows of its matrix, where they have at most ``largest`` entries.
  static func listed(
    rows: Shape, columns: Shape, capacity: Int,
    fill: (_ row: Int, _ append: (_ column: Int, _ value: Double) -> Void) -> Void
  ) -> LinearMap? {
    guard capacity <= LinearMap.largest else { return nil }
    return LinearMap(
      rows: rows, columns: columns,
      detecting: SparseMatrix(
        rows: rows.count, columns: columns.count, capacity: capacity, fill: fill))
  }
}

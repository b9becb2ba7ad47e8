/// A linear map from tensors of one shape to tensors of another: a Jacobian, kept by its structure.
///
/// As a matrix it has `rows.count` rows and `columns.count` columns, in row-major order of both.
/// Applying it is forward mode (jvp), applying its transpose reverse mode (vjp). Factors are
/// traced, so that derivatives of any order flow through them.
public struct LinearMap: Sendable {
  /// The shape of what it makes.
  public let rows: Shape
  /// The shape of what it takes.
  public let columns: Shape
  public let kind: Kind

  public indirect enum Kind: Sendable {
    case zero
    /// The same entries, perhaps in another shape.
    case identity
    /// The same entries times a number.
    case scaled(Traced)
    /// Each entry times its own factor; the factors have as many entries as either shape.
    case diagonal(Traced)
    /// Axes in another order: axis `i` of the result is axis `order[i]` of the operand.
    case permutation([Int])
    /// Entries repeated along axes, by NumPy's broadcasting.
    case broadcast
    /// Entries summed along the axes in which the result is smaller.
    case sum
    /// Entries picked by an index.
    case selection(Selection)
    /// Entries put where an index picks, added up where it picks twice: a selection's transpose.
    case placement(Selection)
    /// `v ↦ v @ factor`, of a matrix product's left operand.
    case productByRight(Traced)
    /// `v ↦ factor @ v`, of a matrix product's right operand.
    case productByLeft(Traced)
    /// `v ↦ factor⁻¹ @ v`, of matrices or stacks of them.
    case solution(Traced)
    /// `v ↦ y (v - Σ y v)` along an axis: softmax, with its result as `y`.
    case softmax(Traced, axis: Int)
    /// `tᵢ = aᵢ tᵢ₋₁ + vᵢ` along an axis; the factors have the map's shape, or are one number.
    case scan(Traced, axis: Int)
    /// `v ↦ Σ factor v` over all entries; the result is a number.
    case inner(Traced)
    /// `u ↦ u factor`; the operand is a number.
    case column(Traced)
    /// Any matrix, of shape `(rows.count, columns.count)`.
    case dense(Traced)
    /// The second map after the first: `outer ∘ inner`.
    case composed(outer: LinearMap, inner: LinearMap)
    case total([LinearMap])
    case transposed(LinearMap)
    /// `diag(d) + u vᵀ` in each lane, flat.
    case rankOneUpdate(RankOneUpdate)
    /// The Kronecker product of the factors, flat.
    case kronecker([KroneckerFactor])
    /// Equal blocks along the diagonal, flat; of shape `(count, rows, columns)`.
    case blocks(Tensor)
    /// A few diagonals, flat.
    case banded(BandMatrix)
    /// Entries row by row, flat.
    case sparse(SparseMatrix)
    /// A map known by the gates that apply it and its transpose.
    case operation(MapOperation)
    /// What the tape holds between two values, applied by passes over it, so that Jacobians nest;
    /// `value` is its numeric form, nil where it is too large to work out.
    case recorded(of: Traced, withRespectTo: Traced, value: LinearMap?)
  }

  public init(rows: Shape, columns: Shape, _ kind: Kind) {
    self.rows = rows
    self.columns = columns
    self.kind = kind
  }
}

extension LinearMap {
  public static func zero(rows: Shape, columns: Shape) -> LinearMap {
    LinearMap(rows: rows, columns: columns, .zero)
  }
  /// The same entries in `rows`; by default in the same shape.
  public static func identity(_ columns: Shape, as rows: Shape? = nil) -> LinearMap {
    LinearMap(rows: rows ?? columns, columns: columns, .identity)
  }
  /// Entrywise factors, of the shape of operand and result.
  public static func diagonal(_ factors: Traced) -> LinearMap {
    LinearMap(rows: factors.shape, columns: factors.shape, .diagonal(factors))
  }
  public static func broadcast(from columns: Shape, to rows: Shape) -> LinearMap {
    columns == rows ? .identity(rows) : LinearMap(rows: rows, columns: columns, .broadcast)
  }
  /// The transpose of broadcasting `rows` to `columns`.
  public static func sum(from columns: Shape, to rows: Shape) -> LinearMap {
    columns == rows ? .identity(rows) : LinearMap(rows: rows, columns: columns, .sum)
  }
  public static func selection(_ selection: Selection) -> LinearMap {
    LinearMap(rows: selection.result, columns: selection.source, .selection(selection))
  }
  public static func placement(_ selection: Selection) -> LinearMap {
    LinearMap(rows: selection.source, columns: selection.result, .placement(selection))
  }
  /// The gradient of a number with respect to a tensor, as a row.
  public static func inner(_ factor: Traced) -> LinearMap {
    LinearMap(rows: .scalar, columns: factor.shape, .inner(factor))
  }
  /// The linear recurrence along an axis, with these factors.
  public static func scan(_ factors: Traced, _ shape: Shape, axis: Int) -> LinearMap {
    LinearMap(rows: shape, columns: shape, .scan(factors, axis: axis))
  }
  public static func permutation(_ order: [Int], of columns: Shape) -> LinearMap {
    LinearMap(rows: Shape(order.map { columns[$0] }), columns: columns, .permutation(order))
  }

  /// `self ∘ inner`: first `inner`, then this.
  public func after(_ inner: LinearMap) -> LinearMap {
    switch (kind, inner.kind) {
    case (.zero, _), (_, .zero): .zero(rows: rows, columns: inner.columns)
    case (.identity, _): LinearMap(rows: rows, columns: inner.columns, inner.kind).checked(inner)
    case (_, .identity): LinearMap(rows: rows, columns: inner.columns, kind).checked(self)
    default:
      LinearMap(
        rows: rows, columns: inner.columns, .composed(outer: self, inner: inner))
    }
  }

  /// Keeps `original` and a reshape where its kind depends on the shapes it was made with.
  private func checked(_ original: LinearMap) -> LinearMap {
    if rows == original.rows, columns == original.columns { return original }
    switch kind {
    case .zero, .identity, .scaled, .diagonal, .dense, .rankOneUpdate, .kronecker, .blocks,
      .banded, .sparse:
      return self
    default:
      let rowsView = LinearMap(rows: rows, columns: original.rows, .identity)
      let columnsView = LinearMap(rows: original.columns, columns: columns, .identity)
      var map = original
      if columns != original.columns {
        map = LinearMap(
          rows: map.rows, columns: columns, .composed(outer: map, inner: columnsView))
      }
      if rows != original.rows {
        map = LinearMap(rows: rows, columns: columns, .composed(outer: rowsView, inner: map))
      }
      return map
    }
  }
}

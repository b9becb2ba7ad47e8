// The product of maps. Rules keep the structure; where they run out, both become sparse and the
// structure is found anew; dense is the last resort.

extension LinearMap {
  /// `self @ inner` with the structure that the two allow.
  ///
  /// Throws: ShapeError when the sizes do not fit.
  public func times(_ inner: LinearMap) throws(GateError) -> LinearMap {
    guard columns.count == inner.rows.count else {
      throw GateError(
        .shape,
        "cannot multiply {0} of shape (\(rows.count), \(columns.count)) by {1} of shape"
          + " (\(inner.rows.count), \(inner.columns.count)): \(columns.count) columns against"
          + " \(inner.rows.count) rows")
    }
    return normalized.product(inner.normalized)
  }

  /// The map times a number, of the same structure where that can be.
  public func scaled(by factor: Double) -> LinearMap {
    let map = normalized
    switch map.kind {
    case .zero: return map
    case .identity: return with(.scaled(Traced(constant: factor)))
    case .scaled(let own): return with(.scaled(Traced(constant: own.tensor[0] * factor)))
    case .diagonal(let own):
      return with(.diagonal(Traced(constant: own.tensor.scaled(by: factor))))
    case .rankOneUpdate(let own):
      return with(
        .rankOneUpdate(
          own.with(own.diagonal.scaled(by: factor), own.u.scaled(by: factor), own.v)))
    case .kronecker(let own): return with(.kronecker(Kronecker.scaled(own, by: factor)))
    case .blocks(let own): return with(.blocks(own.scaled(by: factor)))
    case .banded(let own): return with(.banded(own.scaled(by: factor)))
    case .sparse(let own): return with(.sparse(own.scaled(by: factor)))
    case .dense(let own): return with(.dense(Traced(constant: own.tensor.scaled(by: factor))))
    default:
      if let band = map.band {
        return LinearMap(rows: rows, columns: columns, band.scaled(by: factor))
      }
      if let matrix = map.sparseMatrix {
        return LinearMap(rows: rows, columns: columns, detecting: matrix.scaled(by: factor))
      }
      let scaled = LinearMap(rows: rows, columns: rows, .scaled(Traced(constant: factor)))
      return with(.composed(outer: scaled, inner: map))
    }
  }

  /// The product of normal maps whose sizes fit.
  func product(_ inner: LinearMap) -> LinearMap {
    func made(_ kind: Kind) -> LinearMap {
      LinearMap(rows: rows, columns: inner.columns, kind)
    }
    if rows.count == 0 || inner.columns.count == 0 || columns.count == 0 { return made(.zero) }
    switch (kind, inner.kind) {
    case (.zero, _), (_, .zero): return made(.zero)
    case (.identity, _): return inner.viewed(rows, inner.columns)
    case (_, .identity): return viewed(rows, inner.columns)
    case (.scaled(let factor), _):
      return inner.scaled(by: factor.tensor[0]).viewed(rows, inner.columns)
    case (_, .scaled(let factor)): return scaled(by: factor.tensor[0]).viewed(rows, inner.columns)
    case (.diagonal(let a), .diagonal(let b)):
      return made(.diagonal(Traced(constant: a.tensor.chained(with: b.tensor))))
    case (.diagonal(let a), .rankOneUpdate(let b)):
      return made(
        .rankOneUpdate(
          b.with(
            a.tensor.chained(with: b.diagonal), a.tensor.chained(with: b.u), b.v)))
    case (.rankOneUpdate(let a), .diagonal(let b)):
      return made(
        .rankOneUpdate(
          a.with(a.diagonal.chained(with: b.tensor), a.u, a.v.chained(with: b.tensor))))
    case (.kronecker(let a), .kronecker(let b)):
      if let factors = Kronecker.product(a, b) {
        return LinearMap(rows: rows, columns: inner.columns, kronecker: factors)
      }
    case (.selection(let a), .selection(let b)):
      return made(.identity).picking(a.picking(from: b))
    case (.placement(let a), .placement(let b)):
      return made(.identity).placing(b.picking(from: a))
    default: break
    }
    if isLazy || inner.isLazy { return made(.composed(outer: self, inner: inner)) }
    if let blocks = blocksProduct(inner) { return made(.blocks(blocks)) }
    if let a = band, let b = inner.band,
      a.diagonals.count * b.diagonals.count <= LinearMap.mostDiagonals
    {
      return LinearMap(rows: rows, columns: inner.columns, a.multiplied(by: b))
    }
    if let vector = vectorProduct(inner) { return made(vector) }
    return generalProduct(inner)
  }

  /// Products of which one factor is dense, and those that must be sparse or dense.
  private func generalProduct(_ inner: LinearMap) -> LinearMap {
    let fits = LinearMap.fits(rows.count, inner.columns.count)
    let work = cost(of: inner)
    // Few rows of a dense factor, put among many, are no dense matrix.
    if 2 * work <= Double(rows.count) * Double(inner.columns.count),
      let product = sparseProduct(inner, work)
    {
      return product
    }
    if case .dense(let matrix) = inner.kind, fits {
      return LinearMap(
        rows: rows, columns: inner.columns,
        dense: applied(normal: matrix.tensor, width: inner.columns.count))
    }
    if case .dense(let matrix) = kind, fits {
      if case .diagonal(let factors) = inner.kind {
        return LinearMap(
          rows: rows, columns: inner.columns,
          dense: matrix.tensor.scalingColumns(by: factors.tensor, rows.count))
      }
      // The transpose of the product, so that rows of the dense factor are columns.
      let turned = inner.transposed.applied(
        normal: matrix.tensor.transposedRows, width: rows.count)
      return LinearMap(
        rows: rows, columns: inner.columns,
        dense: turned.reshaped(Shape(inner.columns.count, rows.count)).transposedRows)
    }
    return sparseProduct(inner, work)
      ?? LinearMap(rows: rows, columns: inner.columns, .composed(outer: self, inner: inner))
  }

  private func sparseProduct(_ inner: LinearMap, _ work: Double) -> LinearMap? {
    guard work <= LinearMap.mostWork, let a = sparseMatrix, let b = inner.sparseMatrix,
      let product = a.multiplied(by: b, atMost: LinearMap.largest)
    else { return nil }
    return LinearMap(rows: rows, columns: inner.columns, detecting: product)
  }

  /// Whether a dense matrix of that many rows and columns is within what is written out.
  static func fits(_ rows: Int, _ columns: Int) -> Bool { rows * columns <= largest }

  init(rows: Shape, columns: Shape, dense matrix: Tensor) {
    let (height, width) = (rows.count, columns.count)
    self.init(
      rows: rows, columns: columns,
      height == 1 && width == 1
        ? .diagonal(Traced(constant: matrix[0]))
        : .dense(Traced(constant: matrix.reshaped(Shape(height, width)))))
  }

  /// About the multiplications that the product with an inner map takes.
  func cost(of inner: LinearMap) -> Double {
    switch (kind, inner.kind) {
    case (.zero, _), (_, .zero), (.identity, _), (_, .identity): return 1
    case (.kronecker(let a), .kronecker(let b)):
      return zip(a, b).reduce(1) { $0 + Double($1.0.rows * $1.0.columns * $1.1.columns) }
    default:
      return 1 + Double(nnz) * Double(inner.nnz) / Double(max(columns.count, 1))
    }
  }

  /// The map as a few diagonals, where it is so at once.
  var band: BandMatrix? {
    let (height, width) = (rows.count, columns.count)
    switch kind {
    case .banded(let band): return band
    case .identity:
      return BandMatrix(rows: height, columns: width, offset: 0, range: 0..<height, .constant(1))
    case .scaled(let factor):
      return BandMatrix(
        rows: height, columns: width, offset: 0, range: 0..<height, .constant(factor.tensor[0]))
    case .diagonal(let factors):
      return BandMatrix(
        rows: height, columns: width, offset: 0, range: 0..<height, .entries(factors.tensor))
    case .selection(let selection):
      guard let start = selection.contiguousStart else { return nil }
      return BandMatrix(
        rows: height, columns: width, offset: start, range: 0..<height, .constant(1))
    case .placement(let selection):
      guard let start = selection.contiguousStart else { return nil }
      return BandMatrix(
        rows: height, columns: width, offset: -start, range: start..<start + width, .constant(1))
    default: return nil
    }
  }

  /// Blocks along the diagonal, where the map is so at once: the count and one block or all.
  private var blockForm: (count: Int, rows: Int, columns: Int, tensor: Tensor, isShared: Bool)? {
    switch kind {
    case .blocks(let blocks):
      return (blocks.shape[0], blocks.shape[1], blocks.shape[2], blocks, false)
    case .kronecker(let factors):
      guard factors.count == 2, case .identity(let count) = factors[0],
        case .matrix(let matrix) = factors[1]
      else { return nil }
      return (count, matrix.shape[0], matrix.shape[1], matrix, true)
    default: return nil
    }
  }

  /// Blocks times a diagonal or blocks of the same count.
  private func blocksProduct(_ inner: LinearMap) -> Tensor? {
    switch (blockForm, inner.blockForm) {
    case (let a?, nil):
      guard case .diagonal(let factors) = inner.kind, a.count * a.rows * a.columns <= Self.largest
      else { return nil }
      return a.tensor.blocks(a.count, a.rows, a.columns, isShared: a.isShared) { value, _, column in
        Autodiff.chained(value, factors.tensor[column])
      }
    case (nil, let b?):
      guard case .diagonal(let factors) = kind, b.count * b.rows * b.columns <= Self.largest
      else { return nil }
      return b.tensor.blocks(b.count, b.rows, b.columns, isShared: b.isShared) { value, row, _ in
        Autodiff.chained(factors.tensor[row], value)
      }
    case (let a?, let b?):
      guard a.count == b.count, a.columns == b.rows, a.count * a.rows * b.columns <= Self.largest
      else { return nil }
      return try? Matmul.product(a.tensor, b.tensor)
    default: return nil
    }
  }

  /// One column or one row of ones, times a diagonal: the diagonal as that column or row; and a
  /// column times a row.
  private func vectorProduct(_ inner: LinearMap) -> Kind? {
    if columns.count == 1, rows.count > 1, rows.count == inner.columns.count,
      let u = vector, let v = inner.vector
    {
      return .rankOneUpdate(
        RankOneUpdate(
          diagonal: Tensor(repeating: 0, shape: Shape(u.count)), u: u, v: v, outer: 1,
          length: u.count, inner: 1))
    }
    if case .diagonal(let factors) = kind, case .selection = inner.kind, inner.columns.count == 1,
      rows.count > 1
    {
      return .dense(Traced(constant: factors.tensor.reshaped(Shape(rows.count, 1))))
    }
    if case .placement = kind, rows.count == 1, case .diagonal(let factors) = inner.kind,
      columns.count > 1
    {
      return .dense(Traced(constant: factors.tensor.reshaped(Shape(1, columns.count))))
    }
    return nil
  }

  /// The entries of one row or one column that has none without an entry.
  private var vector: Tensor? {
    switch kind {
    case .dense(let matrix): matrix.tensor
    case .selection where columns.count == 1, .placement where rows.count == 1:
      Tensor(repeating: 1, shape: Shape(max(rows.count, columns.count)))
    default:
      if isLazy || nnz != max(rows.count, columns.count) {
        nil
      } else if columns.count == 1 {
        applied(normal: Tensor(shape: Shape(1), values: [1]), width: 1)
      } else if rows.count == 1 {
        transposed.applied(normal: Tensor(shape: Shape(1), values: [1]), width: 1)
      } else {
        nil
      }
    }
  }
}

extension Selection {
  /// This selection of what `other` picks.
  func picking(from other: Selection) -> Selection {
    if let outer = contiguousStart, let inner = other.contiguousStart {
      return Selection(
        source: Shape(other.source.count), result: Shape(result.count),
        places: .strided(start: outer + inner, steps: [1]))
    }
    let inner = other.offsets
    return Selection(
      source: other.source, result: result, places: .listed(offsets.map { inner[$0] }))
  }
}

extension Tensor {
  /// Blocks with each entry changed; the closure gets the matrix's row and column.
  fileprivate func blocks(
    _ count: Int, _ rows: Int, _ columns: Int, isShared: Bool,
    _ change: (_ value: Double, _ row: Int, _ column: Int) -> Double
  ) -> Tensor {
    withEntries { source in
      Tensor(shape: Shape(count, rows, columns)) { entries in
        var place = 0
        for block in 0..<count {
          for row in 0..<rows {
            for column in 0..<columns {
              let value = source[isShared ? row * columns + column : place]
              entries[place] = change(value, block * rows + row, block * columns + column)
              place += 1
            }
          }
        }
      }
    }
  }

  /// A row-major matrix of `rows` rows with each column times its factor.
  fileprivate func scalingColumns(by factors: Tensor, _ rows: Int) -> Tensor {
    withEntries { source in
      factors.withEntries { factors in
        Tensor(shape: Shape(rows, factors.count)) { entries in
          for row in 0..<rows {
            let start = row * factors.count
            for column in factors.indices {
              entries[start + column] = Autodiff.chained(source[start + column], factors[column])
            }
          }
        }
      }
    }
  }
}

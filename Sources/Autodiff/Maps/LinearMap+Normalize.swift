// The numeric form of a map that the algebra works on: its kind does not depend on the shapes of
// rows and columns beyond their counts, and its factors are constants.

extension LinearMap {
  /// The most entries that the algebra writes out before it leaves a product as it is.
  static let largest = 8 << 20

  /// The most multiplications of a product of sparse maps: about a second.
  static let mostWork = 256e6

  /// Whether the map is a product or sum that was left as it is, for its size.
  ///
  /// Of normal maps only: others may be lazy and have a form that is not.
  var isLazy: Bool {
    switch kind {
    case .composed, .total, .transposed, .recorded, .productByLeft, .productByRight, .scan,
      .solution, .operation:
      true
    default: false
    }
  }

  /// The map by its structure, as numbers; products and sums are worked out where that is cheap.
  public var normalized: LinearMap {
    if rows.count == 0 || columns.count == 0 { return .zero(rows: rows, columns: columns) }
    switch kind {
    case .zero, .identity, .rankOneUpdate, .kronecker, .blocks, .banded, .sparse: return self
    case .selection(let selection): return picking(selection)
    case .placement(let selection): return placing(selection)
    case .scaled(let factor):
      return with(.scaled(Traced(constant: factor.tensor[0])))
    case .diagonal(let factors):
      return with(.diagonal(Traced(constant: factors.tensor)))
    case .permutation(let order):
      let strides = columns.strides
      return picking(
        Selection(
          source: columns, result: rows,
          places: .strided(start: 0, steps: order.map { strides[$0] })))
    case .broadcast: return picking(.repeating(columns, to: rows))
    case .sum: return placing(.repeating(rows, to: columns))
    case .productByRight(let factor):
      return StackedProduct(rows: rows, columns: columns, factor.tensor).byRight
    case .productByLeft(let factor):
      return StackedProduct(rows: rows, columns: columns, factor.tensor).byLeft
    case .solution(let factor):
      // The factor was solved with before, so it has an inverse.
      guard let inverse = try? SquareMatrices(factor.tensor, for: "solve").inverse() else {
        return self
      }
      return StackedProduct(rows: rows, columns: columns, inverse).byLeft
    case .softmax(let y, let axis):
      return with(.rankOneUpdate(RankOneUpdate(softmax: y.tensor, axis: axis)))
    case .scan(let factors, let axis): return scanned(factors.tensor, axis: axis)
    case .inner(let factor), .column(let factor), .dense(let factor):
      if rows.count == 1, columns.count == 1 {
        return with(.diagonal(Traced(constant: factor.tensor[0])))
      }
      return with(
        .dense(
          Traced(constant: factor.tensor.reshaped(Shape(rows.count, columns.count)))))
    case .composed: return LinearMap.chain(factors.map(\.normalized), rows, columns)
    case .total(let maps):
      guard let first = maps.first else { return .zero(rows: rows, columns: columns) }
      return maps.dropFirst().reduce(first.normalized) { $0.sum($1.normalized) }
        .viewed(rows, columns)
    case .transposed(let map):
      let inner = map.normalized
      return inner.isLazy ? self : inner.transposed
    case .operation(let operation): return worked(operation)
    case .recorded(_, _, let value): return value?.viewed(rows, columns) ?? self
    }
  }

  /// The maps of a chain of compositions, the outermost first.
  private var factors: [LinearMap] {
    var result: [LinearMap] = []
    var stack = [self]
    while let map = stack.popLast() {
      if case .composed(let outer, let inner) = map.kind {
        stack.append(inner)
        stack.append(outer)
      } else {
        result.append(map)
      }
    }
    return result
  }

  /// The same matrix in other shapes of as many entries; for normal maps, which see counts alone.
  func viewed(_ rows: Shape, _ columns: Shape) -> LinearMap {
    LinearMap(rows: rows, columns: columns, kind)
  }

  func with(_ kind: Kind) -> LinearMap { LinearMap(rows: rows, columns: columns, kind) }

  /// Entries picked; the identity where all are picked in order.
  func picking(_ selection: Selection) -> LinearMap {
    if rows.count == columns.count, selection.contiguousStart == 0 { return with(.identity) }
    return with(.selection(selection))
  }

  func placing(_ selection: Selection) -> LinearMap {
    if rows.count == columns.count, selection.contiguousStart == 0 { return with(.identity) }
    return with(.placement(selection))
  }

  /// The transpose; products that were left as they are stay so.
  public var transposed: LinearMap {
    let map = normalized
    func flipped(_ kind: Kind) -> LinearMap { LinearMap(rows: columns, columns: rows, kind) }
    switch map.kind {
    case .zero, .identity, .scaled, .diagonal: return flipped(map.kind)
    case .selection(let selection): return flipped(.placement(selection))
    case .placement(let selection): return flipped(.selection(selection))
    case .rankOneUpdate(let update): return flipped(.rankOneUpdate(update.transposed))
    case .kronecker(let factors): return flipped(.kronecker(factors.map(\.transposed)))
    case .blocks(let blocks): return flipped(.blocks(blocks.permuted([0, 2, 1])))
    case .banded(let band): return flipped(.banded(band.transposed))
    case .sparse(let matrix):
      return LinearMap(rows: columns, columns: rows, detecting: matrix.transposed)
    case .dense(let matrix): return flipped(.dense(Traced(constant: matrix.tensor.transposedRows)))
    case .transposed(let original): return original
    default: return flipped(.transposed(self))
    }
  }
}

extension LinearMap {
  /// A recurrence: below the diagonal of each lane the products of the factors between.
  private func scanned(_ factors: Tensor, axis: Int) -> LinearMap {
    let length = columns[axis]
    guard columns.count * (length + 1) / 2 <= LinearMap.largest else { return self }
    let inner = columns.dimensions[(axis + 1)...].reduce(1, *)
    var starts = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    for row in 0..<columns.count {
      let place = row / inner % length
      var product = 1.0
      var line: [Double] = []
      for back in 0...place {
        line.append(product)
        product *= factors.isScalar ? factors.number : factors[row - back * inner]
      }
      for back in stride(from: place, through: 0, by: -1) {
        indices.append(Int32(row - back * inner))
        values.append(line[back])
      }
      starts.append(values.count)
    }
    return LinearMap(
      rows: rows, columns: columns,
      detecting: SparseMatrix(
        rows: rows.count, columns: columns.count, rowStarts: starts, columnIndices: indices,
        values: values))
  }
}

extension Selection {
  /// Broadcasting as an index.
  static func repeating(_ source: Shape, to result: Shape) -> Selection {
    let strides = source.strides
    let shift = result.rank - source.rank
    let steps = (0..<result.rank).map { axis in
      axis < shift || source[axis - shift] == 1 ? 0 : strides[axis - shift]
    }
    return Selection(source: source, result: result, places: .strided(start: 0, steps: steps))
  }
}

/// The local Jacobians of a matrix product, by NumPy's rules for vectors and stacks.
struct StackedProduct {
  let rows: Shape
  let columns: Shape
  let factor: Tensor

  init(rows: Shape, columns: Shape, _ factor: Tensor) {
    self.rows = rows
    self.columns = columns
    self.factor = factor
  }

  /// `v ↦ v @ B`.
  var byRight: LinearMap {
    switch factor.shape.rank {
    case 1:
      let length = factor.shape[0]
      return kronecker([
        .identity(columns.count / length), .matrix(factor.reshaped(Shape(1, length))),
      ])
    case 2:
      return kronecker([
        .identity(columns.count / factor.shape[0]), .matrix(factor.transposedRows),
      ])
    default: return stacked(.productByRight(Traced(constant: factor)), stackB)
    }
  }

  /// `v ↦ A @ v`.
  var byLeft: LinearMap {
    let width = columns.rank == 1 ? 1 : columns[columns.rank - 1]
    switch factor.shape.rank {
    case 1, 2:
      let matrix =
        factor.shape.rank == 1 ? factor.reshaped(Shape(1, factor.shape[0])) : factor
      let stack = columns.count / (width * matrix.shape[1])
      return kronecker([.identity(stack), .matrix(matrix), .identity(width)])
    default: return stacked(.productByLeft(Traced(constant: factor)), stackA)
    }
  }

  private func kronecker(_ factors: [KroneckerFactor]) -> LinearMap {
    LinearMap(rows: rows, columns: columns, kronecker: factors)
  }

  /// Entry by entry, where the other operand is a stack of matrices.
  private func stacked(
    _ kind: LinearMap.Kind, _ entries: (inout [[(column: Int, value: Double)]]) -> Void
  ) -> LinearMap {
    let count = rows.count * factor.shape[factor.shape.rank - 2]
    guard max(count, rows.count * factor.shape[factor.shape.rank - 1]) <= LinearMap.largest else {
      return LinearMap(rows: rows, columns: columns, kind)
    }
    var lists = [[(column: Int, value: Double)]](repeating: [], count: rows.count)
    entries(&lists)
    return LinearMap(
      rows: rows, columns: columns,
      detecting: SparseMatrix(rows: rows.count, columns: columns.count, capacity: rows.count) {
        row, append in
        for (column, value) in lists[row] { append(column, value) }
      })
  }

  /// Rows of `v @ B`, where `v` may be a vector and `B` is a stack.
  private func stackB(_ lists: inout [[(column: Int, value: Double)]]) {
    let inner = factor.shape[factor.shape.rank - 2]
    let width = factor.shape[factor.shape.rank - 1]
    let height = columns.rank == 1 ? 1 : columns[columns.rank - 2]
    forEachPair(ownRank: columns.rank) { result, own, other in
      for i in 0..<height {
        for j in 0..<width {
          lists[(result * height + i) * width + j] = (0..<inner).map { k in
            ((own * height + i) * inner + k, factor[(other * inner + k) * width + j])
          }
        }
      }
    }
  }

  /// Rows of `A @ v`, where `A` is a stack and `v` may be a vector.
  private func stackA(_ lists: inout [[(column: Int, value: Double)]]) {
    let height = factor.shape[factor.shape.rank - 2]
    let inner = factor.shape[factor.shape.rank - 1]
    let width = columns.rank == 1 ? 1 : columns[columns.rank - 1]
    forEachPair(ownRank: columns.rank) { result, own, other in
      for i in 0..<height {
        for j in 0..<width {
          lists[(result * height + i) * width + j] = (0..<inner).map { k in
            ((own * inner + k) * width + j, factor[(other * height + i) * inner + k])
          }
        }
      }
    }
  }

  /// The matrices of the result's stack with those of the operand's and the factor's.
  private func forEachPair(ownRank: Int, _ body: (_ result: Int, _ own: Int, _ other: Int) -> Void)
  {
    let own = Shape(columns.dimensions.dropLast(2))
    let other = Shape(factor.shape.dimensions.dropLast(2))
    guard let stack = own.broadcast(with: other) else { return }
    let walk = BroadcastWalk(stack, own, other)
    walk.forEachRow { offset, a, b in
      for k in 0..<walk.rowLength { body(offset + k, a + k * walk.stepA, b + k * walk.stepB) }
    }
  }
}

extension LinearMap {
  /// A Kronecker product, or what it is when its factors say less.
  init(rows: Shape, columns: Shape, kronecker factors: [KroneckerFactor]) {
    let factors = Kronecker.simplified(factors)
    var scale = 1.0
    var isScaled = true
    for case .matrix(let matrix) in factors {
      if matrix.count == 1 { scale *= matrix[0] } else { isScaled = false }
    }
    let kind: Kind
    if isScaled {
      kind = scale == 1 ? .identity : .scaled(Traced(constant: scale))
    } else if case .matrix(let matrix)? = factors.first, factors.count == 1 {
      kind = .dense(Traced(constant: matrix))
    } else {
      kind = .kronecker(factors)
    }
    self.init(rows: rows, columns: columns, kind)
  }
}

// The sum of maps, by the same order: rules, then sparse, then dense.

extension LinearMap {
  /// The sum with the structure that the two allow.
  ///
  /// Throws: ShapeError when the sizes differ.
  public func plus(_ other: LinearMap) throws(GateError) -> LinearMap {
    guard rows.count == other.rows.count, columns.count == other.columns.count else {
      throw GateError(
        .shape,
        "cannot add {0} of shape (\(rows.count), \(columns.count)) and {1} of shape"
          + " (\(other.rows.count), \(other.columns.count))")
    }
    return normalized.sum(other.normalized)
  }

  /// The sum of normal maps of equal sizes.
  func sum(_ other: LinearMap) -> LinearMap {
    switch (kind, other.kind) {
    case (.zero, _): return other.viewed(rows, columns)
    case (_, .zero): return self
    case (.diagonal(let a), .diagonal(let b)):
      return with(.diagonal(Traced(constant: a.tensor.adding(flat: b.tensor))))
    case (.rankOneUpdate(let a), _):
      if let diagonal = other.diagonalEntries {
        return with(.rankOneUpdate(a.with(a.diagonal.adding(flat: diagonal), a.u, a.v)))
      }
    case (_, .rankOneUpdate):
      if diagonalEntries != nil { return other.viewed(rows, columns).sum(self) }
    case (.kronecker(let a), .kronecker(let b)):
      if let factors = Kronecker.sum(a, b) {
        return LinearMap(rows: rows, columns: columns, kronecker: factors)
      }
    case (.blocks(let a), .blocks(let b)) where a.shape == b.shape:
      return with(.blocks(a.adding(flat: b)))
    default: break
    }
    if isLazy || other.isLazy { return with(.total([self, other])) }
    if let a = band, let b = other.band,
      a.diagonals.count + b.diagonals.count <= LinearMap.mostDiagonals
    {
      return LinearMap(rows: rows, columns: columns, a.adding(b))
    }
    if case .dense(let matrix) = kind { return dense(matrix.tensor, adding: other) }
    if case .dense(let matrix) = other.kind { return dense(matrix.tensor, adding: self) }
    if let a = sparseMatrix, let b = other.sparseMatrix {
      return LinearMap(rows: rows, columns: columns, detecting: a.adding(b))
    }
    return with(.total([self, other]))
  }

  private func dense(_ matrix: Tensor, adding other: LinearMap) -> LinearMap {
    if case .dense(let more) = other.kind {
      return with(.dense(Traced(constant: matrix.adding(flat: more.tensor))))
    }
    var sum = matrix
    let width = columns.count
    sum.update { entries in
      other.forEachEntry(inRows: 0..<rows.count) { entries[$0 * width + $1] += $2 }
    }
    return with(.dense(Traced(constant: sum)))
  }

  /// The entries of a diagonal, scaled or identity map.
  private var diagonalEntries: Tensor? {
    switch kind {
    case .identity: Tensor(repeating: 1, shape: Shape(rows.count))
    case .scaled(let factor): Tensor(repeating: factor.tensor[0], shape: Shape(rows.count))
    case .diagonal(let factors): factors.tensor
    default: nil
    }
  }

  /// Maps added in pairs, so that no sum is repeated for each of many.
  static func sum(_ maps: [LinearMap]) -> LinearMap? {
    var maps = maps
    while maps.count > 1 {
      var halves: [LinearMap] = []
      for place in stride(from: 0, to: maps.count, by: 2) {
        halves.append(
          place + 1 < maps.count ? maps[place].sum(maps[place + 1]) : maps[place])
      }
      maps = halves
    }
    return maps.first
  }
}

// MARK: - Chains

extension LinearMap {
  /// The product of a chain, the outermost map first, in the order that costs least.
  ///
  /// By dynamic programming over the places to cut, with the entries of products estimated.
  static func chain(_ maps: [LinearMap], _ rows: Shape, _ columns: Shape) -> LinearMap {
    let count = maps.count
    guard count > 2, count <= 64 else {
      return maps.dropFirst().reduce(maps[0]) { $0.product($1) }.viewed(rows, columns)
    }
    var entries = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var costs = entries
    var cuts = [[Int]](repeating: [Int](repeating: 0, count: count), count: count)
    for (place, map) in maps.enumerated() { entries[place][place] = Double(map.nnz) }
    for length in 2...count {
      for first in 0...(count - length) {
        let last = first + length - 1
        costs[first][last] = .infinity
        for cut in first..<last {
          let middle = Double(max(maps[cut].columns.count, 1))
          let work = entries[first][cut] * entries[cut + 1][last] / middle
          let total = costs[first][cut] + costs[cut + 1][last] + work
          if total < costs[first][last] {
            costs[first][last] = total
            cuts[first][last] = cut
            entries[first][last] = min(
              work, Double(maps[first].rows.count) * Double(maps[last].columns.count))
          }
        }
      }
    }
    func product(_ first: Int, _ last: Int) -> LinearMap {
      if first == last { return maps[first] }
      let cut = cuts[first][last]
      return product(first, cut).product(product(cut + 1, last))
    }
    return product(0, count - 1).viewed(rows, columns)
  }
}

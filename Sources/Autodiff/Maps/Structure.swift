/// The shape of a Jacobian's pattern: what is known of its entries without looking at them.
public enum Structure: String, Sendable, CaseIterable {
  case zero
  case identity
  /// A number times the identity.
  case scaled
  case diagonal
  /// A diagonal plus the outer product of two vectors, as softmax has.
  case diagonalPlusRankOne = "diagonal+rank-one"
  /// One entry in each row at most, or the transpose of picking entries.
  case selection
  /// Every entry repeated equally often, or the transpose: sums.
  case broadcast
  /// A Kronecker product, as matrix products have.
  case kronecker
  /// Blocks along the diagonal.
  case block
  /// A few neighbouring diagonals.
  case banded
  case sparse
  case dense
}

extension LinearMap {
  /// The name of the pattern, found without looking at more entries than must be.
  public var structure: Structure {
    let map = normalized
    switch map.kind {
    case .zero: return .zero
    case .identity: return .identity
    case .scaled: return .scaled
    case .diagonal: return .diagonal
    case .rankOneUpdate(let update): return update.lanes == 1 ? .diagonalPlusRankOne : .block
    case .selection(let selection), .placement(let selection):
      return selection.repeatsEvenly ? .broadcast : .selection
    case .kronecker: return .kronecker
    case .blocks: return .block
    case .banded(let band): return band.diagonals.count == 1 ? .selection : .banded
    case .sparse(let matrix): return matrix.structure
    default: return .dense
    }
  }

  /// Entries that the structure admits: a diagonal has as many as rows, whatever their values.
  public var nnz: Int {
    let map = normalized
    switch map.kind {
    case .zero: return 0
    case .identity, .scaled, .diagonal: return rows.count
    case .rankOneUpdate(let update): return update.lanes * update.length * update.length
    case .selection: return rows.count
    case .placement: return columns.count
    case .kronecker(let factors):
      return factors.reduce(1) { product, factor in
        switch factor {
        case .identity(let size): product * size
        case .matrix(let matrix): product * matrix.count
        }
      }
    case .blocks(let blocks): return blocks.count
    case .banded(let band): return band.nnz
    case .sparse(let matrix): return matrix.values.count
    default: return rows.count * columns.count
    }
  }

  /// Bytes of what is stored: 8 for each number, and the indices where the pattern needs them.
  public var nbytes: Int {
    let map = normalized
    switch map.kind {
    case .zero, .identity: return 0
    case .scaled: return 8
    case .diagonal(let factors): return 8 * factors.tensor.count
    case .rankOneUpdate: return 24 * rows.count
    case .selection(let selection), .placement(let selection):
      switch selection.places {
      case .strided(_, let steps): return 8 * (steps.count + 1)
      case .listed(let offsets): return 8 * offsets.count
      }
    case .kronecker(let factors):
      return factors.reduce(0) { sum, factor in
        if case .matrix(let matrix) = factor { sum + 8 * matrix.count } else { sum }
      }
    case .blocks(let blocks): return 8 * blocks.count
    case .banded(let band): return band.nbytes
    case .sparse(let matrix):
      return 12 * matrix.values.count + 8 * matrix.rowStarts.count
    case .composed(let outer, let inner): return outer.nbytes + inner.nbytes
    case .total(let maps): return maps.reduce(0) { $0 + $1.nbytes }
    case .transposed(let map): return map.nbytes
    case .recorded, .operation: return 0
    default: return 8 * rows.count * columns.count
    }
  }

  /// The shape as a matrix: `(rows.count, columns.count)`.
  public var matrixShape: (rows: Int, columns: Int) { (rows.count, columns.count) }
}

extension Selection {
  /// Whether every entry of the source is picked equally often, and more than once.
  var repeatsEvenly: Bool {
    guard result.count > source.count, source.count > 0, result.count % source.count == 0 else {
      return false
    }
    var hits = [Int32](repeating: 0, count: source.count)
    walk { hits[$1] += 1 }
    return hits.allSatisfy { Int($0) * source.count == result.count }
  }

  /// The first place, when the entries come one after the other; nil otherwise.
  var contiguousStart: Int? {
    guard result.count > 0 else { return nil }
    switch places {
    case .strided(let start, let steps):
      let strides = result.strides
      for axis in 0..<result.rank where result[axis] > 1 && steps[axis] != strides[axis] {
        return nil
      }
      return start
    case .listed(let offsets):
      for index in 1..<max(offsets.count, 1) where offsets[index] != offsets[0] + index {
        return nil
      }
      return offsets[0]
    }
  }
}

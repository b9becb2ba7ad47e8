// Maps applied to numbers: to a vector, or to all columns of a row-major matrix at once.

extension LinearMap {
  /// The map at each of `width` columns; `values` has `columns.count × width` entries.
  ///
  /// The result has `rows.count × width` entries. Throws where the map stands for a history that
  /// was not worked out.
  func applied(to values: Tensor, width: Int) throws(GateError) -> Tensor {
    switch kind {
    case .composed(let outer, let inner):
      return try outer.applied(to: inner.applied(to: values, width: width), width: width)
    case .total(let maps):
      var sum = Tensor(repeating: 0, shape: Shape(rows.count * width))
      for map in maps { sum = try sum.adding(flat: map.applied(to: values, width: width)) }
      return sum
    case .transposed(let map): return try map.appliedTransposed(to: values, width: width)
    case .recorded(_, _, let value?): return try value.applied(to: values, width: width)
    default:
      let map = normalized
      guard !map.isLazy else {
        throw GateError(
          .memory, "this Jacobian is too large to be worked out",
          hint: "J @ v and u @ J run passes instead")
      }
      return map.applied(normal: values, width: width)
    }
  }

  /// Adds what the map makes of `values` to a sum; nil is a sum without parts yet.
  ///
  /// Entries that are put in place are added where they stand: joining many parts takes no more
  /// than the parts.
  func add(
    to sum: inout Tensor?, applying values: Tensor, width: Int
  ) throws(GateError) {
    if case .placement(let selection) = kind, selection.source == rows {
      var target = sum ?? Tensor(repeating: 0, shape: Shape(rows.count * width))
      sum = nil
      values.withEntries { source in
        target.update { entries in
          selection.walk { own, place in
            for k in 0..<width { entries[place * width + k] += source[own * width + k] }
          }
        }
      }
      sum = target
      return
    }
    let contribution = try applied(to: values, width: width)
    guard var before = sum else {
      sum = contribution
      return
    }
    sum = nil
    before.add(contribution)
    sum = before
  }

  /// The transpose at each of `width` columns.
  func appliedTransposed(to values: Tensor, width: Int) throws(GateError) -> Tensor {
    switch kind {
    case .composed(let outer, let inner):
      return try inner.appliedTransposed(
        to: outer.appliedTransposed(to: values, width: width), width: width)
    case .total(let maps):
      var sum = Tensor(repeating: 0, shape: Shape(columns.count * width))
      for map in maps {
        sum = try sum.adding(flat: map.appliedTransposed(to: values, width: width))
      }
      return sum
    case .transposed(let map): return try map.applied(to: values, width: width)
    case .recorded(_, _, let value?):
      return try value.appliedTransposed(to: values, width: width)
    default:
      let map = normalized
      if map.isLazy { return try map.applied(to: values, width: width) }
      return map.transposed.applied(normal: values, width: width)
    }
  }

  /// The same of a normal map that is no unfinished product.
  func applied(normal values: Tensor, width: Int) -> Tensor {
    switch kind {
    case .identity: return values
    case .scaled(let factor): return values.scaled(by: factor.tensor[0])
    case .diagonal(let factors): return values.chainingRows(with: factors.tensor, width: width)
    case .rankOneUpdate(let update): return update.apply(to: values, width: width)
    case .kronecker(let factors): return Kronecker.apply(factors, to: values, width: width)
    case .dense(let matrix):
      return matrix.tensor.matrixProduct(values.reshaped(Shape(columns.count, width)))
    default: break
    }
    return values.withEntries { x in
      Tensor(shape: Shape(rows.count * width)) { entries in
        entries.initialize(repeating: 0)
        guard let x = x.baseAddress, let out = entries.baseAddress else { return }
        func add(_ row: Int, _ column: Int, _ value: Double) {
          if value == 0 { return }
          let target = out + row * width
          let source = x + column * width
          for k in 0..<width { target[k] += value * source[k] }
        }
        switch kind {
        case .placement(let selection): selection.walk { add($1, $0, 1) }
        case .selection(let selection): selection.walk { add($0, $1, 1) }
        case .banded(let band) where width == 1: band.add(to: out, applying: x)
        default: forEachEntry(inRows: 0..<rows.count, add)
        }
      }
    }
  }
}

extension Tensor {
  /// Each row of a row-major matrix of `width` columns times its factor, flat.
  fileprivate func chainingRows(with factors: Tensor, width: Int) -> Tensor {
    withEntries { source in
      factors.withEntries { factors in
        Tensor(shape: Shape(source.count)) { entries in
          if width == 1 {
            for row in entries.indices {
              entries[row] = Autodiff.chained(source[row], factors[row])
            }
            return
          }
          var place = 0
          for row in factors.indices {
            let factor = factors[row]
            for _ in 0..<width {
              entries[place] = Autodiff.chained(source[place], factor)
              place += 1
            }
          }
        }
      }
    }
  }
}

extension BandMatrix {
  /// Adds the product with a vector, diagonal by diagonal.
  fileprivate func add(to out: UnsafeMutablePointer<Double>, applying x: UnsafePointer<Double>) {
    for diagonal in diagonals {
      let low = diagonal.rows.lowerBound
      let target = out + low
      let source = x + (low + diagonal.offset)
      switch diagonal.values {
      case .constant(let value):
        for k in 0..<diagonal.rows.count { target[k] += value * source[k] }
      case .entries(let tensor):
        tensor.withEntries { entries in
          for k in 0..<diagonal.rows.count { target[k] += chained(entries[k], source[k]) }
        }
      }
    }
  }
}

extension Gate {
  /// A matrix kept by its structure, applied to a tensor.
  static let maps: [Gate] = [
    .general(
      "linear_map", operands: ["v"], parameters: ["J"], symbol: "J",
      summary: "A Jacobian kept by its structure, times a vector.", formula: "J @ v",
      localGradient: "J", source: "Nabla",
      samples: [
        Sample(
          [Shape(3)],
          .other(
            LinearMap(
              rows: Shape(2), columns: Shape(3),
              .sparse(
                SparseMatrix(
                  rows: 2, columns: 3, rowStarts: [0, 2, 3], columnIndices: [0, 2, 1],
                  values: [2, -1, 0.5])))))
      ],
      forward: { operands, parameters throws(GateError) in
        guard case .other(let map as LinearMap) = parameters else { throw .parameters }
        return try map.applied(to: operands[0], width: 1).reshaped(map.rows)
      },
      local: { _, application, _ throws(GateError) in
        guard case .other(let map as LinearMap) = application.parameters else {
          throw .parameters
        }
        return map.viewed(map.rows, application.operands[0].shape)
      })
  ]
}

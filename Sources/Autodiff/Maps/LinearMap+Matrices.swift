// Maps of matrices, and of stacks of them, that the slopes of factorisations are made of.

extension LinearMap {
  /// `v ↦ factor @ v`.
  static func left(_ factor: Traced, _ columns: Shape) -> LinearMap {
    let (stack, _, width) = columns.matrices
    let rows = factor.shape[factor.shape.rank - 2]
    return LinearMap(
      rows: Shape(stack.dimensions + [rows, width]), columns: columns, .productByLeft(factor))
  }

  /// `v ↦ v @ factor`.
  static func right(_ factor: Traced, _ columns: Shape) -> LinearMap {
    let (stack, height, _) = columns.matrices
    let width = factor.shape[factor.shape.rank - 1]
    return LinearMap(
      rows: Shape(stack.dimensions + [height, width]), columns: columns, .productByRight(factor))
  }

  /// The transpose of each matrix.
  static func turn(_ columns: Shape) -> LinearMap {
    var order = Array(0..<columns.rank)
    order.swapAt(columns.rank - 1, columns.rank - 2)
    return .permutation(order, of: columns)
  }

  /// `v ↦ v @ factor⁻¹`, with the factor's transpose.
  static func rightInverse(ofTransposed factor: Traced, _ columns: Shape) -> LinearMap {
    let turn = turn(columns)
    let solved = LinearMap(rows: turn.rows, columns: turn.rows, .solution(factor))
    return LinearMap.turn(turn.rows).after(solved.after(turn))
  }

  /// The diagonal of each square matrix.
  static func diagonalEntries(_ columns: Shape) -> LinearMap {
    let (stack, size, _) = columns.matrices
    return .selection(
      Selection(
        source: columns, result: stack.appending(size),
        places: .strided(start: 0, steps: columns.strides.dropLast(2) + [size + 1])))
  }

  /// `v ↦ v + vᵀ`, and with a scale of -1 `v ↦ v - vᵀ`.
  static func addingTranspose(_ shape: Shape, scale: Double = 1) -> LinearMap {
    let turned = turn(shape)
    return total([.identity(shape), scale == 1 ? turned : turned.times(scale)])
  }

  /// The sum of maps of the same shapes.
  static func total(_ maps: [LinearMap]) -> LinearMap {
    maps.count == 1
      ? maps[0] : LinearMap(rows: maps[0].rows, columns: maps[0].columns, .total(maps))
  }

  /// The map and a multiplication by a number after it.
  func times(_ factor: Double) -> LinearMap {
    LinearMap(rows: rows, columns: rows, .scaled(Traced(constant: factor))).after(self)
  }

  /// `v ↦ v - q @ qᵀ @ v`, what is orthogonal to the columns of `q`.
  static func projection(awayFrom q: Traced, _ turned: Traced, _ columns: Shape) -> LinearMap {
    let inside = left(turned, columns)
    return total([.identity(columns), left(q, inside.rows).after(inside).times(-1)])
  }

  /// Entrywise factors, which are not defined where `undefined` is 1.
  ///
  /// What arrives there has to be 0, to rounding: GradientError with the reason otherwise. With
  /// `isAntisymmetric` the factors are `fᵢⱼ = -fⱼᵢ`, and of what is multiplied by them only the
  /// antisymmetric part counts.
  static func guarded(
    _ factors: Traced, where undefined: Tensor, isAntisymmetric: Bool = false, _ reason: String
  ) -> LinearMap {
    let shape = factors.shape
    let half = addingTranspose(shape, scale: -1).times(0.5)
    @Sendable func check(_ x: Tensor, against whole: Tensor) throws(GateError) {
      var largest = 0.0
      var wrong = 0.0
      for index in 0..<x.count {
        largest = max(largest, abs(whole[index]))
        if undefined[index] != 0 { wrong = max(wrong, abs(x[index])) }
      }
      guard wrong <= 1e-9 * largest else { throw GateError(.gradient, reason) }
    }
    return LinearMap(
      rows: shape, columns: shape,
      .operation(
        MapOperation(
          factors: [factors],
          apply: { x, tape throws(GateError) in
            try check(x.tensor, against: x.tensor)
            let scaled = try tape.chain(x, factors)
            return isAntisymmetric ? try half.apply(scaled, on: &tape) : scaled
          },
          applyTransposed: { u, tape throws(GateError) in
            let part = isAntisymmetric ? try half.applyTransposed(u, on: &tape) : u
            try check(part.tensor, against: u.tensor)
            return try tape.chain(part, factors)
          },
          entries: {
            let diagonal = LinearMap.diagonal(Traced(constant: factors.tensor))
            return isAntisymmetric ? half.after(diagonal) : diagonal
          })))
  }
}

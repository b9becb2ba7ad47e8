extension Gate {
  private static let wide = Sample([Shape(2, 3)], .numbers([0]))

  /// Eigenvalues and singular values.
  ///
  /// Results are packed: see ``PackedParts``. Parameters: none, and `.numbers([full])` for `svd`.
  static let eigenvalues: [Gate] = [
    .general(
      "eigh", operands: ["A"],
      summary: "Eigenvalues, rising, and orthonormal eigenvectors of symmetric matrices.",
      formula: "A @ V = V * w",
      localGradient: "V @ (diag(dw) + F * (V.T @ dV)) @ V.T, symmetric; Fᵢⱼ = 1 / (wⱼ - wᵢ)",
      note: "of A that is not symmetric, those of (A + A.T) / 2; where eigenvalues repeat their"
        + " sums have a gradient and single eigenvectors have none (GradientError)",
      source: "Giles 2008, An extended collection of matrix derivative results, 3.1",
      samples: [Sample([Shape(3, 3)]), Sample([Shape(2, 2, 2)]), Sample([Shape(1, 1)])],
      usesResult: true,
      forward: { operands, _ throws(GateError) in
        _ = try SquareMatrices(operands[0], for: "eigh")
        let matrices = try OrthogonalFactors(operands[0], for: "eigh")
        return try Aside.run(operations: matrices.operations(9)) { () throws(GateError) in
          try matrices.eigenvectors()
        }
      },
      local: { tape, application, _ throws(GateError) in
        let shape = application.operands[0].shape
        let parts = PackedParts.eigenvectors(of: shape)
        let w = try tape.part(0, of: application.result, parts)
        let v = try tape.part(1, of: application.result, parts)
        let symmetric = LinearMap.addingTranspose(shape).times(0.5)
        let inner = LinearMap.left(try tape.swapLastAxes(v), shape)
          .after(LinearMap.right(v, shape).after(symmetric))
        let gaps = try tape.gaps(
          w, shape,
          "the eigenvectors of equal eigenvalues have no gradient: any rotation of them would do")
        return .total([
          .placement(parts.selection(0)).after(.diagonalEntries(shape).after(inner)),
          .placement(parts.selection(1)).after(.left(v, shape).after(gaps.after(inner))),
        ])
      }),
    .general(
      "svd", operands: ["A"], parameters: ["full_matrices=True"],
      summary: "Singular values, falling, with orthonormal singular vectors.",
      formula: "A = (U * s) @ Vh",
      localGradient: "U @ diag(ds) @ Vh, and for dU, dVh with Fᵢⱼ = 1 / (sⱼ² - sᵢ²)",
      note: "singular values have a gradient everywhere but at 0; singular vectors have none where"
        + " singular values repeat, nor those beyond the singular values (GradientError)",
      source: "Townsend 2016, Differentiating the singular value decomposition",
      samples: [
        Sample([Shape(3, 3)], .numbers([1])), Sample([Shape(4, 2)], .numbers([0])), wide,
        Sample([Shape(2, 3, 2)], .numbers([0])),
      ],
      usesResult: true,
      forward: { operands, parameters throws(GateError) in
        let full = try parameters.isSet()
        let matrices = try OrthogonalFactors(operands[0], for: "svd")
        return try Aside.run(operations: matrices.operations(22)) { () throws(GateError) in
          try matrices.singularValues(full: full)
        }
      },
      local: { tape, application, _ throws(GateError) in
        try tape.slopeOfSingularValues(
          application.operands[0].shape, application.result,
          full: application.parameters.isSet())
      }),
  ]
}

extension Parameters {
  /// A number that says yes or no.
  func isSet() throws(GateError) -> Bool {
    guard case .numbers(let numbers) = self, let first = numbers.first else { throw .parameters }
    return first != 0
  }
}

extension Tape {
  /// A part of a packed result.
  mutating func part(
    _ part: Int, of result: Traced, _ parts: PackedParts
  ) throws(GateError) -> Traced {
    try apply("take", result, parameters: .selection(parts.selection(part)))
  }

  /// `v ↦ F v` with `Fᵢⱼ = 1 / (wⱼ - wᵢ)`, 0 on the diagonal, on antisymmetric matrices.
  ///
  /// With `squares`, of the squares of `w`. Not defined where values are equal to rounding.
  fileprivate mutating func gaps(
    _ w: Traced, _ shape: Shape, squares: Bool = false, _ reason: String
  ) throws(GateError) -> LinearMap {
    let (stack, n, _) = shape.matrices
    let row = try reshape(w, Shape(stack.dimensions + [1, n]))
    let column = try reshape(w, Shape(stack.dimensions + [n, 1]))
    var difference = try subtract(row, column)
    var isClose = [Double](repeating: 0, count: shape.count)
    var isEqual = isClose
    for matrix in 0..<stack.count {
      let values = (0..<n).map { w.tensor[matrix * n + $0] }
      let bound = 4 * Double(n) * Double.ulpOfOne * values.reduce(0) { max($0, abs($1)) }
      for i in 0..<n {
        for j in 0..<n {
          let place = (matrix * n + i) * n + j
          let isNear =
            abs(values[j] - values[i]) <= bound || squares && values[j] + values[i] <= bound
          if i == j || isNear { isClose[place] = 1 }
          if i != j, isNear { isEqual[place] = 1 }
        }
      }
    }
    if squares { difference = try multiply(difference, add(row, column)) }
    // What has no reciprocal is divided by what it is not, and then left out.
    let close = Tensor(shape: shape, values: isClose)
    let defined = Tensor(shape: shape, values: isClose.map { 1 - $0 })
    let kept = try multiply(difference, Traced(constant: defined))
    let reciprocal = try apply("reciprocal", add(kept, Traced(constant: close)))
    let factors = try multiply(reciprocal, Traced(constant: defined))
    return .guarded(
      factors, where: Tensor(shape: shape, values: isEqual), isAntisymmetric: true, reason)
  }

  /// The slope of a packed singular value decomposition.
  fileprivate mutating func slopeOfSingularValues(
    _ shape: Shape, _ result: Traced, full: Bool
  ) throws(GateError) -> LinearMap {
    let parts = PackedParts.singularValues(of: shape, full: full)
    let (stack, m, n) = shape.matrices
    let k = min(m, n)
    let u = try part(0, of: result, parts)
    let s = try part(1, of: result, parts)
    let vh = try part(2, of: result, parts)
    let v = try swapLastAxes(vh)
    let square = Shape(stack.dimensions + [k, k])
    let inner = LinearMap.left(try swapLastAxes(u), Shape(stack.dimensions + [m, k]))
      .after(.right(v, shape))
    let gaps = try gaps(
      s, square, squares: true,
      "the singular vectors of equal singular values have no gradient: any rotation of them would"
        + " do")
    let both = LinearMap.addingTranspose(square)
    let byColumns = LinearMap.diagonal(
      try broadcast(reshape(s, Shape(stack.dimensions + [1, k])), square))
    let byRows = LinearMap.diagonal(
      try broadcast(reshape(s, Shape(stack.dimensions + [k, 1])), square))
    var left = [LinearMap.left(u, square).after(gaps.after(both.after(byColumns.after(inner))))]
    var right = [LinearMap.left(v, square).after(gaps.after(both.after(byRows.after(inner))))]
    if m > k {
      let tall = Shape(stack.dimensions + [m, k])
      left.append(
        LinearMap.projection(awayFrom: u, try swapLastAxes(u), tall)
          .after(try divided(by: s, tall).after(.right(v, shape))))
    }
    if n > k {
      let tall = Shape(stack.dimensions + [n, k])
      let turned = LinearMap.turn(shape)
      right.append(
        LinearMap.projection(awayFrom: v, vh, tall)
          .after(try divided(by: s, tall).after(LinearMap.right(u, turned.rows).after(turned))))
    }
    var maps = [
      LinearMap.placement(parts.selection(0)).after(.total(left)),
      LinearMap.placement(parts.selection(1)).after(.diagonalEntries(square).after(inner)),
      LinearMap.placement(parts.selection(2))
        .after(LinearMap.turn(Shape(stack.dimensions + [n, k])).after(.total(right))),
    ]
    for extra in [3, 4] where full && parts.shapes[extra].count > 0 {
      maps.append(
        LinearMap.placement(parts.selection(extra))
          .after(.undefined(rows: parts.shape(extra), columns: shape)))
    }
    return .total(maps)
  }

  /// `v ↦ v / s` along the last axis.
  private mutating func divided(by s: Traced, _ shape: Shape) throws(GateError) -> LinearMap {
    let (stack, _, k) = shape.matrices
    var isZero = [Double](repeating: 0, count: s.shape.count)
    for matrix in 0..<stack.count {
      let largest = s.tensor[matrix * k]
      for place in matrix * k..<(matrix + 1) * k
      where s.tensor[place] <= 4 * Double(shape.count) * Double.ulpOfOne * largest {
        isZero[place] = 1
      }
    }
    let row = Shape(stack.dimensions + [1, k])
    let zero = Tensor(shape: row, values: isZero)
    let safe = try add(reshape(s, row), Traced(constant: zero))
    return .guarded(
      try broadcast(apply("reciprocal", safe), shape), where: zero.broadcast(to: shape),
      "the singular vectors of a singular value of 0 have no gradient")
  }
}

extension LinearMap {
  /// What depends on an operand in no smooth way: its gradient has to be 0.
  fileprivate static func undefined(rows: Shape, columns: Shape) -> LinearMap {
    let reason = GateError(
      .gradient, "the singular vectors beyond the singular values have no gradient",
      hint: "svd(A, full_matrices=False) leaves them out")
    return LinearMap(
      rows: rows, columns: columns,
      .operation(
        MapOperation(
          factors: [],
          apply: { _, _ throws(GateError) in throw reason },
          applyTransposed: { u, _ throws(GateError) in
            guard u.tensor.withEntries({ $0.allSatisfy { $0 == 0 } }) else { throw reason }
            return Traced(constant: Tensor(repeating: 0, shape: columns))
          },
          entries: {
            guard rows.count * columns.count <= LinearMap.largest else { return nil }
            return LinearMap(
              rows: rows, columns: columns,
              .dense(
                Traced(
                  constant: Tensor(repeating: .nan, shape: Shape(rows.count, columns.count)))))
          })))
  }
}

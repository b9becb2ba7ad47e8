extension Gate {
  /// Orthogonal factors and least squares.
  ///
  /// Results of `qr` and `lstsq` are packed: see ``PackedParts``. Parameters: `.numbers([complete])`
  /// for `qr`, `.numbers([cutoff])` for the others.
  static let leastSquares: [Gate] = [
    .general(
      "qr", operands: ["A"], parameters: ["mode='reduced'"],
      summary: "A matrix with orthonormal columns times an upper triangular one.",
      formula: "A = Q @ R",
      localGradient: "with M = Q.T @ dA @ inv(R) and Ω = tril(M, -1) - tril(M, -1).T:"
        + " dQ = Q @ Ω + (dA - Q @ Q.T @ dA) @ inv(R), dR = Q.T @ dA - Ω @ R",
      note: "GradientError where R is singular, and for the columns of Q beyond those of A",
      source: "Roberts & Roberts 2020, QR and LQ decomposition matrix backpropagation algorithms",
      samples: [
        Sample([Shape(3, 3)], .numbers([0]), heavy: [0]),
        Sample([Shape(4, 2)], .numbers([0])),
        Sample([Shape(2, 4)], .numbers([1]), heavy: [0]),
        Sample([Shape(2, 3, 2)], .numbers([0])),
      ],
      usesResult: true,
      forward: { operands, parameters throws(GateError) in
        let complete = try parameters.isSet()
        let matrices = try OrthogonalFactors(operands[0], for: "qr")
        return try Aside.run(operations: matrices.operations(4)) { () throws(GateError) in
          try matrices.orthogonal(complete: complete)
        }
      },
      local: { tape, application, _ throws(GateError) in
        try tape.slopeOfOrthogonal(
          application.operands[0].shape, application.result,
          complete: application.parameters.isSet())
      }),
    .general(
      "pinv", operands: ["A"], parameters: ["rcond=1e-15"], symbol: "⁺",
      summary: "The pseudo-inverse, which gives solutions of least squares and least length.",
      formula: "A⁺ = V @ diag(1 / s) @ U.T",
      localGradient:
        "-f @ dA @ f + f @ f.T @ dA.T @ (1 - A @ f) + (1 - f @ A) @ dA.T @ f.T @ f",
      note: "GradientError where the rank is not full: there the pseudo-inverse jumps",
      source: "Golub & Pereyra 1973, 4.12", samples: pseudoInverses,
      usesOperands: true, usesResult: true,
      caching: { operands, parameters throws(GateError) in
        let (inverse, isRegular) = try pseudoInverse(operands[0], parameters)
        return (inverse, isRegular)
      },
      forward: { operands, parameters throws(GateError) in
        try pseudoInverse(operands[0], parameters).inverse
      },
      local: { tape, application, _ throws(GateError) in
        guard application.cache as? Bool == true else { throw .rank("pinv") }
        let a = application.operands[0]
        let p = application.result
        let turned = try tape.swapLastAxes(p)
        let (_, m, n) = a.shape.matrices
        var maps = [
          LinearMap.left(p, Shape(a.shape.dimensions.dropLast() + [m]))
            .after(.right(p, a.shape)).times(-1)
        ]
        let turn = LinearMap.turn(a.shape)
        if m > n {
          let outside = try tape.one(minus: tape.matmul(a, p))
          maps.append(
            LinearMap.left(try tape.matmul(p, turned), turn.rows)
              .after(LinearMap.right(outside, turn.rows).after(turn)))
        }
        if n > m {
          let outside = try tape.one(minus: tape.matmul(p, a))
          maps.append(
            LinearMap.left(outside, turn.rows)
              .after(LinearMap.right(try tape.matmul(turned, p), turn.rows).after(turn)))
        }
        return .total(maps)
      }),
    .general(
      "lstsq", operands: ["A", "b"], parameters: ["rcond=None"],
      summary: "The x for which A @ x is nearest to b, the shortest of several.",
      formula: "x = pinv(A) @ b",
      localGradient: "with P = pinv(A), r = b - A @ x:"
        + " dx = P @ db - P @ dA @ x + P @ P.T @ dA.T @ r + (1 - P @ A) @ dA.T @ P.T @ x",
      note: "GradientError where the rank is not full: there the solution jumps",
      source: "Golub & Pereyra 1973, 4.12", domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(4, 2), Shape(4)], .numbers([1e-15])),
        Sample([Shape(4, 3), Shape(4, 2)], .numbers([1e-15]), heavy: [0]),
        Sample([Shape(2, 3), Shape(2)], .numbers([1e-15])),
        Sample([Shape(3, 3), Shape(3, 1)], .numbers([1e-15]), heavy: [0]),
      ],
      usesOperands: true, usesResult: true,
      forward: { operands, parameters throws(GateError) in
        guard case .numbers(let numbers) = parameters, let cutoff = numbers.first else {
          throw .parameters
        }
        let (a, b) = (operands[0], operands[1])
        guard a.shape.rank == 2, b.shape.rank == 1 || b.shape.rank == 2 else {
          throw GateError(
            .linearAlgebra,
            "lstsq takes a matrix and a vector or matrix, and {0} has shape"
              + " \(a.shape), {1} \(b.shape)")
        }
        guard a.shape[0] == b.shape[0] else {
          throw GateError(
            .linearAlgebra,
            "lstsq cannot fit {0} of shape \(a.shape) to {1} of shape \(b.shape): \(a.shape[0])"
              + " rows against \(b.shape[0])")
        }
        let matrices = try OrthogonalFactors(a, for: "lstsq")
        return try Aside.run(operations: matrices.operations(8)) { () throws(GateError) in
          try matrices.leastSquares(b, cutoff: cutoff)
        }
      },
      local: { tape, application, place throws(GateError) in
        try tape.slopeOfLeastSquares(application, place)
      }),
  ]

  private static let pseudoInverses = [
    Sample([Shape(4, 2)], .numbers([1e-15])), Sample([Shape(2, 3)], .numbers([1e-15])),
    Sample([Shape(3, 3)], .numbers([1e-15]), heavy: [0]),
    Sample([Shape(2, 3, 2)], .numbers([1e-15])),
  ]

  private static func pseudoInverse(
    _ a: Tensor, _ parameters: Parameters
  ) throws(GateError) -> (inverse: Tensor, isRegular: Bool) {
    guard case .numbers(let numbers) = parameters, let cutoff = numbers.first else {
      throw .parameters
    }
    let matrices = try OrthogonalFactors(a, for: "pinv")
    return try Aside.run(operations: matrices.operations(24)) { () throws(GateError) in
      try matrices.pseudoInverse(cutoff: cutoff)
    }
  }
}

extension GateError {
  fileprivate static func rank(_ name: String) -> GateError {
    GateError(
      .gradient, "\(name) of a matrix without full rank has no gradient: there it jumps",
      hint: "a small multiple of the identity, as A.T @ A + 1e-6 * eye(n), makes a rank full")
  }
}

extension Tape {
  /// The identity less square matrices.
  fileprivate mutating func one(minus x: Traced) throws(GateError) -> Traced {
    let size = x.shape[x.shape.rank - 1]
    let identity = Tensor(shape: Shape(size, size)) { entries in
      for index in entries.indices { entries[index] = index % (size + 1) == 0 ? 1 : 0 }
    }
    return try subtract(Traced(constant: identity), x)
  }

  fileprivate mutating func slopeOfOrthogonal(
    _ shape: Shape, _ result: Traced, complete: Bool
  ) throws(GateError) -> LinearMap {
    let (stack, m, n) = shape.matrices
    if complete, m > n {
      throw GateError(
        .gradient, "the columns of Q beyond those of A have no gradient",
        hint: "qr(A), in its reduced mode, leaves them out")
    }
    let parts = PackedParts.orthogonal(of: shape, complete: complete)
    let k = min(m, n)
    let q = try part(0, of: result, parts)
    let r = try part(1, of: result, parts)
    let turned = try swapLastAxes(q)
    for matrix in 0..<stack.count {
      for i in 0..<k where r.tensor[(matrix * k + i) * n + i] == 0 {
        throw GateError(
          .gradient, "qr has no gradient where a column of A is a combination of those before it")
      }
    }
    // The first columns of A determine Q.
    let front = Shape(stack.dimensions + [m, k])
    let first = Selection(
      source: shape, result: front, places: .strided(start: 0, steps: shape.strides))
    let square = Shape(stack.dimensions + [k, k])
    let rightShape = parts.shape(1)
    let leading = Selection(
      source: rightShape, result: square, places: .strided(start: 0, steps: rightShape.strides))
    let triangle = try apply("take", r, parameters: .selection(leading))
    let divided = LinearMap.rightInverse(ofTransposed: try swapLastAxes(triangle), front)
      .after(n > k ? .selection(first) : .identity(shape))
    let below = Tensor(shape: Shape(k, k)) { entries in
      for index in entries.indices { entries[index] = index / k > index % k ? 1 : 0 }
    }.broadcast(to: square)
    let turning = LinearMap.addingTranspose(square, scale: -1)
      .after(
        LinearMap.diagonal(Traced(constant: below)).after(
          LinearMap.left(turned, front).after(divided)))
    var left = [LinearMap.left(q, square).after(turning)]
    if m > k {
      left.append(LinearMap.projection(awayFrom: q, turned, front).after(divided))
    }
    let right = [
      LinearMap.left(turned, shape), LinearMap.right(r, square).after(turning).times(-1),
    ]
    return .total([
      .placement(parts.selection(0)).after(.total(left)),
      .placement(parts.selection(1)).after(.total(right)),
    ])
  }

  fileprivate mutating func slopeOfLeastSquares(
    _ application: Application, _ place: Int
  ) throws(GateError) -> LinearMap {
    let a = application.operands[0]
    let b = application.operands[1]
    let parts = PackedParts.leastSquares(of: a.shape, b.shape)
    let (m, n) = (a.shape[0], a.shape[1])
    let width = b.shape.rank == 1 ? 1 : b.shape[1]
    guard Int(application.result.tensor[parts.offset(2)]) == min(m, n) else {
      throw .rank("lstsq")
    }
    let solution = LinearMap.placement(parts.selection(0))
      .after(.identity(Shape(n, width), as: parts.shape(0)))
    let p = try apply("pinv", a, parameters: .numbers([0]))
    let right = Shape(m, width)
    if place == 1 {
      return solution.after(LinearMap.left(p, right).after(.identity(b.shape, as: right)))
    }
    let x = try reshape(part(0, of: application.result, parts), Shape(n, width))
    var maps = [LinearMap.left(p, right).after(.right(x, a.shape)).times(-1)]
    let turn = LinearMap.turn(a.shape)
    let turned = try swapLastAxes(p)
    if m > n {
      let rest = try subtract(reshape(b, right), matmul(a, x))
      maps.append(
        LinearMap.left(try matmul(p, turned), Shape(n, width))
          .after(LinearMap.right(rest, turn.rows).after(turn)))
    }
    if n > m {
      let outside = try one(minus: matmul(p, a))
      maps.append(
        LinearMap.left(outside, Shape(n, width))
          .after(LinearMap.right(try matmul(turned, x), turn.rows).after(turn)))
    }
    // The singular values: the slope is that of svd.
    let factors = try apply("svd", a, parameters: .numbers([0]))
    let three = PackedParts.singularValues(of: a.shape, full: false)
    let u = try swapLastAxes(part(0, of: factors, three))
    let v = try swapLastAxes(part(2, of: factors, three))
    let inner = LinearMap.left(u, Shape(m, min(m, n))).after(.right(v, a.shape))
    return .total([
      solution.after(.total(maps)),
      LinearMap.placement(parts.selection(1)).after(.diagonalEntries(inner.rows).after(inner)),
    ])
  }
}

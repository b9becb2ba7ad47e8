extension Gate {
  private static let squares = [
    Sample([Shape(3, 3)], heavy: [0]), Sample([Shape(2, 2, 2)], heavy: [0]),
    Sample([Shape(1, 1)], heavy: [0]),
  ]

  /// Solutions, inverses, determinants and factors of square matrices, and of stacks of them.
  static let linearAlgebra: [Gate] = [
    .general(
      "solve", operands: ["A", "b"],
      summary: "The solution x of A x = b, of stacks of matrices where there are more axes.",
      formula: "A⁻¹ b", localGradient: "db = solve(A.T, U), dA = -db @ x.T",
      note: "b of one axis is a vector; a singular A is a LinAlgError",
      domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(3, 3), Shape(3)], heavy: [0]),
        Sample([Shape(3, 3), Shape(3, 2)], heavy: [0]),
        Sample([Shape(2, 2, 2), Shape(2, 2, 3)], heavy: [0]),
        Sample([Shape(2, 2, 2), Shape(2, 3)], heavy: [0]),
        Sample([Shape(2, 2), Shape(3, 2, 1)], heavy: [0]),
        Sample([Shape(2, 2, 2), Shape(2)], heavy: [0]),
      ],
      usesOperands: true, usesResult: true,
      forward: { operands, _ throws(GateError) in
        let matrices = try SquareMatrices(operands[0], for: "solve")
        let b = operands[1].shape
        guard b.rank > 0 else {
          throw GateError(.shape, "solve takes a vector or matrices, and {1} is a number")
        }
        let right = b.rank == 1 ? operands[1].reshaped(Shape(b[0], 1)) : operands[1]
        let columns = right.shape[right.shape.rank - 1]
        let solution = try Aside.run(operations: matrices.operations(columns: columns)) {
          () throws(GateError) in try matrices.solve(right)
        }
        guard b.rank == 1 else { return solution }
        return solution.reshaped(solution.shape.removing(axis: solution.shape.rank - 1))
      },
      local: { tape, application, operand throws(GateError) in
        let a = application.operands[0]
        let b = application.operands[1].shape
        let rows = application.result.shape
        // Vectors are matrices of one column.
        let solution = b.rank == 1 ? rows.appending(1) : rows
        let columns = b.rank == 1 ? Shape(b[0], 1) : b
        let result = LinearMap.identity(solution, as: rows)
        if operand == 1 {
          return result.after(
            LinearMap(rows: solution, columns: columns, .solution(a))
              .after(.identity(b, as: columns)))
        }
        let x = try tape.reshape(application.result, solution)
        return result.after(
          LinearMap(rows: solution, columns: solution, .scaled(Traced(constant: -1)))
            .after(
              LinearMap(rows: solution, columns: solution, .solution(a))
                .after(LinearMap(rows: solution, columns: a.shape, .productByRight(x)))))
      }),
    .general(
      "inv", operands: ["A"], symbol: "⁻¹",
      summary: "The inverse, of each matrix where there is a stack of them.",
      formula: "A⁻¹", localGradient: "-f.T @ U @ f.T",
      note: "a singular matrix is a LinAlgError",
      samples: squares, usesResult: true,
      forward: { operands, _ throws(GateError) in
        try SquareMatrices(operands[0], for: "inv").aside { matrices throws(GateError) in
          try matrices.inverse()
        }
      },
      local: { _, application, _ in
        let shape = application.result.shape
        let inverse = application.result
        return LinearMap(rows: shape, columns: shape, .scaled(Traced(constant: -1)))
          .after(
            LinearMap(rows: shape, columns: shape, .productByLeft(inverse))
              .after(LinearMap(rows: shape, columns: shape, .productByRight(inverse))))
      }),
    .general(
      "det", operands: ["A"], summary: "The determinant, of each matrix of a stack.",
      formula: "det(A)", localGradient: "the cofactors: det(A) * inv(A).T",
      note: "the gradient is right where A is singular", samples: squares, usesOperands: true,
      forward: { operands, _ throws(GateError) in
        try SquareMatrices(operands[0], for: "det").aside { matrices throws(GateError) in
          try matrices.determinants()
        }
      },
      local: { tape, application, _ throws(GateError) in
        application.weightedSum(try tape.apply("cofactors", application.operands[0]))
      }),
    .general(
      "cofactors", operands: ["A"],
      summary: "The slopes of the determinant: its cofactors.",
      formula: "det(A) * inv(A).T", localGradient: "f Σ(inv(A).T · dA) - f @ dA.T @ inv(A).T",
      note: "its own slope is defined where A is not singular", source: "Nabla",
      samples: squares, usesOperands: true, usesResult: true,
      forward: { operands, _ throws(GateError) in
        try SquareMatrices(operands[0], for: "cofactors").aside { matrices throws(GateError) in
          try matrices.cofactors()
        }
      },
      local: { tape, application, _ throws(GateError) in
        let shape = application.result.shape
        let kept = Shape(shape.dimensions.dropLast(2) + [1, 1])
        let inverse = try tape.swapLastAxes(tape.apply("inv", application.operands[0]))
        let traces = LinearMap.diagonal(application.result)
          .after(
            .broadcast(from: kept, to: shape)
              .after(LinearMap.sum(from: shape, to: kept).after(.diagonal(inverse))))
        var order = Array(0..<shape.rank)
        order.swapAt(shape.rank - 1, shape.rank - 2)
        let products = LinearMap(rows: shape, columns: shape, .scaled(Traced(constant: -1)))
          .after(
            LinearMap(rows: shape, columns: shape, .productByLeft(application.result))
              .after(
                LinearMap(rows: shape, columns: shape, .productByRight(inverse))
                  .after(.permutation(order, of: shape))))
        return LinearMap(rows: shape, columns: shape, .total([traces, products]))
      }),
    .general(
      "logabsdet", operands: ["A"],
      summary: "The logarithm of the determinant's size, without overflow: the second of slogdet.",
      formula: "log(abs(det(A)))", localGradient: "inv(A).T",
      note: "-inf where A is singular; the gradient there is a LinAlgError",
      samples: squares, usesOperands: true,
      forward: { operands, _ throws(GateError) in
        try SquareMatrices(operands[0], for: "slogdet").aside { matrices throws(GateError) in
          try matrices.logDeterminants().logarithms
        }
      },
      local: { tape, application, _ throws(GateError) in
        application.weightedSum(
          try tape.swapLastAxes(tape.apply("inv", application.operands[0])))
      }),
    .general(
      "signdet", operands: ["A"],
      summary: "The determinant's sign, 0 where A is singular: the first of slogdet.",
      formula: "sign(det(A))", samples: squares,
      forward: { operands, _ throws(GateError) in
        try SquareMatrices(operands[0], for: "slogdet").aside { matrices throws(GateError) in
          try matrices.logDeterminants().signs
        }
      },
      local: nil),
    .general(
      "cholesky", operands: ["A"],
      summary: "The lower triangular L with L @ L.T the symmetric matrix A.",
      formula: "L @ L.T = A", localGradient: "L⁻ᵀ Φ(Lᵀ U) L⁻¹, symmetric",
      note: "of A that is not symmetric, the factor of (A + A.T) / 2, so the gradient is symmetric;"
        + " LinAlgError where A is not positive definite",
      samples: squares,
      usesResult: true,
      forward: { operands, _ throws(GateError) in
        try SquareMatrices(operands[0], for: "cholesky").aside { matrices throws(GateError) in
          try matrices.cholesky()
        }
      },
      local: { tape, application, _ throws(GateError) in
        let shape = application.result.shape
        let factor = application.result
        func map(_ kind: LinearMap.Kind) -> LinearMap {
          LinearMap(rows: shape, columns: shape, kind)
        }
        var order = Array(0..<shape.rank)
        order.swapAt(shape.rank - 1, shape.rank - 2)
        let turn = LinearMap.permutation(order, of: shape)
        let symmetric = map(.scaled(Traced(constant: 0.5)))
          .after(map(.total([.identity(shape), turn])))
        // L⁻¹ S L⁻ᵀ: solved from the left, turned, and solved from the left again.
        let solved = map(.solution(factor)).after(turn.after(map(.solution(factor))))
        let triangle = LinearMap.diagonal(Traced(constant: .lowerTriangleWithHalfDiagonal(shape)))
        return map(.productByLeft(factor)).after(triangle.after(solved.after(symmetric)))
      }),
  ]
}

extension Application {
  /// `v ↦ Σ weights · v` over the last two axes of the operand.
  fileprivate func weightedSum(_ weights: Traced) -> LinearMap {
    let shape = operands[0].shape
    let kept = Shape(shape.dimensions.dropLast(2) + [1, 1])
    return LinearMap.identity(kept, as: result.shape)
      .after(LinearMap.sum(from: shape, to: kept).after(.diagonal(weights)))
  }
}

extension Tensor {
  /// 1 below the diagonal of the last two axes, 0.5 on it, 0 above.
  fileprivate static func lowerTriangleWithHalfDiagonal(_ shape: Shape) -> Tensor {
    let size = shape[shape.rank - 1]
    return Tensor(shape: Shape(size, size)) { entries in
      for i in 0..<size {
        for j in 0..<size { entries[i * size + j] = i > j ? 1 : i == j ? 0.5 : 0 }
      }
    }.broadcast(to: shape)
  }
}

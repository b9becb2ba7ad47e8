extension Gate {
  /// Matrix and outer products.
  static let products: [Gate] = [
    .general(
      "matmul", operands: ["a", "b"], symbol: "@",
      summary: "Matrix product, of stacks of matrices where an operand has more than two axes.",
      formula: "a @ b", localGradient: "kronecker: dA = U @ B.T, dB = A.T @ U",
      domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(2, 3), Shape(3, 4)]), Sample([Shape(3), Shape(3)]),
        Sample([Shape(3), Shape(3, 2)]), Sample([Shape(2, 3), Shape(3)]),
        Sample([Shape(2, 3, 4), Shape(4, 2)]), Sample([Shape(5, 1, 2, 3), Shape(4, 3, 2)]),
        Sample([Shape(3), Shape(2, 3, 2)]), Sample([Shape(2, 3, 4), Shape(4)]),
      ],
      usesOperands: true, shortcut: .product,
      forward: { operands, _ throws(GateError) in try Matmul.product(operands[0], operands[1]) },
      local: { _, application, operand in .product(application, operand) }),
    .general(
      "chain_matmul", operands: ["a", "b"], parameters: ["upstream"], symbol: "@",
      summary: "The matrix product of an upstream gradient and a local factor, in either order.",
      formula: "a @ b", localGradient: "kronecker: dA = U @ B.T, dB = A.T @ U",
      note: "an upstream of exactly 0 gives 0, also times inf, while the factor has at most 1024"
        + " entries, or a 64th of all, that are not finite", source: "Nabla",
      domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(2, 3), Shape(3, 4)], .numbers([0])),
        Sample([Shape(2, 3, 4), Shape(4, 2)], .numbers([1])),
      ],
      usesOperands: true,
      forward: { operands, parameters throws(GateError) in
        guard case .numbers(let numbers) = parameters, let place = numbers.first else {
          throw .parameters
        }
        return try Matmul.chained(operands[0], operands[1], isFirstUpstream: place == 0)
      },
      local: { _, application, operand in .product(application, operand) }),
    .general(
      "outer", operands: ["a", "b"], symbol: "⊗",
      summary: "Each entry of a times each entry of b.", formula: "f[i, j] = a[i] * b[j]",
      localGradient: "kronecker: da = U @ b, db = a @ U", note: "operands are flattened",
      domain: [-2...2, -2...2],
      samples: [
        Sample([Shape(3), Shape(4)]), Sample([Shape(2, 2), Shape()]), Sample([Shape(0), Shape(2)]),
      ],
      usesOperands: true,
      forward: { operands, _ throws(GateError) in
        let (a, b) = (operands[0], operands[1])
        return try a.reshaped(Shape(a.count, 1)).elementwise("multiply", b.reshaped(Shape(b.count)))
      },
      local: { tape, application, place throws(GateError) in
        let (a, b) = (application.operands[0], application.operands[1])
        let columns = application.operands[place].shape
        let rows = application.result.shape
        let column = Shape(a.shape.count, 1)
        let row = Shape(1, b.shape.count)
        return place == 0
          ? LinearMap(rows: rows, columns: column, .productByRight(try tape.reshape(b, row)))
            .after(.identity(columns, as: column))
          : LinearMap(rows: rows, columns: row, .productByLeft(try tape.reshape(a, column)))
            .after(.identity(columns, as: row))
      }),
  ]
}

extension LinearMap {
  /// The local Jacobian of `a @ b` for one of the two.
  fileprivate static func product(_ application: Application, _ operand: Int) -> LinearMap {
    let (a, b) = (application.operands[0], application.operands[1])
    return operand == 0
      ? LinearMap(rows: application.result.shape, columns: a.shape, .productByRight(b))
      : LinearMap(rows: application.result.shape, columns: b.shape, .productByLeft(a))
  }
}

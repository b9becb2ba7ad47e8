extension Gate {
  /// Matrix products.
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
      usesOperands: true,
      forward: { operands, _ throws(GateError) in try Matmul.product(operands[0], operands[1]) },
      local: { _, application, operand in
        let a = application.operands[0]
        let b = application.operands[1]
        return operand == 0
          ? LinearMap(rows: application.result.shape, columns: a.shape, .productByRight(b))
          : LinearMap(rows: application.result.shape, columns: b.shape, .productByLeft(a))
      })
  ]
}

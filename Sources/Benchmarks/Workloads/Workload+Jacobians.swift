import Autodiff

// W10: whole Jacobians and a Hessian.

extension Workload {
  static let jacobians: [Workload] = [
    relu("W10a", 4_096, must: .seconds(0.03e-3), aim: .seconds(0.008e-3)),
    relu("W10abig", 100, 4_096, must: .seconds(1e-3), aim: .seconds(0.3e-3)),
    Workload(
      key: "W10b", title: "Jacobian of y = W x by W, 512", group: "W10", peerKey: "W10b",
      cell: """
        def step():
            return jacobian(W @ x, W)
        """,
      results: .jacobian,
      inputs: {
        [
          .param("W", Inputs.uniform(512, 512, seed: 1)),
          .data("x", Inputs.uniform(512, seed: 5_000_011)),
        ]
      },
      reference: {
        let x = Inputs.uniform(512, seed: 5_000_011).values
        return .jacobian(
          sum: 512 * CompensatedSum(x).value,
          squares: 512 * CompensatedSum(x.map { $0 * $0 }).value)
      },
      must: .seconds(0.05e-3), aim: .seconds(0.01e-3)),
    secondDifferences(1_000, must: .seconds(0.3e-3), aim: .seconds(0.05e-3)),
    secondDifferences(100_000, must: .seconds(4e-3), aim: .seconds(1.5e-3)),
    Workload(
      key: "W10d", title: "Hessian of a logistic loss, 100 weights", group: "W10",
      peerKey: "W10d",
      cell: """
        def loss(w):
            return mean(log(1 + exp(-y * (X @ w)))) + 0.5e-2 * sum(w * w)

        def step():
            return hessian(loss(w), w)
        """,
      results: .denseJacobian,
      inputs: {
        [
          .data("X", Inputs.uniform(500, 100, seed: 1)),
          .data(
            "y",
            Tensor(
              shape: Shape(500), values: (0..<500).map { (7 * $0 + 3) % 10 < 5 ? 1 : -1 })),
          .param("w", Inputs.uniform(100, seed: 5_000_011, scale: 0.1)),
        ]
      },
      must: .seconds(1e-3), aim: .seconds(0.35e-3)),
  ]

  private static func relu(
    _ key: String, _ dimensions: Int..., must: Limit, aim: Limit
  ) -> Workload {
    let count = dimensions.reduce(1, *)
    let sizes = dimensions.map { grouped($0) }.joined(separator: " × ")
    return Workload(
      key: key, title: "Jacobian of relu, \(sizes)", group: "W10", peerKey: key,
      cell: """
        def step():
            return jacobian(relu(x), x)
        """,
      results: .jacobian,
      inputs: {
        [
          .param(
            "x", Inputs.uniform(count, seed: 1).reshaped(Shape(dimensions)))
        ]
      },
      reference: {
        let ones = Double(Inputs.uniform(count, seed: 1).values.count { $0 > 0 })
        return .jacobian(sum: ones, squares: ones)
      },
      must: must, aim: aim)
  }

  static func secondDifferences(
    _ count: Int, must: Limit? = nil, aim: Limit? = nil
  ) -> Workload {
    Workload(
      key: "W10c:\(count)", title: "tridiagonal Jacobian, \(grouped(count))", group: "W10",
      peerKey: "W10c:\(count)",
      cell: """
        def step():
            y = pad(x[:-1], (1, 0)) - 2 * x + pad(x[1:], (0, 1)) + x**3
            return jacobian(y, x)
        """,
      results: .jacobian,
      inputs: { [.param("x", Inputs.uniform(count, seed: 1))] },
      reference: {
        // Ones beside the diagonal, and -2 + 3 x² on it.
        let diagonal = Inputs.uniform(count, seed: 1).values.map { -2 + 3 * $0 * $0 }
        let beside = Double(2 * (count - 1))
        return .jacobian(
          sum: CompensatedSum(diagonal).value + beside,
          squares: CompensatedSum(diagonal.map { $0 * $0 }).value + beside)
      },
      must: must, aim: aim)
  }
}

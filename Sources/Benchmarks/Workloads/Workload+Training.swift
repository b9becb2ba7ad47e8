import Autodiff

// W7 to W9 and W11: classifiers and steps of training.

extension Workload {
  static let classifiers: [Workload] = [
    classifier("W7a", "softmax", "cross_entropy"), classifier("W7b", "hinge", "svm_loss"),
  ]

  private static func classifier(_ key: String, _ title: String, _ loss: String) -> Workload {
    Workload(
      key: key, title: "\(title) classifier, 500 × 3,072 × 10", group: "W7", peerKey: key,
      cell: """
        def step():
            loss = \(loss)(X @ W, y) + 1e-3 * sum(W * W)
            backward(loss)
            return loss
        """,
      results: .tensors(["W.grad"]),
      inputs: {
        [
          .data("X", Inputs.uniform(500, 3_072, seed: 1, scale: 128)),
          .data("y", Inputs.labels(500)),
          .param("W", Inputs.uniform(3_072, 10, seed: 5_000_011, scale: 1e-3)),
        ]
      },
      must: .seconds(3e-3), aim: .seconds(2.2e-3))
  }

  static let training: [Workload] = [
    small, small.on(threads: 2, must: .seconds(1.4e-3), aim: .seconds(1e-3)), twoLayers(256),
    Workload(
      key: "W9", title: "spiral net, 10,000 steps", group: "W9", peerKey: "W9",
      cell: """
        def train(steps):
            global W1, b1, W2, b2
            W1 = param(W1_start); b1 = param(zeros(100))
            W2 = param(W2_start); b2 = param(zeros(3))
            for _ in range(steps):
                h = relu(X @ W1 + b1)
                scores = h @ W2 + b2
                loss = cross_entropy(scores, y) + 0.5e-3 * (sum(W1 * W1) + sum(W2 * W2))
                backward(loss)
                for p in [W1, b1, W2, b2]:
                    p -= 1.0 * p.grad
            return loss
        """,
      call: "train(10_000)", trial: "train(100)", results: .tensors(["W1", "b1", "W2", "b2"]),
      inputs: {
        let (points, labels) = Inputs.spiral
        let first = Inputs.gaussian(200, seed: 100_003).map { 1e-2 * $0 }
        let second = Inputs.gaussian(300, seed: 200_003).map { 1e-2 * $0 }
        return [
          .data("X", points), .data("y", labels),
          .data("W1_start", Tensor(shape: Shape(2, 100), values: first)),
          .data("W2_start", Tensor(shape: Shape(100, 3), values: second)),
        ]
      },
      isLarge: true, maximumRepeats: 3, must: .seconds(1.1), aim: .seconds(0.5)),
  ]

  private static let small: Workload = {
    var workload = twoLayers(64)
    workload.must = .seconds(2.2e-3)
    workload.aim = .seconds(1.6e-3)
    return workload
  }()

  private static func twoLayers(_ rows: Int) -> Workload {
    Workload(
      key: "W8:\(rows)", title: "two-layer step, 3,072-100-10, N = \(rows)", group: "W8",
      peerKey: "W8:\(rows)",
      cell: """
        def step():
            h = relu(X @ W1 + b1)
            scores = h @ W2 + b2
            loss = cross_entropy(scores, y) + 1e-3 * (sum(W1 * W1) + sum(W2 * W2))
            backward(loss)
            for p in [W1, b1, W2, b2]:
                p -= 1e-2 * p.grad
            return loss
        """,
      trials: 5, results: .tensors(["W1", "b1", "W2", "b2"]),
      inputs: {
        [
          .data("X", Inputs.uniform(rows, 3_072, seed: 1)), .data("y", Inputs.labels(rows)),
          .param("W1", Inputs.uniform(3_072, 100, seed: 5_000_011, scale: 1e-2)),
          .param("b1", Inputs.zeros(100)),
          .param("W2", Inputs.uniform(100, 10, seed: 6_000_011, scale: 1e-1)),
          .param("b2", Inputs.zeros(10)),
        ]
      })
  }

  static let convolution: [Workload] = [
    Workload(
      key: "W11", title: "conv 3×3 (8), relu, pool, affine; 32×3×32×32", group: "W11",
      peerKey: "W11f64",
      cell: """
        def step():
            z = conv2d(X, K, c, pad=1)
            pooled = max_pool2d(relu(z), 2)
            scores = affine(pooled, F, d)
            loss = cross_entropy(scores, y)
            backward(loss)
            for p in [K, c, F, d]:
                p -= 1e-2 * p.grad
            return loss
        """,
      trials: 3, results: .tensors(["K", "c", "F", "d"]),
      inputs: {
        [
          .data("X", Inputs.uniform(32, 3, 32, 32, seed: 1)), .data("y", Inputs.labels(32)),
          .param("K", Inputs.uniform(8, 3, 3, 3, seed: 5_000_011, scale: 0.1)),
          .param("c", Inputs.zeros(8)),
          .param("F", Inputs.uniform(2_048, 10, seed: 6_000_011, scale: 1e-2)),
          .param("d", Inputs.zeros(10)),
        ]
      },
      must: .seconds(5e-3), aim: .seconds(2.5e-3))
  ]
}

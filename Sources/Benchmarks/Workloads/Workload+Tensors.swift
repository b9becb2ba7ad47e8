import Autodiff

#if canImport(Glibc)
  import Glibc
#endif

// W5 and W6: elementwise chains and products of matrices.

extension Workload {
  static let elementwise: [Workload] = [
    sigmoidTanh(1_000, must: .seconds(0.03e-3), aim: .seconds(0.008e-3)),
    sigmoidTanh(100_000, must: .seconds(1.2e-3), aim: .seconds(0.5e-3)),
    largest, largest.on(threads: 2, must: .seconds(110e-3), aim: .seconds(30e-3)),
  ]

  private static let largest = sigmoidTanh(
    10_000_000, must: .seconds(200e-3), aim: .seconds(60e-3), isLarge: true)

  static func sigmoidTanh(
    _ count: Int, must: Limit? = nil, aim: Limit? = nil, isLarge: Bool = false
  ) -> Workload {
    Workload(
      key: "W5:\(count)", title: "Σ σ(a·x + b)·tanh(x) + exp(-x²), \(grouped(count))", group: "W5",
      peerKey: "W5:\(count)",
      cell: """
        def step():
            loss = sum(sigmoid(a * x + b) * tanh(x) + exp(-x * x))
            backward(loss)
            return loss
        """,
      results: .tensors(["a.grad", "b.grad", "x.grad"]),
      inputs: {
        [
          .param("a", Inputs.uniform(count, seed: 1_000_003)),
          .param("b", Inputs.uniform(count, seed: 2_000_003)),
          .param("x", Inputs.uniform(count, seed: 1, scale: 2)),
        ]
      },
      reference: { sigmoidTanhReference(count) }, isLarge: isLarge, must: must, aim: aim)
  }

  /// The derivative of W5 by hand.
  private static func sigmoidTanhReference(_ count: Int) -> Reference {
    let a = Inputs.uniform(count, seed: 1_000_003)
    let b = Inputs.uniform(count, seed: 2_000_003)
    let x = Inputs.uniform(count, seed: 1, scale: 2)
    var (slopeA, slopeB, slopeX) = ([Double](), [Double](), [Double]())
    var loss = CompensatedSum()
    for i in 0..<count {
      let s = 1 / (1 + exp(-(a[i] * x[i] + b[i])))
      let (t, e) = (tanh(x[i]), exp(-x[i] * x[i]))
      loss.add(s * t + e)
      let slope = t * s * (1 - s)
      slopeA.append(slope * x[i])
      slopeB.append(slope)
      slopeX.append(slope * a[i] + s * (1 - t * t) - 2 * x[i] * e)
    }
    return .digest(Digest(loss: loss.value, [slopeA, slopeB, slopeX]))
  }

  static let products: [Workload] = [
    product(5, 10, 3, must: .seconds(5e-6), aim: .seconds(2e-6)),
    product(64, 64, 64, must: .timesBest(1.05)),
    product(256, 256, 256, must: .timesBest(1.05)),
    product(1_024, 1_024, 1_024, must: .timesBest(1.05)),
    product(2_048, 2_048, 2_048, must: .timesBest(1.05), isLarge: true),
  ]

  static func product(
    _ rows: Int, _ inner: Int, _ columns: Int, must: Limit? = nil, aim: Limit? = nil,
    isLarge: Bool = false
  ) -> Workload {
    let size =
      rows == columns ? "\(grouped(rows)) square" : "(\(rows), \(inner))·(\(inner), \(columns))"
    // Plain loops take too long for the large ones.
    let reference: (@Sendable () -> Reference)? =
      rows > 256 ? nil : { @Sendable in productReference(rows, inner, columns) }
    return Workload(
      key: "W6:\(rows)", title: "D = W @ X, Σ D²: \(size)", group: "W6", peerKey: "W6:\(rows)",
      cell: """
        def step():
            D = W @ X
            loss = sum(D * D)
            backward(loss)
            return loss
        """,
      results: .tensors(["W.grad", "X.grad"]),
      inputs: {
        [
          .param("W", Inputs.uniform(rows, inner, seed: 1)),
          .param("X", Inputs.uniform(inner, columns, seed: 5_000_011)),
        ]
      },
      reference: reference, isLarge: isLarge,
      must: must, aim: aim)
  }

  /// The derivative of W6 by hand: `2 D Xᵀ` and `2 Wᵀ D`.
  private static func productReference(_ rows: Int, _ inner: Int, _ columns: Int) -> Reference {
    let w = Inputs.uniform(rows, inner, seed: 1)
    let x = Inputs.uniform(inner, columns, seed: 5_000_011)
    var slopeW = [Double](repeating: 0, count: rows * inner)
    var slopeX = [Double](repeating: 0, count: inner * columns)
    var loss = CompensatedSum()
    for i in 0..<rows {
      for j in 0..<columns {
        var d = 0.0
        for k in 0..<inner { d += w[i * inner + k] * x[k * columns + j] }
        loss.add(d * d)
        for k in 0..<inner {
          slopeW[i * inner + k] += 2 * d * x[k * columns + j]
          slopeX[k * columns + j] += 2 * d * w[i * inner + k]
        }
      }
    }
    return .digest(Digest(loss: loss.value, [slopeW, slopeX]))
  }
}

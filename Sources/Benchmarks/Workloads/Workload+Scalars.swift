import Autodiff

#if canImport(Glibc)
  import Glibc
#endif

// W1 to W3: graphs of numbers.

extension Workload {
  static let scalars: [Workload] = [
    Workload(
      key: "W1", title: "f = (x + y)·z", group: "W1", peerKey: "W1",
      cell: """
        def step():
            global x, y, z
            x = -2; y = 5; z = -4
            f = (x + y) * z
            backward(f)
            return f
        """,
      results: .tensors(["[x.grad, y.grad, z.grad]"]), inputs: { [] },
      reference: { .digest(Digest(loss: -12, [[-4, -4, 3]])) },
      must: .seconds(0.5e-6), aim: .seconds(0.15e-6)),
    Workload(
      key: "W2", title: "staged function of two variables", group: "W2", peerKey: "W2",
      cell: """
        def step():
            global x, y
            x = 3; y = -4
            f = (x + sigmoid(y)) / (sigmoid(x) + (x + y)**2)
            backward(f)
            return f
        """,
      results: .tensors(["[x.grad, y.grad]"]), inputs: { [] },
      reference: { stagedFunction(3, -4) },
      must: .seconds(1.5e-6), aim: .seconds(0.5e-6)),
    chain(3_333, must: .seconds(1e-3), aim: .seconds(0.3e-3)),
    chain(33_333, must: .timesRow(10, "W3:3333"), aim: .timesRow(10, "W3:3333")),
    chain(333_333, must: .timesRow(10, "W3:33333"), aim: .timesRow(10, "W3:33333"), isLarge: true),
  ]

  /// `length` times `h = tanh(h w + b)`: three gates each.
  static func chain(
    _ length: Int, must: Limit? = nil, aim: Limit? = nil, isLarge: Bool = false
  ) -> Workload {
    Workload(
      key: "W3:\(length)", title: "chain of \(grouped(length)) tanh(h·w + b)", group: "W3",
      peerKey: "W3:\(length)",
      cell: """
        def step():
            global x, w, b
            x = 0.5; w = 1; b = 0
            h = x
            for _ in range(\(length)):
                h = tanh(h * w + b)
            backward(h)
            return h
        """,
      results: .tensors(["[x.grad, w.grad, b.grad]"]), inputs: { [] },
      reference: { tanhChain(length) }, isLarge: isLarge, must: must, aim: aim)
  }

  /// The derivative of W2 by hand.
  private static func stagedFunction(_ x: Double, _ y: Double) -> Reference {
    let (sigmoidX, sigmoidY) = (1 / (1 + exp(-x)), 1 / (1 + exp(-y)))
    let (top, sum) = (x + sigmoidY, x + y)
    let bottom = sigmoidX + sum * sum
    let slope = -top / (bottom * bottom)
    return .digest(
      Digest(
        loss: top / bottom,
        [
          [
            1 / bottom + slope * sigmoidX * (1 - sigmoidX) + 2 * slope * sum,
            sigmoidY * (1 - sigmoidY) / bottom + 2 * slope * sum,
          ]
        ]))
  }

  /// The derivative of W3 by hand, with w = 1 and b = 0.
  private static func tanhChain(_ length: Int) -> Reference {
    var values = [0.5]
    for _ in 0..<length { values.append(tanh(values[values.count - 1])) }
    var (upstream, slopeW, slopeB) = (1.0, 0.0, 0.0)
    for k in stride(from: length, to: 0, by: -1) {
      upstream *= 1 - values[k] * values[k]
      slopeW += upstream * values[k - 1]
      slopeB += upstream
    }
    return .digest(Digest(loss: values[length], [[upstream, slopeW, slopeB]]))
  }

  /// A whole number with commas between thousands.
  static func grouped(_ number: Int) -> String {
    var digits = String(number)
    var result = ""
    while digits.count > 3 {
      result = "," + digits.suffix(3) + result
      digits.removeLast(3)
    }
    return digits + result
  }
}

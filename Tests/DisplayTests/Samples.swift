import Autodiff

@testable import Display

/// Tables and results that the snapshots show.
enum Samples {
  static let compound = CellTable(rows: [
    .init("x", "leaf", -2, -4), .init("y", "leaf", 5, -4), .init("z", "leaf", -4, 3),
    .init("q", "x + y", 3, -4), .init("f", "q * z", -12, 1),
  ])

  static let staged = CellTable(
    rows: [
      .init("x", "leaf", 3, 2.0595697955721652), .init("y", "leaf", -4, 1.5922327514838093),
      .init("sigy", "1.0 / (1 + exp(-y))", 0.01798620996209156, 0.5121439700215302),
      .init("num", "x + sigy", 3.0179862099620918, 0.5121439700215302),
      .init("den", "sigx + xpy ** 2", 1.9525741268224334, -0.7915929304530894),
      .init("invden", "1.0 / den", 0.5121439700215302, 3.0179862099620918),
      .init("f", "num * invden", 1.5456448841066441, 1),
    ], also: ["i", "N", "lr"])

  static let matrices = CellTable(rows: [
    .init(
      name: "W", computedAs: "param",
      value: Tensor(shape: Shape(2, 2), values: [0.1, 0.5, -0.3, 0.8]),
      gradient: .value(Tensor(shape: Shape(2, 2), values: [0.088, 0.176, 0.104, 0.208]))),
    .init(
      name: "x", computedAs: "leaf", value: Tensor(shape: Shape(2), values: [0.2, 0.4]),
      gradient: .data),
    .init("k", "leaf", 12),
    .init("f", "sum((W @ x) ** 2)", 0.116, 1),
  ])

  /// Entries that look random and are the same everywhere.
  static func noise(_ dimensions: Int..., scale: Double = 1) -> Tensor {
    let shape = Shape(dimensions)
    var state: UInt64 = 42
    return Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Double(state >> 11) / 9_007_199_254_740_992 - 0.5) * scale
      })
  }

  static func wave(_ count: Int) -> Tensor {
    var value = 0.0
    var step = 1.0
    return Tensor(
      shape: Shape(count),
      values: (0..<count).map { _ in
        // A parabola chain: rises and falls without a call to libm.
        value += step
        step -= value > 0 ? 0.01 : -0.01
        return value
      })
  }

  static let network = CellTable(
    rows: [
      .init(
        name: "W1", computedAs: "param", value: noise(300, 100, scale: 0.02),
        gradient: .value(noise(300, 100, scale: 1e-6))),
      .init(
        name: "ramp", computedAs: "leaf",
        value: Tensor(shape: Shape(20, 50), values: (0..<1000).map { Double($0) - 300 }),
        gradient: .data),
      .init(
        name: "b", computedAs: "param", value: wave(5000), gradient: .value(noise(5000))),
      .init(
        name: "mask", computedAs: "h > 0",
        value: Tensor(
          shape: Shape(100), values: (0..<100).map { Double($0 % 3 == 0 ? 1 : 0) }, isMask: true)),
      .init(
        name: "s",
        computedAs: "maximum(0, X @ W1 + b1) @ W2 + b2 - log(sum(exp(scores), axis=1))",
        value: noise(3, 4), gradient: .value(noise(3, 4, scale: 0.001))),
      .init(
        name: "broken", computedAs: "log(h)",
        value: Tensor(
          shape: Shape(60), values: (0..<60).map { $0 < 10 ? .nan : $0 < 13 ? .infinity : 2 })),
      .init("loss", "mean(s)", 2.302585092994046, 1),
    ], also: ["i", "N"])

  static let hostile = CellTable(
    rows: [
      .init("가중치", "leaf", 1.5, .nan), .init("σ🚀", "sigmoid(가중치)", 0.8175744761936437, -1e-7),
      .init("e\u{301}", "'<script>alert(\"1 & 2\")</script>'", .infinity, -.infinity),
      .init("a_b", "x % 2 ^ {y} \\ ~#$&", 0, -0.0),
      .init("line\nend\u{1B}[31m", "a\u{202E}b\tc", -1e300, 5e-10),
    ], also: ["<b>", "$x$", "a\nb"])

  static let gradcheck = GradcheckTable(
    rows: [
      .init(
        name: "W", entry: [0, 1], analytic: -0.39322387, numeric: -0.393223865,
        relativeError: 1.3e-9, passed: true),
      .init(name: "b", analytic: 2, numeric: -2, relativeError: 1, passed: false),
    ], tolerance: 1e-6)

  static let gates = GateListing(rows: [
    .init(
      name: "relu", operands: "x", formula: "max(0, x)", localGradient: "1[x > 0]", atKink: "0"),
    .init(name: "multiply", operands: "x, y", formula: "x y", localGradient: "y, x"),
  ])

  static let jacobian = JacobianView(
    rows: 4096, columns: 4096, structure: "diagonal", storedEntries: 4096, bytes: 32768,
    entries: (0..<4096).map { ($0, $0) })

  static let smallJacobian = JacobianView(
    rows: 2, columns: 2, structure: "dense", storedEntries: 4, bytes: 32,
    dense: Tensor(shape: Shape(2, 2), values: [16, 12, -4, 18]))

  /// All of them, by the names of their snapshots.
  static let all: [(name: String, view: any Displayable)] = [
    ("compound", compound), ("staged", staged), ("matrices", matrices), ("network", network),
    ("hostile", hostile), ("gradcheck", gradcheck), ("gates", gates), ("jacobian", jacobian),
    ("small-jacobian", smallJacobian),
    ("matrix", TensorView(Tensor(shape: Shape(2, 2), values: [1, 2, -3, 4]))),
    ("large-matrix", TensorView(noise(64, 64))),
    (
      "data-table",
      DataTable(
        headers: ["name", "type", "size"],
        rows: [
          [.text("x"), .code("tensor"), .tensor(Tensor(3.5))],
          [.text("f<1>"), .code("function"), .none],
        ])
    ),
  ]
}

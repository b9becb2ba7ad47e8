import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Gate {
  /// The nonlinearities of networks, and the error function.
  static let activations: [Gate] = [
    .unary(
      "sigmoid", { sigmoid($0) }, kernel: nabla_sigmoid, partial: (1 - .f) * .f, symbol: "σ",
      summary: "Squashes to 0 to 1; its slope is made of its own value.",
      formula: "1 / (1 + exp(-x))", note: "without overflow for any x",
      source: "the logistic function"),
    .unary(
      "relu", { $0 <= 0 ? 0 : $0 }, kernel: nabla_relu, partial: .gate("greater", .x, 0),
      summary: "Cuts off below 0: the gradient passes where x > 0.", formula: "maximum(0, x)",
      note: "the slope at 0 is 0", source: "Nair and Hinton 2010"),
    .binary(
      "leaky_relu", { $0 > 0 ? $0 : $0 * $1 },
      partials: (
        .gate("greater", .x, 0) + .gate("less_equal", .x, 0) * .y, .gate("minimum", .x, 0)
      ), operands: ["x", "alpha"], defaults: [0.01],
      phrase: "apply leaky_relu to {0} with alpha {1}", domain: [-2...2, 0.01...0.5],
      summary: "relu with a small slope below 0.", formula: "x where x > 0, else alpha * x",
      note: "the slope at 0 is alpha", source: "Maas, Hannun and Ng 2013"),
    .binary(
      "elu", { $0 > 0 ? $0 : $1 * expm1($0) },
      partials: (
        .gate("greater", .x, 0)
          + .gate("less_equal", .x, 0) * .y * .gate("exp", .gate("minimum", .x, 0)),
        .gate("expm1", .gate("minimum", .x, 0))
      ), operands: ["x", "alpha"], defaults: [1], phrase: "apply elu to {0} with alpha {1}",
      domain: [-2...2, 0.5...2],
      summary: "The identity above 0, a saturating exponential below.",
      formula: "x where x > 0, else alpha * (exp(x) - 1)", note: "the slope at 0 is alpha",
      source: "Clevert, Unterthiner and Hochreiter 2015"),
    .unary(
      "gelu", { gelu($0) }, kernel: nabla_gelu,
      partial: 0.5 * .gate("erfc", -.x / .gate("sqrt", 2))
        + .gate("chain", .gate("exp", -0.5 * .gate("square", .x)), .x)
        / .gate("sqrt", 2 * .constant(.pi)),
      summary: "x times the share of a normal distribution below x; the exact form.",
      formula: "x * (1 + erf(x / sqrt(2))) / 2", source: "Hendrycks and Gimpel 2016"),
    .unary(
      "silu", { silu($0) },
      partial: .gate(
        "chain", .gate("sigmoid", .x), 1 + .gate("chain", .gate("sigmoid", -.x), .x)),
      summary: "x times its sigmoid, also called swish.", formula: "x * sigmoid(x)",
      source: "Elfwing, Uchibe and Doya 2017"),
    .unary(
      "softplus", { ($0 > 0 ? $0 : 0) + log1p(exp(-abs($0))) }, partial: .gate("sigmoid", .x),
      summary: "A smooth relu.", formula: "log(1 + exp(x))", note: "without overflow for any x",
      source: "Dugas et al. 2000"),
    .unary(
      "erf", { erf($0) }, kernel: nabla_erf,
      partial: 2 / .gate("sqrt", .constant(.pi)) * .gate("exp", -.gate("square", .x)),
      summary: "The error function.", formula: "2 / sqrt(π) * ∫ exp(-t**2) from 0 to x",
      source: "SciPy"),
    .unary(
      "erfc", { erfc($0) },
      partial: -2 / .gate("sqrt", .constant(.pi)) * .gate("exp", -.gate("square", .x)),
      summary: "1 - erf(x), exact also for large x.", formula: "1 - erf(x)", source: "SciPy"),
  ]

  private static func sigmoid(_ x: Double) -> Double {
    let z = exp(-abs(x))
    return (x >= 0 ? 1 : z) / (1 + z)
  }

  private static func gelu(_ x: Double) -> Double {
    // Below -40 the tail is under the smallest number, and -inf times 0 must not be nan.
    if x < -40 { return -0.0 }
    return 0.5 * x * erfc(-x * 0.5.squareRoot())
  }

  private static func silu(_ x: Double) -> Double {
    if x < -800 { return -0.0 }
    return x * sigmoid(x)
  }
}

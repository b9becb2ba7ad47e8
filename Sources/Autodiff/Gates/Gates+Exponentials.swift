import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Gate {
  /// Exponentials, logarithms, roots and powers.
  static let exponentials: [Gate] = [
    .unary(
      "exp", { exp($0) }, kernel: nabla_exp, partial: .f,
      summary: "The exponential; its slope is its own value.", formula: "e**x"),
    .unary(
      "expm1", { expm1($0) }, kernel: nabla_expm1, partial: .gate("exp", .x),
      summary: "exp(x) - 1, exact also for small x.", formula: "e**x - 1"),
    .unary(
      "log", { log($0) }, kernel: nabla_log, partial: 1 / .x, domain: 0.2...3,
      summary: "The natural logarithm.", formula: "log(x)",
      note: "log(0) is -inf, of a negative number nan"),
    .unary(
      "log1p", { log1p($0) }, kernel: nabla_log1p, partial: 1 / (1 + .x), domain: -0.8...2,
      summary: "log(1 + x), exact also for small x.", formula: "log(1 + x)",
      note: "-inf at -1, nan below"),
    .unary(
      "log2", { log2($0) }, partial: 1 / (.x * .gate("log", 2)), domain: 0.2...3,
      summary: "The logarithm to base 2.", formula: "log(x) / log(2)"),
    .unary(
      "log10", { log10($0) }, partial: 1 / (.x * .gate("log", 10)), domain: 0.2...3,
      summary: "The logarithm to base 10.", formula: "log(x) / log(10)"),
    .unary(
      "sqrt", { $0.squareRoot() }, kernel: nabla_sqrt, partial: 0.5 / .f, symbol: "√",
      domain: 0.2...3,
      summary: "The square root.", formula: "x**0.5",
      note: "the slope at 0 is inf; nan for negative numbers"),
    .unary(
      "square", { $0 * $0 }, kernel: nabla_square, partial: 2 * .x,
      summary: "The square.", formula: "x**2"),
    .unary(
      "reciprocal", { 1 / $0 }, kernel: nabla_reciprocal, partial: -(.f * .f), symbol: "1/x",
      domain: 0.3...2,
      summary: "One over x.", formula: "1 / x", note: "1/0 is inf"),
    .binary(
      "power", { $1 == 2 ? $0 * $0 : pow($0, $1) },
      partials: (
        .gate("chain", .y, .gate("power", .x, .y - 1)), .gate("chain", .f, .gate("log", .x))
      ), symbol: "**", phrase: "raise {0} to the power {1}", domain: [0.3...2, -2...2],
      summary: "x to the power y.", formula: "x**y",
      note: "0**0 is 1; the slope in x is 0 where y is 0; the slope in y is 0 at x = 0 for y > 0,"
        + " -inf for 0**0 and nan for negative x"),
    .binary(
      "logaddexp", { logAddExp($0, $1) },
      partials: (.gate("exp", .x - .f), .gate("exp", .y - .f)),
      phrase: "add the exponentials of {0} and {1}",
      summary: "The logarithm of a sum of exponentials, without overflow.",
      formula: "log(exp(x) + exp(y))", note: "the slopes are the softmax of the operands"),
    .binary(
      "hypot", { hypot($0, $1) },
      partials: (.gate("divide_or_zero", .x, .f), .gate("divide_or_zero", .y, .f)),
      phrase: "take the hypotenuse of {0} and {1}", domain: [0.3...2, -2...2],
      summary: "The length of (x, y), without overflow.", formula: "sqrt(x**2 + y**2)",
      note: "the slope at the origin is 0"),
  ]

  /// The larger one plus what the other adds to it.
  private static func logAddExp(_ x: Double, _ y: Double) -> Double {
    if x == y { return x + log(2) }
    let difference = x - y
    if difference > 0 { return x + log1p(exp(-difference)) }
    if difference <= 0 { return y + log1p(exp(difference)) }
    return .nan
  }
}

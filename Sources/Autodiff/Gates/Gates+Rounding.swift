import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Gate {
  /// Absolute value, sign and steps.
  static let rounding: [Gate] = [
    .unary(
      "abs", { abs($0) }, kernel: nabla_abs, partial: .gate("sign", .x), symbol: "|x|",
      summary: "The absolute value.", formula: "|x|", note: "the slope at 0 is 0"),
    .unary(
      "sign", { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, kernel: nabla_sign, partial: 0,
      summary: "-1, 0 or 1.", formula: "x / |x|", note: "0 at 0; the gradient is 0 everywhere"),
    .unary(
      "floor", { $0.rounded(.down) }, partial: 0,
      summary: "The largest integer not above x.", formula: "⌊x⌋",
      note: "the gradient is 0 everywhere"),
    .unary(
      "ceil", { $0.rounded(.up) }, partial: 0,
      summary: "The smallest integer not below x.", formula: "⌈x⌉",
      note: "the gradient is 0 everywhere"),
    .unary(
      "round", { $0.rounded(.toNearestOrEven) }, partial: 0,
      summary: "The nearest integer.", formula: "round(x)",
      note: "halves go to the even neighbour; the gradient is 0 everywhere"),
    .unary(
      "trunc", { $0.rounded(.towardZero) }, partial: 0,
      summary: "x without its fraction.", formula: "trunc(x)",
      note: "the gradient is 0 everywhere"),
    .unary("positive", { $0 }, partial: 1, summary: "x itself.", formula: "+x"),
    .binary(
      "floor_divide", { floorDivide($0, $1) }, partials: (0, 0), symbol: "//",
      phrase: "divide {0} by {1}", domain: [2.1...2.3, 0.8...1],
      summary: "The quotient, rounded down.", formula: "⌊x / y⌋",
      note: "the gradient is 0 everywhere", source: "Python"),
    .binary(
      "mod", { modulo($0, $1) }, partials: (1, -.gate("floor_divide", .x, .y)), symbol: "%",
      phrase: "divide {0} by {1}", domain: [2.1...2.3, 0.8...1],
      summary: "The remainder of the rounded-down quotient; has the sign of y.",
      formula: "x - y * ⌊x / y⌋", note: "nan where y is 0", source: "Python"),
  ]

  /// The remainder with the divisor's sign.
  static func modulo(_ x: Double, _ y: Double) -> Double {
    let rest = fmod(x, y)
    if rest == 0 { return y < 0 ? -0.0 : 0 }
    return (rest < 0) == (y < 0) ? rest : rest + y
  }

  /// The integer n for which x = n y + modulo(x, y).
  static func floorDivide(_ x: Double, _ y: Double) -> Double {
    if y == 0 { return x / y }
    let rest = fmod(x, y)
    var quotient = (x - rest) / y
    if rest != 0, (rest < 0) != (y < 0) { quotient -= 1 }
    // The quotient is an integer up to rounding.
    return quotient == 0 ? (x / y < 0 ? -0.0 : 0) : quotient.rounded()
  }
}

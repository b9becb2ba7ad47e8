import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Gate {
  /// Circular and hyperbolic functions and their inverses.
  static let trigonometry: [Gate] = [
    .unary(
      "sin", { sin($0) }, kernel: nabla_sin, partial: .gate("cos", .x),
      summary: "The sine, of radians.", formula: "sin(x)"),
    .unary(
      "cos", { cos($0) }, kernel: nabla_cos, partial: -.gate("sin", .x),
      summary: "The cosine, of radians.", formula: "cos(x)"),
    .unary(
      "tan", { tan($0) }, partial: 1 + .f * .f, domain: -1.2...1.2,
      summary: "The tangent, of radians.", formula: "sin(x) / cos(x)"),
    .unary(
      "arcsin", { asin($0) }, partial: 1 / .gate("sqrt", (1 - .x) * (1 + .x)),
      domain: -0.9...0.9,
      summary: "The angle in -π/2 to π/2 whose sine is x.", formula: "arcsin(x)",
      note: "nan outside -1 to 1; the slope at both ends is inf"),
    .unary(
      "arccos", { acos($0) }, partial: -1 / .gate("sqrt", (1 - .x) * (1 + .x)),
      domain: -0.9...0.9,
      summary: "The angle in 0 to π whose cosine is x.", formula: "arccos(x)",
      note: "nan outside -1 to 1; the slope at both ends is -inf"),
    .unary(
      "arctan", { atan($0) }, partial: 1 / (1 + .x * .x),
      summary: "The angle in -π/2 to π/2 whose tangent is x.", formula: "arctan(x)"),
    .binary(
      "arctan2", { atan2($0, $1) },
      partials: (
        .gate("divide_or_zero", .y, .x * .x + .y * .y),
        -.gate("divide_or_zero", .x, .x * .x + .y * .y)
      ), operands: ["y", "x"], phrase: "take the angle of {0} and {1}",
      domain: [-2...2, 0.3...2],
      summary: "The angle of the point (x, y), in -π to π.", formula: "arctan(y / x)",
      note: "the slope at the origin is 0"),
    .unary(
      "sinh", { sinh($0) }, partial: .gate("cosh", .x),
      summary: "The hyperbolic sine.", formula: "(exp(x) - exp(-x)) / 2"),
    .unary(
      "cosh", { cosh($0) }, partial: .gate("sinh", .x),
      summary: "The hyperbolic cosine.", formula: "(exp(x) + exp(-x)) / 2"),
    .unary(
      "tanh", { tanh($0) }, kernel: nabla_tanh, partial: 1 - .f * .f,
      summary: "The hyperbolic tangent: squashes to -1 to 1.",
      formula: "(exp(x) - exp(-x)) / (exp(x) + exp(-x))"),
    .unary(
      "arcsinh", { asinh($0) }, partial: 1 / .gate("hypot", .x, 1),
      summary: "The inverse of sinh.", formula: "log(x + sqrt(x**2 + 1))"),
    .unary(
      "arccosh", { acosh($0) }, partial: 1 / .gate("sqrt", (.x - 1) * (.x + 1)),
      domain: 1.2...3,
      summary: "The inverse of cosh, at least 0.", formula: "log(x + sqrt(x**2 - 1))",
      note: "nan below 1"),
    .unary(
      "arctanh", { atanh($0) }, partial: 1 / ((1 - .x) * (1 + .x)), domain: -0.8...0.8,
      summary: "The inverse of tanh.", formula: "log((1 + x) / (1 - x)) / 2",
      note: "infinite at -1 and 1, nan outside"),
  ]
}

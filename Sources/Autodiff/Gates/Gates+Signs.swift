#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Gate {
  private static let takesFirst = Formula.gate(
    "logical_or", .gate("greater_equal", .x, .y), .gate("isnan", .y))
  private static let takesFirstAsLeast = Formula.gate(
    "logical_or", .gate("less_equal", .x, .y), .gate("isnan", .y))

  /// Signs, steps and the gates of numbers that may be missing.
  static let signs: [Gate] = [
    .unary(
      "cbrt", { cubeRoot($0) }, partial: 1 / (3 * .gate("square", .f)), symbol: "∛",
      domain: 0.3...2, summary: "The cube root.", formula: "x**(1/3)",
      note: "negative where x is; the slope at 0 is inf"),
    .unary(
      "signbit", { $0.sign == .minus ? 1 : 0 }, partial: nil, isMask: true,
      summary: "Whether the sign is a minus, also that of -0.", formula: "sign(x) = -1"),
    .binary(
      "copysign", { Double(signOf: $1, magnitudeOf: $0) },
      partials: (.gate("copysign", 1, .y) * .gate("sign", .x), 0), domain: [0.3...2, -2...2],
      summary: "The magnitude of x with the sign of y.", formula: "|x| * sign(y)",
      note: "the slope at x = 0 is 0; none flows to y"),
    .binary(
      "heaviside", { $0.isNaN ? $0 : $0 < 0 ? 0 : $0 > 0 ? 1 : $1 },
      partials: (0, .gate("equal", .x, 0)),
      summary: "The step: 0 below 0, 1 above, y at 0.", formula: "[x > 0] + y * [x = 0]",
      note: "the gradient by x is 0 everywhere"),
    .binary(
      "fmod", { fmod($0, $1) }, partials: (1, -.gate("trunc", .x / .y)),
      domain: [2.1...2.3, 0.8...1],
      summary: "The remainder of the quotient without its fraction; has the sign of x.",
      formula: "x - y * trunc(x / y)", note: "nan where y is 0"),
    .binary(
      "fmax", { $1.isNaN || $0 >= $1 ? $0 : $1 }, partials: (takesFirst, 1 - takesFirst),
      symbol: "max", phrase: "take the maximum of {0} and {1}",
      summary: "The larger of two, where one is nan the other: a router.", formula: "max(x, y)",
      note: "on a tie all goes to the first; nan where both are"),
    .binary(
      "fmin", { $1.isNaN || $0 <= $1 ? $0 : $1 },
      partials: (takesFirstAsLeast, 1 - takesFirstAsLeast), symbol: "min",
      phrase: "take the minimum of {0} and {1}",
      summary: "The smaller of two, where one is nan the other: a router.", formula: "min(x, y)",
      note: "on a tie all goes to the first; nan where both are"),
  ]

  /// The library's cube root with one step of Newton's, so that cubes have exact roots.
  private static func cubeRoot(_ x: Double) -> Double {
    let root = cbrt(x)
    guard root.isFinite, root != 0 else { return root }
    let square = root * root
    let rest = x.addingProduct(-square, root)
    return rest.isFinite && square.isNormal ? root + rest / (3 * square) : root
  }
}

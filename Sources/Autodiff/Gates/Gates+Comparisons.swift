import CKernels

extension Gate {
  /// Comparisons and logic: masks, through which no gradient flows.
  static let comparisons: [Gate] = [
    comparison("less", "<", { $0 < $1 }, kernel: nabla_less, summary: "Whether x < y."),
    comparison(
      "less_equal", "<=", { $0 <= $1 }, kernel: nabla_less_equal, summary: "Whether x <= y."),
    comparison("greater", ">", { $0 > $1 }, kernel: nabla_greater, summary: "Whether x > y."),
    comparison(
      "greater_equal", ">=", { $0 >= $1 }, kernel: nabla_greater_equal, summary: "Whether x >= y."),
    comparison(
      "equal", "==", { $0 == $1 }, kernel: nabla_equal, summary: "Whether x and y are equal."),
    comparison(
      "not_equal", "!=", { $0 != $1 }, kernel: nabla_not_equal, summary: "Whether x and y differ."),
    comparison(
      "logical_and", "and", { $0 != 0 && $1 != 0 }, phrase: "combine {0} and {1}",
      summary: "Whether both are true.", note: nan),
    comparison(
      "logical_or", "or", { $0 != 0 || $1 != 0 }, phrase: "combine {0} and {1}",
      summary: "Whether at least one is true.", note: nan),
    comparison(
      "logical_xor", "xor", { ($0 != 0) != ($1 != 0) }, phrase: "combine {0} and {1}",
      summary: "Whether exactly one is true.", note: nan),
    test("logical_not", "not x", { $0 == 0 }, summary: "Whether x is false.", note: nan),
    test("isnan", "isnan(x)", { $0.isNaN }, summary: "Whether x is not a number."),
    test("isfinite", "isfinite(x)", { $0.isFinite }, summary: "Whether x is finite."),
    test("isinf", "isinf(x)", { $0.isInfinite }, summary: "Whether x is inf or -inf."),
  ]

  private static let nan = "0 is false, all else is true, nan too"

  private static func comparison(
    _ name: String, _ symbol: String, _ holds: @escaping @Sendable (Double, Double) -> Bool,
    kernel: BinaryKernel? = nil, phrase: String = "compare {0} with {1}", summary: String,
    note: String? = nil
  ) -> Gate {
    .binary(
      name, { holds($0, $1) ? 1 : 0 }, kernel: kernel, partials: nil, isMask: true, symbol: symbol,
      phrase: phrase, summary: summary, formula: "x \(symbol) y",
      note: note ?? "nan differs from everything, itself too")
  }

  private static func test(
    _ name: String, _ formula: String, _ holds: @escaping @Sendable (Double) -> Bool,
    summary: String, note: String? = nil
  ) -> Gate {
    .unary(
      name, { holds($0) ? 1 : 0 }, partial: nil, isMask: true, summary: summary,
      formula: formula, note: note)
  }
}

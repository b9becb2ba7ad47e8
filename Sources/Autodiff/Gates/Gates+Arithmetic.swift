import CKernels

extension Gate {
  /// Sums, products, quotients and powers.
  static let arithmetic: [Gate] = [
    .binary(
      "add", { $0 + $1 }, kernel: nabla_add, partials: (1, 1), symbol: "+",
      summary: "Sum; hands its upstream gradient to both operands: a distributor.",
      formula: "x + y"),
    .binary(
      "subtract", { $0 - $1 }, kernel: nabla_subtract, partials: (1, -1), symbol: "-",
      phrase: "subtract {1} from {0}",
      summary: "Difference.", formula: "x - y"),
    .binary(
      "multiply", { $0 * $1 }, kernel: nabla_multiply, partials: (.y, .x), symbol: "*",
      summary: "Product; each operand gets the upstream times the other one: a switcher.",
      formula: "x * y"),
    .binary(
      "divide", { $0 / $1 }, kernel: nabla_divide, partials: (1 / .y, -(.f / .y)), symbol: "/",
      phrase: "divide {0} by {1}", domain: [-2...2, 0.5...2],
      summary: "Quotient, by IEEE's rules.", formula: "x / y", note: "1/0 is inf, 0/0 is nan"),
    .unary(
      "negative", { -$0 }, kernel: nabla_negative, partial: -1, symbol: "-", summary: "Negation.",
      formula: "-x"),
    .binary(
      "chain", { $0 == 0 ? 0 : $0 * $1 + 0 }, kernel: nabla_chain, partials: (.y, .x),
      operands: ["upstream", "local"],
      symbol: "·",
      summary: "Upstream times local gradient, as passes multiply them.",
      formula: "upstream * local", note: "an upstream of exactly 0 gives 0", source: "Nabla"),
    .binary(
      "divide_or_zero", { $1 == 0 ? 0 : $0 / $1 },
      partials: (
        .gate("divide_or_zero", 1, .y), -.gate("divide_or_zero", .f, .y)
      ), symbol: "/", phrase: "divide {0} by {1}", domain: [-2...2, 0.5...2],
      summary: "Quotient that is 0 where the divisor is 0: the slope of lengths and spreads.",
      formula: "x / y", note: "0, with slope 0, where y is 0", source: "Nabla"),
  ]
}

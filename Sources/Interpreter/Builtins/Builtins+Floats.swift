import Autodiff

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Builtins {
  /// Functions of Python's `math` on single numbers, which are no gates.
  static var floats: [Builtin] {
    [
      Builtin("gamma", "x", "The gamma function: (n - 1)! for integers.") {
        call, _ throws(Failure) in
        .number(tgamma(try call.number(0, default: .nan)))
      },
      Builtin("lgamma", "x", "The logarithm of the gamma function's size.") {
        call, _ throws(Failure) in
        .number(lgamma(try call.number(0, default: .nan)))
      },
      Builtin("hypot", "*coordinates", "The length of a vector.", type: "gate") {
        call, session throws(Failure) in
        if call.rest.count == 2, let x = call.rest[0].traced, let y = call.rest[1].traced {
          return try session.apply(Gates.row("hypot"), [x, y])
        }
        guard let all = try session.stacked(call.rest) else {
          throw Failure(.type, "hypot() takes numbers")
        }
        return try session.apply(Gates.row("norm"), [all], .axes(nil, keepDimensions: false))
      },
      Builtin("remainder", "x, y", "The remainder of the quotient rounded to nearest.") {
        call, _ throws(Failure) in
        let y = try call.number(1, default: .nan)
        return .number(try call.number(0, default: .nan).remainder(dividingBy: y))
      },
      Builtin("modf", "x", "The fraction and the whole part.") { call, _ throws(Failure) in
        let x = try call.number(0, default: .nan)
        let whole = x.rounded(.towardZero)
        let fraction = x.isInfinite ? 0 : x - whole
        return .tuple([.number(Double(signOf: x, magnitudeOf: fraction)), .number(whole)])
      },
      Builtin("frexp", "x", "m from 0.5 to 1 and e with x = m * 2**e.") {
        call, _ throws(Failure) in
        let x = try call.number(0, default: .nan)
        guard x.isFinite, x != 0 else { return .tuple([.number(x), .int(0)]) }
        return .tuple([
          .number(Double(signOf: x, magnitudeOf: x.significand / 2)), .int(Int(x.exponent) + 1),
        ])
      },
      Builtin("ldexp", "x, e", "x * 2**e.") { call, _ throws(Failure) in
        let exponent = min(max(try call.int(1), -5_000), 5_000)
        return .number(scalbn(try call.number(0, default: .nan), Int32(exponent)))
      },
      Builtin("ulp", "x", "The distance to the next number.") { call, _ throws(Failure) in
        .number(abs(try call.number(0, default: .nan)).ulp)
      },
      Builtin("nextafter", "x, y", "The number next to x on the way to y.") {
        call, _ throws(Failure) in
        .number(nextafter(try call.number(0, default: .nan), try call.number(1, default: .nan)))
      },
      Builtin("sumprod", "p, q", "The sum of products.", type: "gate") {
        call, session throws(Failure) in
        Value(try dot(call.tensor(0, session), call.tensor(1, session), session))
      },
    ]
  }
}

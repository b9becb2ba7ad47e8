import Autodiff

extension Builtins {
  /// Numbers as texts and the reverse, and division with remainder.
  static func numbers() -> [Builtin] {
    [
      Builtin("divmod", "a, b", "The whole quotient and the remainder.") {
        call, session throws(Failure) in
        let quotient = try session.binary(.floorDivide, call.value(0), call.value(1))
        return .tuple([quotient, try session.binary(.remainder, call.value(0), call.value(1))])
      },
      Builtin("chr", "code", "The character of a code point.") { call, session throws(Failure) in
        let code = try call.int(0)
        guard let value = UInt32(exactly: code), let scalar = Unicode.Scalar(value) else {
          throw Failure(.value, "\(code) is no code point of a character")
        }
        return .string(String(Character(scalar)))
      },
      Builtin("ord", "character", "The code point of a character.") {
        call, session throws(Failure) in
        let scalars = Array(try call.string(0).unicodeScalars)
        guard scalars.count == 1 else {
          throw Failure(.type, "ord() needs one character, not a string of \(scalars.count)")
        }
        return .int(Int(scalars[0].value))
      },
      written("bin", radix: 2, prefix: "0b"), written("oct", radix: 8, prefix: "0o"),
      written("hex", radix: 16, prefix: "0x"),
      Builtin("repr", "x", "The text of a value as it stands inside a list.") {
        call, session throws(Failure) in
        .string(try session.repr(call.value(0)))
      },
      Builtin("format", "x, spec=''", "A value in a format such as '.3f'.") {
        call, session throws(Failure) in
        .string(try session.format(call.value(0), spec: call.string(1, default: "")))
      },
    ]
  }

  private static func written(_ name: String, radix: Int, prefix: String) -> Builtin {
    Builtin(name, "x", "An integer to base \(radix), as a string.") {
      call, session throws(Failure) in
      let number = try call.int(0)
      return .string(
        (number < 0 ? "-" : "") + prefix + String(number.magnitude, radix: radix))
    }
  }
}

import Autodiff

extension Builtins {
  /// Gates that the engine applies on its own, and why they are no names of the language.
  static let unnamedGates: [String: String] = [
    "chain_matmul": "multiplies upstream and local gradients of matrix products in passes",
    "chain": "multiplies upstream and local gradients in passes",
    "divide_or_zero": "stands in the local gradients of lengths and spreads",
    "fused": "stands for expressions of large tensors",
    "positive": "is the operator +x",
  ]

  /// The gates that act entry by entry, each a function of the row's own name.
  static func elementwise() -> [Builtin] {
    var functions: [Builtin] = []
    for gate in GateTable.gates where unnamedGates[gate.name] == nil && gate.name != "round" {
      switch gate.kind {
      case .unary: functions.append(unary(gate))
      case .binary: functions.append(binary(gate))
      case .general, .custom: break
      }
    }
    return functions + composedElementwise
  }

  private static func unary(_ gate: Gate) -> Builtin {
    Builtin(gate.name, "x", gate.summary, type: "gate", gate: direct(gate)) {
      call, session throws(Failure) in
      try session.apply(gate, [call.tensor(0, session)])
    }
  }

  private static func binary(_ gate: Gate) -> Builtin {
    Builtin(
      gate.name, String(gate.signature.dropFirst().dropLast()), gate.summary, type: "gate",
      gate: direct(gate)
    ) { call, session throws(Failure) in
      let x = try call.tensor(0, session)
      if call.values[1] == nil, let alpha = gate.defaults.last {
        return try session.apply(gate, [x, .own(alpha)])
      }
      return try session.apply(gate, [x, call.tensor(1, session)])
    }
  }

  /// The row for calls that skip the binding: comparisons give booleans, so they do not.
  private static func direct(_ gate: Gate) -> Gate? { gate.isDifferentiable ? gate : nil }

  /// Elementwise functions that are made of several gates or have further parameters.
  private static var composedElementwise: [Builtin] {
    [
      Builtin("clip", "x, a_min=None, a_max=None", "x kept between two bounds.", type: "gate") {
        call, session throws(Failure) in
        guard call[1] != nil || call[2] != nil else {
          throw Failure(.value, "clip() needs a lower or an upper bound")
        }
        let x = try call.tensor(0, session)
        let low = call[1] == nil ? .own(-.infinity) : try call.tensor(1, session)
        let high = call[2] == nil ? .own(.infinity) : try call.tensor(2, session)
        return Value(try session.trace("clip", x, low, high))
      },
      Builtin("round", "x, decimals=0", "The nearest integer, or multiple of 10**-decimals.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let decimals = try call.int(1, default: 0)
        if decimals == 0 { return try session.apply(Gates.round, [x]) }
        let scale = Traced.own(decimals.magnitude > 300 ? .infinity : powerOfTen(abs(decimals)))
        guard scale.tensor.number.isFinite else { return Value(x) }
        let larger = decimals > 0 ? Gates.multiply : Gates.divide
        let smaller = decimals > 0 ? Gates.divide : Gates.multiply
        let moved = try session.trace(larger, [x, scale])
        let whole = try session.trace(Gates.round, [moved])
        let rounded = try session.trace(smaller, [whole, scale])
        // Beyond 2**52 a number has no digits to round, and moving the point would cost some.
        let isWide = moved.tensor.mapped(isMask: true) { abs($0) >= 0x1p52 ? 1 : 0 }
        guard isWide.withEntries({ $0.contains(1) }) else { return Value(rounded) }
        return try session.apply(Gates.choose, [Traced(constant: isWide), x, rounded])
      },
      Builtin("pow", "x, y, mod=None", "x to the power of y.", gate: Gates.power) {
        call, session throws(Failure) in
        guard call[2] != nil else {
          return try session.apply(
            Gates.power, [call.tensor(0, session), call.tensor(1, session)])
        }
        return .int(
          try modularPower(call.int(0, default: nil), call.int(1), call.int(2)))
      },
      Builtin("exp2", "x", "2 to the power of x.") { call, session throws(Failure) in
        try session.apply(Gates.power, [.own(2), call.tensor(0, session)])
      },
      Builtin("deg2rad", "x", "Degrees as radians.") { call, session throws(Failure) in
        try session.apply(Gates.multiply, [call.tensor(0, session), .own(.pi / 180)])
      },
      Builtin("rad2deg", "x", "Radians as degrees.") { call, session throws(Failure) in
        try session.apply(Gates.multiply, [call.tensor(0, session), .own(180 / .pi)])
      },
      Builtin("nan_to_num", "x, nan=0.0", "x with another number where it is not a number.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let other = Traced.own(try call.number(1, default: 0))
        let largest = Double.greatestFiniteMagnitude
        let known = try session.trace(
          Gates.choose, [session.trace("isnan", x), other, x])
        return Value(try session.trace("clip", known, .own(-largest), .own(largest)))
      },
    ]
  }

  /// 10 to a power from 0 to 300, by multiplication, so exact as far as numbers are.
  private static func powerOfTen(_ exponent: Int) -> Double {
    exponent <= 300 ? Double("1e\(exponent)") ?? .infinity : .infinity
  }

  private static func modularPower(
    _ base: Int, _ exponent: Int, _ modulus: Int
  ) throws(Failure) -> Int {
    guard modulus != 0 else { throw Failure(.value, "pow() needs a third argument other than 0") }
    guard exponent >= 0 else {
      throw Failure(.value, "pow() modulo needs an exponent of at least 0")
    }
    let size = modulus.magnitude
    func times(_ a: UInt, _ b: UInt) -> UInt {
      size.dividingFullWidth(a.multipliedFullWidth(by: b)).remainder
    }
    let start = base.magnitude % size
    var power = base < 0 && start != 0 ? size - start : start
    var result = 1 % size
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = times(result, power) }
      power = times(power, power)
      rest >>= 1
    }
    // The sign is the modulus', as everywhere in Python.
    return modulus < 0 && result != 0 ? -Int(size - result) : Int(result)
  }
}

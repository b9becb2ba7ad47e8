import Autodiff

extension Builtins {
  /// What a namespace has beside the built-in names, or in another form than these.
  static func additions(to namespace: String, _ session: Session) -> [String: Value] {
    let functions: [Builtin]
    var names: [String: Value] = [:]
    switch namespace {
    case "numpy", "np", "nabla":
      functions = numpy + numpyFiles
      for type in arrayTypes() { names[type.name] = .object(type) }
      for (alias, name) in ["amax": "max", "amin": "min"] {
        names[alias] = .object(arrayExtreme(name))
      }
      names["uint64"] = names["int64"]
      names["generic"] = names["number"]
      names["euler_gamma"] = .number(0.5772156649015329, .fresh)
      names["concat"] = session.builtins["concatenate"]
      names["permute_dims"] = session.builtins["transpose"]
    case "math":
      functions = mathematics + floats
      names["tau"] = .number(2 * .pi, .fresh)
    case "numpy.linalg", "np.linalg":
      functions = []
      names["matrix_power"] = session.builtins["matrix_power"]
    case "numpy.random", "np.random": functions = generators
    case "random": functions = chances
    default: return [:]
    }
    for function in functions { names[function.name] = .object(function) }
    return names
  }

  /// NumPy's functions whose arguments mean something else than those of Python's.
  private static var numpy: [Builtin] {
    [
      arrayExtreme("max"), arrayExtreme("min"),
      Builtin("sum", "x, axis=None, keepdims=False, dtype=None", Gates.sum.summary, type: "gate") {
        call, session throws(Failure) in
        let x = try array(call.value(0), function: "sum", session)
        return try session.apply(
          Gates.sum, [x],
          .axes(
            call.axes(1, of: x.shape, session),
            keepDimensions: call.bool(2, default: false, session)))
      },
      Builtin("finfo", "dtype=None", "The range and the precision of numbers.") { _, _ in
        .object(
          ModuleObject(
            name: "finfo",
            members: [
              "eps": .number(.ulpOfOne), "max": .number(.greatestFiniteMagnitude),
              "min": .number(-.greatestFiniteMagnitude), "tiny": .number(.leastNormalMagnitude),
              "bits": .int(64),
            ]))
      },
      Builtin("set_printoptions", "**options", "Accepted; %precision sets how tensors print.") {
        _, _ in .none
      },
      Builtin("seterr", "**options", "Accepted; arithmetic is IEEE's and never stops.") {
        _, _ in .none
      },
    ]
  }

  /// Functions of Python's `math` that differ from the built-in name or have none.
  private static var mathematics: [Builtin] {
    [
      Builtin("log", "x, base=None", "The logarithm, natural or to a base.", type: "gate") {
        call, session throws(Failure) in
        let logarithm = try session.trace(Gates.log, [call.tensor(0, session)])
        guard call[1] != nil else { return Value(logarithm) }
        return try session.apply(
          Gates.divide, [logarithm, session.trace(Gates.log, [call.tensor(1, session)])])
      },
      Builtin("isclose", "a, b, *, rel_tol=1e-9, abs_tol=0", "Whether two numbers are close.") {
        call, session throws(Failure) in
        let a = try call.number(0, default: 0)
        let b = try call.number(1, default: 0)
        let relative = try call.number(2, default: 1e-9)
        let bound = max(relative * max(abs(a), abs(b)), try call.number(3, default: 0))
        return .boolean(a == b || (abs(a - b) <= bound && (a - b).isFinite))
      },
      Builtin("factorial", "n", "The product of the integers from 1 to n.") {
        call, session throws(Failure) in
        let n = try natural(call, 0)
        return .number((0..<min(n, 171)).reduce(n > 170 ? .infinity : 1.0) { $0 * Double($1 + 1) })
      },
      Builtin("comb", "n, k", "In how many ways k of n items can be chosen.") {
        call, session throws(Failure) in
        let n = try natural(call, 0)
        let k = try natural(call, 1)
        guard k <= n else { return .int(0) }
        let few = min(k, n - k)
        var result = 1.0
        for step in 0..<min(few, 10_000) {
          result = (result * Double(n - step) / Double(step + 1)).rounded()
        }
        return .number(few > 10_000 ? .infinity : result)
      },
      Builtin("perm", "n, k=None", "In how many orders k of n items can stand.") {
        call, session throws(Failure) in
        let n = try natural(call, 0)
        let k = call[1] == nil ? n : try natural(call, 1)
        guard k <= n else { return .int(0) }
        var result = 1.0
        for step in 0..<k where result.isFinite { result *= Double(n - step) }
        return .number(result)
      },
      Builtin("gcd", "*numbers", "The greatest common divisor.") { call, session throws(Failure) in
        var result: UInt = 0
        for number in try call.rest.isEmpty ? [] : lengths(call.rest, "the numbers", session) {
          result = divisor(result, number.magnitude)
        }
        return .number(Double(result))
      },
      Builtin("lcm", "*numbers", "The least common multiple.") { call, session throws(Failure) in
        var result = 1.0
        for number in try call.rest.isEmpty ? [] : lengths(call.rest, "the numbers", session) {
          guard number != 0, let known = UInt(exactly: result) else { return .int(0) }
          result *= Double(number.magnitude / divisor(known, number.magnitude))
        }
        return .number(result)
      },
      Builtin("isqrt", "n", "The whole part of the square root.") {
        call, session throws(Failure) in
        let n = try natural(call, 0)
        var root = Int(Double(n).squareRoot())
        while root > 0, root > n / root { root -= 1 }
        while root + 1 <= n / (root + 1) { root += 1 }
        return .int(root)
      },
      Builtin("fsum", "items", "The sum of the items.") { call, session throws(Failure) in
        let x = try array(call.value(0), function: "fsum", session)
        return Value(try session.sum(x, axes: nil))
      },
      Builtin("dist", "p, q", "The distance of two points.", type: "gate") {
        call, session throws(Failure) in
        let difference = try session.trace(
          Gates.subtract, [call.tensor(0, session), call.tensor(1, session)])
        return try session.apply(
          Gates.row("norm"), [difference], .axes(nil, keepDimensions: false))
      },
    ]
  }

  /// NumPy's newer generators, whose numbers are others than those of `np.random.seed`.
  private static var generators: [Builtin] {
    ["default_rng", "Generator", "PCG64"].map { name in
      Builtin(name, "*arguments", "Not here: np.random.seed(s) starts the generator that is.") {
        _, _ throws(Failure) in
        throw Failure(
          .attribute, "np.random.\(name) is not here: its numbers are of another generator",
          hint: "np.random.seed(s), then np.random.randn(…) and its like, give NumPy's numbers")
      }
    }
  }

  private static func natural(_ call: BoundArguments, _ index: Int) throws(Failure) -> Int {
    let number = try call.int(index)
    guard number >= 0 else {
      throw Failure(.value, "\(call.function)() needs a number of at least 0, not \(number)")
    }
    return number
  }

  private static func divisor(_ a: UInt, _ b: UInt) -> UInt {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  /// Functions of Python's `random` that differ from NumPy's.
  private static var chances: [Builtin] {
    [
      Builtin("randint", "low, high", "A whole number from low to high.") {
        call, session throws(Failure) in
        let low = try call.int(0)
        let high = try call.int(1)
        guard low <= high, high < Int.max else {
          throw Failure(.value, "randint() needs low <= high, not \(low) and \(high)")
        }
        let draw = try session.randomIntegers(from: low, below: high + 1, count: 1)
        return .number(Double(draw[0]), .fresh)
      },
      Builtin("randrange", "start, stop=None", "A whole number from start, or 0, to below stop.") {
        call, session throws(Failure) in
        let low = call[1] == nil ? 0 : try call.int(0)
        let high = call[1] == nil ? try call.int(0) : try call.int(1)
        guard low < high else {
          throw Failure(.value, "randrange() has nothing to choose from \(low) to below \(high)")
        }
        let draw = try session.randomIntegers(from: low, below: high, count: 1)
        return .number(Double(draw[0]), .fresh)
      },
      Builtin("gauss", "mean=0, deviation=1", "A normal number.") {
        call, session throws(Failure) in
        let draw = session.random.gaussian()
        return .number(
          try call.number(0, default: 0) + call.number(1, default: 1) * draw, .fresh)
      },
      Builtin("sample", "items, k", "k different items.") { call, session throws(Failure) in
        let items = try session.items(of: call.value(0))
        let count = try call.int(1)
        guard count >= 0, count <= items.count else {
          throw Failure(.value, "sample() cannot draw \(count) of \(items.count) items")
        }
        return .list(try session.randomOrder(items.count).prefix(count).map { items[$0] })
      },
      Builtin("choices", "items, weights=None, *, k=1", "k items, the same ones again too.") {
        call, session throws(Failure) in
        let items = try session.items(of: call.value(0))
        guard !items.isEmpty else { throw Failure(.value, "choices() needs at least one item") }
        let count = try call.int(2, default: 1)
        _ = try session.shape(of: [count])
        let shares = call[1] == nil ? nil : try call.tensor(1, session).tensor.values
        let total = shares?.reduce(0, +)
        let places: [Int]
        do throws(GateError) {
          places = try session.random.choice(
            items.count, count: count, p: shares.map { $0.map { $0 / (total ?? 1) } })
        } catch { throw Failure(error) }
        return .list(places.map { items[$0] })
      },
    ]
  }
}

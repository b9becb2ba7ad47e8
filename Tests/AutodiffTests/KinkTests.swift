import Testing

@testable import Autodiff

@Suite("Kinks and ties")
struct KinkTests {
  @Test(
    "slopes at kinks are the ones that the rows state",
    arguments: [
      ("relu", [0], [0]), ("relu", [-0.0], [0]), ("abs", [0], [0]), ("sign", [0], [0]),
      ("maximum", [2, 2], [1, 0]), ("minimum", [2, 2], [1, 0]),
      ("leaky_relu", [0, 0.1], [0.1, 0]), ("elu", [0, 1.5], [1.5, 0]),
      ("sqrt", [0], [.infinity]), ("hypot", [0, 0], [0, 0]), ("arctan2", [0, 0], [0, 0]),
      ("power", [0, 2], [0, 0]), ("power", [0, 0], [0, -.infinity]), ("power", [0, 1], [1, 0]),
      ("power", [-2, 2], [-4, .nan]), ("power", [3, 0], [0, 1.0986122886681098]),
      ("divide_or_zero", [3, 0], [0, 0]), ("floor", [2], [0]), ("round", [2.5], [0]),
      ("mod", [-7, 3], [1, 3]), ("floor_divide", [-7, 3], [0, 0]),
    ] as [(String, [Double], [Double])])
  func numbers(_ name: String, _ at: [Double], _ expected: [Double]) throws {
    // As numbers, which go by partials, and as tensors, which go by maps.
    let numbers = try gradients(name, at.map { Tensor($0) }).map(\.number)
    let tensors = try gradients(name, at.map { [$0, $0] }).map { $0[1] }
    for (actual, expected) in zip(numbers + tensors, expected + expected) {
      #expect(actual == expected || actual.isNaN && expected.isNaN)
    }
  }

  @Test("a constant exponent is not asked for its slope")
  func powerOfNegativeNumbers() throws {
    var tape = Tape(interruption: Interruption())
    for value: Tensor in [-3, [-3, -2]] {
      let x = Traced(value, tape.leaf(value))
      let y = try tape.apply("power", x, 3)
      try tape.backward(from: y, upstream: Tensor(repeating: 1, shape: y.shape))
      #expect(tape.gradients[x.node]?[0] == 27)
    }
  }

  @Test("the largest and the smallest give all to the first of equals")
  func ties() throws {
    let x = Tensor([[1, 3, 3], [3, 0, 0]])
    #expect(try gradients("max", [x], .whole)[0].values == [0, 1, 0, 0, 0, 0])
    #expect(try gradients("max", [x], .along(1))[0].values == [0, 1, 0, 1, 0, 0])
    #expect(try gradients("max", [x], .along(0))[0].values == [0, 1, 1, 1, 0, 0])
    #expect(try gradients("min", [x], .whole)[0].values == [0, 0, 0, 0, 1, 0])
    #expect(try call("argmax", [x], .whole).number == 1)
    #expect(try call("argmin", [x], .along(1)).values == [0, 1])
  }

  @Test("nan wins among the largest and the smallest, the first of several")
  func nanWins() throws {
    let x: Tensor = [1, .nan, 5, .nan]
    for name in ["max", "min"] {
      #expect(try call(name, [x], .whole).number.isNaN)
      #expect(try gradients(name, [x], .whole)[0].values == [0, 1, 0, 0])
    }
    #expect(try call("argmax", [x], .whole).number == 1)
    #expect(try call("argmin", [x], .whole).number == 1)
    for name in ["maximum", "minimum"] {
      #expect(try call(name, [.init(.nan), 1]).number.isNaN)
      #expect(try call(name, [1, .init(.nan)]).number.isNaN)
    }
  }

  @Test("clip passes at its bounds, and a bound gets what it clips")
  func clip() throws {
    let x: Tensor = [-2, -1, 0, 1, 2]
    #expect(try call("clip", [x, -1, 1]).values == [-1, -1, 0, 1, 1])
    let slopes = try gradients("clip", [x, -1, 1])
    #expect(slopes[0].values == [0, 1, 1, 1, 0])
    #expect(slopes[1].number == 1 && slopes[2].number == 1)
    #expect(try call("clip", [x, 1, -1]).values == [-1, -1, -1, -1, -1])
    #expect(try call("clip", [[.nan], 0, 1])[0].isNaN)
    #expect(try call("clip", [x, .init(-.infinity), .init(.infinity)]).values == x.values)
  }

  @Test("sort keeps the order of equals and puts nan last")
  func sort() throws {
    let x: Tensor = [2, .nan, 1, 2, 1]
    #expect(try call("argsort", [x], .axis(0)).values == [2, 4, 0, 3, 1])
    #expect(Array(try call("sort", [x], .axis(0)).values.prefix(4)) == [1, 1, 2, 2])
    let slopes = try gradients("sort", [x], .axis(0), upstream: [1, 2, 3, 4, 5])[0]
    #expect(slopes.values == [3, 5, 1, 4, 2])
  }

  @Test("an upstream of exactly 0 gives 0, also times an infinite slope")
  func zeroUpstream() throws {
    // where(x > 0, log(x), 0) at 0, as tensors and as numbers.
    for x: Tensor in [[0, 2], 0] {
      var tape = Tape(interruption: Interruption())
      let leaf = Traced(x, tape.leaf(x))
      let mask = try tape.apply("greater", leaf, 0)
      let root = try tape.apply("sqrt", leaf)
      let picked = try tape.apply("where", mask, tape.apply("log", leaf), 0)
      let total = try tape.sum(tape.add(picked, tape.multiply(root, 0)), to: .scalar)
      try tape.backward(from: total, upstream: 1)
      #expect(tape.gradients[leaf.node]?.values == (x.isScalar ? [0] : [0, 0.5]))
      let recorded = try tape.gradient(of: total, upstream: 1, targets: [leaf])
      #expect(recorded[0].tensor.values == (x.isScalar ? [0] : [0, 0.5]))
    }
  }

  @Test("lengths and spreads have slope 0 at 0")
  func lengths() throws {
    #expect(try gradients("norm", [[0, 0, 0]], .whole)[0].values == [0, 0, 0])
    #expect(try gradients("std", [[2, 2, 2]], .whole)[0].values == [0, 0, 0])
    #expect(try gradients("norm", [[3, 4]], .whole)[0].values == [0.6, 0.8])
  }

  @Test("products and running products are right where entries are 0")
  func zerosInProducts() throws {
    #expect(try gradients("prod", [[2, 0, 3]], .whole)[0].values == [0, 6, 0])
    #expect(try gradients("prod", [[0, 0, 3]], .whole)[0].values == [0, 0, 0])
    #expect(
      try gradients("prod", [[2, 3, 4, 5, 7]], .whole)[0].values == [420, 280, 210, 168, 120])
    // f = (2, 0, 0), f₀ = x₀, f₁ = x₀x₁, f₂ = x₀x₁x₂.
    #expect(try gradients("cumprod", [[2, 0, 3]], .axis(0))[0].values == [1, 2 + 6, 0])
    // The second derivative of a product at a zero: d²(xyz)/dxdz = y.
    var tape = Tape(interruption: Interruption())
    let x = Traced([2, 0, 3], tape.leaf([2, 0, 3]))
    let product = try tape.apply("prod", x, parameters: .whole)
    let slopes = try tape.gradient(of: product, upstream: 1, targets: [x])[0]
    let second = try tape.gradient(
      of: slopes, upstream: Traced(constant: [1, 0, 0]), targets: [x])
    #expect(second[0].tensor.values == [0, 3, 0])
  }
}

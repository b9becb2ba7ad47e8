import Testing

@testable import Autodiff

@Suite("Values of gates")
struct GateValueTests {
  private static let nan = Double.nan
  private static let inf = Double.infinity

  @Test(
    "elementwise gates of numbers",
    arguments: [
      ("power", [0, 0], 1), ("power", [-8, 3], -512), ("power", [-8, 0.5], nan),
      ("power", [2, -1], 0.5), ("power", [1, nan], 1), ("divide", [1, 0], inf),
      ("divide", [0, 0], nan), ("mod", [7, 3], 1), ("mod", [-7, 3], 2), ("mod", [7, -3], -2),
      ("mod", [-7, -3], -1), ("mod", [1, 0], nan), ("mod", [5.5, 2], 1.5),
      ("floor_divide", [7, 2], 3), ("floor_divide", [-7, 2], -4), ("floor_divide", [7, -2], -4),
      ("floor_divide", [1, 0], inf), ("floor_divide", [-1, 0], -inf),
      ("floor_divide", [0, 0], nan), ("round", [0.5], 0), ("round", [1.5], 2),
      ("round", [-2.5], -2), ("sign", [-3], -1), ("sign", [nan], nan), ("relu", [nan], nan),
      ("sigmoid", [800], 1), ("sigmoid", [-800], 0), ("sigmoid", [0], 0.5),
      ("softplus", [1000], 1000), ("softplus", [-1000], 0), ("softplus", [0], 0.6931471805599453),
      ("silu", [-inf], 0), ("gelu", [-inf], 0), ("gelu", [0], 0), ("gelu", [inf], inf),
      ("logaddexp", [1000, 1000], 1000.6931471805599), ("logaddexp", [-inf, -inf], -inf),
      ("logaddexp", [inf, 1], inf), ("logaddexp", [nan, 1], nan),
      ("logaddexp", [0, -50], 1.9287498479639178e-22), ("hypot", [3e200, 4e200], 5e200),
      ("arctan2", [1, -1], 2.356194490192345), ("log1p", [1e-20], 1e-20),
      ("expm1", [1e-20], 1e-20), ("erfc", [10], 2.088487583762545e-45),
      ("leaky_relu", [-2, 0.1], -0.2), ("elu", [-1, 2], -1.2642411176571153),
      ("equal", [nan, nan], 0), ("not_equal", [nan, nan], 1), ("less", [1, nan], 0),
      ("logical_and", [2, nan], 1), ("logical_xor", [1, 3], 0), ("logical_not", [0], 1),
      ("isnan", [nan], 1), ("isinf", [-inf], 1), ("isfinite", [nan], 0), ("trunc", [-1.7], -1),
    ] as [(String, [Double], Double)])
  func numbers(_ name: String, _ operands: [Double], _ expected: Double) throws {
    for operands in [operands.map { Tensor($0) }, operands.map { [$0, $0, $0] }] {
      for value in try call(name, operands).values {
        let isClose = abs(value - expected) <= 4 * max(expected.ulp, value.ulp)
        #expect(value == expected || value.isNaN && expected.isNaN || isClose)
      }
    }
  }

  @Test("comparisons make masks, arithmetic of masks numbers, moves keep them")
  func masks() throws {
    let mask = try call("less", [[1, 2, 3], 2.5])
    #expect(mask.isMask && mask.values == [1, 1, 0])
    #expect(try !call("add", [mask, mask]).isMask)
    #expect(try call("flip", [mask], .whole).isMask)
    #expect(try call("copy", [mask]).isMask)
    #expect(try call("any", [mask], .whole).isMask)
    #expect(try call("concatenate", [mask, mask], .axis(0)).isMask)
    #expect(try !call("concatenate", [mask, [1]], .axis(0)).isMask)
    #expect(try !call("sum", [mask], .whole).isMask)
    #expect(try !call("cumsum", [mask], .axis(0)).isMask)
  }

  @Test("reductions along axes")
  func reductions() throws {
    let x = Tensor.counting(2, 3)
    #expect(try call("sum", [x], .along(0)).values == [3, 5, 7])
    #expect(try call("sum", [x], .along(-1)).values == [3, 12])
    let kept = try call("sum", [x], .along(1, keeping: true))
    #expect(kept.shape == Shape(2, 1) && kept.values == [3, 12])
    #expect(try call("sum", [x], .along(1, 0)).number == 15)
    #expect(try call("mean", [x], .along(0)).values == [1.5, 2.5, 3.5])
    #expect(try call("prod", [x], .along(1)).values == [0, 60])
    #expect(try call("max", [x], .along(0)).values == [3, 4, 5])
    #expect(try call("argmax", [x], .along(1)).values == [2, 2])
    #expect(try call("argmin", [x], .along(0, keeping: true)).shape == Shape(1, 3))
    #expect(try call("all", [x], .along(1)).values == [0, 1])
    #expect(try call("any", [x], .along(0)).values == [1, 1, 1])
    #expect(try call("var", [x], .whole).number == 35.0 / 12)
    let sample = Parameters.other(Spread(axes: [1], keepsDimensions: false, ddof: 1))
    #expect(try call("var", [x], sample).values == [1, 1])
    #expect(try call("std", [x], sample).values == [1, 1])
    #expect(try call("norm", [[[3, 4], [5, 12]].tensor], .along(1)).values == [5, 13])
    #expect(try call("cumsum", [x], .axis(0)).values == [0, 1, 2, 3, 5, 7])
    #expect(try call("cumsum", [x], .axis(1)).values == [0, 1, 3, 3, 7, 12])
    #expect(try call("cumprod", [[1, 2, 3, 4]], .axis(0)).values == [1, 2, 6, 24])
  }

  @Test("reductions of nothing")
  func emptyReductions() throws {
    let none = Tensor.empty(0)
    #expect(try call("sum", [none], .whole).number == 0)
    #expect(try call("prod", [none], .whole).number == 1)
    #expect(try call("mean", [none], .whole).number.isNaN)
    #expect(try call("var", [none], .whole).number.isNaN)
    #expect(try call("all", [none], .whole).number == 1)
    #expect(try call("any", [none], .whole).number == 0)
    #expect(try call("norm", [none], .whole).number == 0)
    #expect(try call("logsumexp", [none], .whole).number == -.infinity)
    #expect(try call("sum", [.empty(0, 3)], .along(0)).values == [0, 0, 0])
    #expect(try call("max", [.empty(0, 3)], .along(1)).shape == Shape(0))
    #expect(try call("argmax", [.empty(2, 0)], .along(0)).shape == Shape(0))
    #expect(try call("softmax", [.empty(2, 0)], .axis(1)).shape == Shape(2, 0))
    #expect(try call("sort", [none], .axis(0)).count == 0)
    #expect(try call("cumprod", [.empty(0, 2)], .axis(0)).shape == Shape(0, 2))
    for name in ["max", "min", "argmax", "argmin"] {
      let error = failure(name, [none], .whole)
      #expect(error?.kind == .value)
      #expect(
        error?.message
          == "cannot take the \(name) of {0} of shape (0,): there are no entries")
    }
    #expect(failure("max", [.empty(0, 3)], .along(0))?.kind == .value)
  }

  @Test("variance of one entry is 0, and nan with one degree of freedom less")
  func varianceOfOne() throws {
    #expect(try call("var", [[5]], .whole).number == 0)
    let sample = Parameters.other(Spread(axes: nil, keepsDimensions: false, ddof: 1))
    #expect(try call("var", [[5]], sample).number.isNaN)
    #expect(try call("std", [5], .whole).number == 0)
  }

  @Test("softmax and its losses are sound at large scores")
  func largeScores() throws {
    let scores: Tensor = [1000, 0, -1000]
    #expect(try call("softmax", [scores], .axis(0)).values == [1, 0, 0])
    #expect(try call("log_softmax", [scores], .axis(0)).values == [0, -1000, -2000])
    #expect(try call("logsumexp", [scores], .whole).number == 1000)
    #expect(try call("cross_entropy", [scores], .labels([2])).number == 2000)
    #expect(try call("cross_entropy", [scores], .labels([0])).number == 0)
    #expect(try gradients("cross_entropy", [scores], .labels([1]))[0].values == [1, -1, 0])
    // A loss far below the rounding of its scores: log1p(e⁻⁵⁰).
    let tiny = try call("cross_entropy", [[50, 0]], .labels([0])).number
    #expect(abs(tiny - 1.9287498479639178e-22) < 1e-36)
    #expect(try call("logsumexp", [[.init(-Double.infinity), 0].tensor], .whole).number == 0)
    #expect(try call("logsumexp", [[-.infinity, -.infinity]], .whole).number == -.infinity)
    #expect(try call("logsumexp", [[.infinity, 1]], .whole).number == .infinity)
    for scale in [1e200, 1e-200, 1e-300, 1] {
      let length = try call("norm", [[3 * scale, 4 * scale]], .whole).number
      #expect(abs(length / (5 * scale) - 1) < 1e-12)
    }
    #expect(try call("norm", [[.infinity, 1]], .whole).number == .infinity)
  }

  @Test("losses by hand")
  func losses() throws {
    // The hinge loss of scores (3.2, 5.1, -1.7), (1.3, 4.9, 2), (2.2, 2.5, -3.1): 2.9, 0, 12.9.
    let scores = Tensor([[3.2, 5.1, -1.7], [1.3, 4.9, 2], [2.2, 2.5, -3.1]])
    let labels = Parameters.labels([0, 1, 2])
    let hinge = try call("svm_loss", [scores, 1], labels).number
    #expect(abs(hinge - (2.9 + 0 + 12.9) / 3) < 1e-14)
    let slopes = try gradients("svm_loss", [scores, 1], labels)
    let third = 1.0 / 3
    #expect(slopes[0].values == [-third, third, 0, 0, 0, 0, third, third, -2 * third])
    #expect(slopes[1].number == 1)
    // Equal scores: log of the number of classes.
    let even = try call(
      "cross_entropy", [Tensor(repeating: 7, shape: Shape(2, 4))], .labels([0, 3]))
    #expect(abs(even.number - 1.3862943611198906) < 1e-15)
    #expect(try call("mse", [[1, 2, 3], [1, 0, 6]]).number == 13.0 / 3)
    #expect(try call("l2", [[[1, 2], [3, 4]].tensor]).number == 30)
    #expect(try gradients("l2", [[1, -2]])[0].values == [2, -4])
  }

  @Test("joining")
  func joining() throws {
    let a = Tensor.counting(2, 2)
    let b = Tensor.counting(1, 2, from: 10)
    let rows = try call("concatenate", [a, b], .axis(0))
    #expect(rows.shape == Shape(3, 2) && rows.values == [0, 1, 2, 3, 10, 11])
    let columns = try call(
      "concatenate", [a, try call("transpose", [b], .permutation([1, 0]))], .axis(-1))
    #expect(columns.shape == Shape(2, 3) && columns.values == [0, 1, 10, 2, 3, 11])
    let stacked = try call("stack", [[1, 2], [3, 4]], .axis(1))
    #expect(stacked.shape == Shape(2, 2) && stacked.values == [1, 3, 2, 4])
    #expect(try call("stack", [1, 2, 3], .axis(0)).values == [1, 2, 3])
    #expect(
      try call("stack", [.counting(2, 2), .counting(2, 2)], .axis(-1)).shape == Shape(2, 2, 2))
  }

  @Test("moving")
  func moving() throws {
    let x = Tensor.counting(2, 3)
    #expect(try call("flip", [x], .whole).values == [5, 4, 3, 2, 1, 0])
    #expect(try call("flip", [x], .along(1)).values == [2, 1, 0, 5, 4, 3])
    #expect(try call("roll", [x], .other(Roll([1], axes: nil))).values == [5, 0, 1, 2, 3, 4])
    #expect(try call("roll", [x], .other(Roll([-1], axes: [1]))).values == [1, 2, 0, 4, 5, 3])
    #expect(
      try call("roll", [x], .other(Roll([1, 1], axes: [0, 1]))).values == [5, 3, 4, 2, 0, 1])
    #expect(
      try call("repeat", [[1, 2]], .other(Repetition([3], axis: nil))).values == [1, 1, 1, 2, 2, 2])
    let some = try call("repeat", [x], .other(Repetition([0, 2, 1], axis: 1)))
    #expect(some.shape == Shape(2, 3) && some.values == [1, 1, 2, 4, 4, 5])
    let tiled = try call("tile", [[1, 2]], .shape(Shape(2, 2)))
    #expect(tiled.shape == Shape(2, 4) && tiled.values == [1, 2, 1, 2, 1, 2, 1, 2])
    let padded = try call("pad", [x], .other(Padding([(1, 0), (0, 1)], value: 9)))
    #expect(padded.shape == Shape(3, 4))
    #expect(padded.values == [9, 9, 9, 9, 0, 1, 2, 9, 3, 4, 5, 9])
    #expect(try call("copy", [x]).values == x.values)
  }

  @Test("diagonals and triangles")
  func diagonals() throws {
    let x = Tensor.counting(2, 3)
    func offset(_ k: Int) -> Parameters { .other(DiagonalOffset(k)) }
    #expect(try call("diag", [x]).values == [0, 4])
    #expect(try call("diag", [x], offset(1)).values == [1, 5])
    #expect(try call("diag", [x], offset(-1)).values == [3])
    #expect(try call("diag", [x], offset(Int.max)).values == [])
    let matrix = try call("diag", [[1, 2]], offset(1))
    #expect(matrix.shape == Shape(3, 3) && matrix.values == [0, 1, 0, 0, 0, 2, 0, 0, 0])
    #expect(try call("trace", [x]).number == 4)
    #expect(try call("tril", [x]).values == [0, 0, 0, 3, 4, 0])
    #expect(try call("triu", [x], offset(1)).values == [0, 1, 2, 0, 0, 5])
    #expect(try call("outer", [[1, 2], [3, 4]]).values == [3, 4, 6, 8])
    // A triangle cuts off, it does not multiply: 0 times inf would be nan.
    #expect(try call("tril", [[[1, .infinity], [1, 1]].tensor]).values == [1, 0, 1, 1])
  }
}

extension [[Double]] {
  fileprivate var tensor: Tensor { Tensor(self) }
}

extension [Tensor] {
  /// Numbers as a vector.
  fileprivate var tensor: Tensor {
    Tensor(shape: Shape(count), values: map(\.number))
  }
}

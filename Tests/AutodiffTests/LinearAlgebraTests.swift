import TestSupport
import Testing

@testable import Autodiff

/// Solutions, determinants and factors: closed forms, singular matrices and errors.
@Suite struct LinearAlgebraTests {
  private func apply(_ name: String, _ operands: Tensor...) throws -> Tensor {
    var tape = Tape(interruption: Interruption())
    return try tape.apply(GateTable[name], operands.map { Traced(constant: $0) }).tensor
  }

  private func matrix(_ size: Int, _ values: [Double]) -> Tensor {
    Tensor(shape: Shape(size, size), values: values)
  }

  /// Symmetric and positive definite: `X Xᵀ + 1`.
  private func definite(_ size: Int, _ seed: UInt64) -> Tensor {
    var random = SplitMix(seed)
    let x = random.tensor(Shape(size, size))
    var product = x.matrixProduct(x.transposedRows)
    product.update { entries in for k in 0..<size { entries[k * size + k] += 1 } }
    return product
  }

  @Test func aSystemOfTwoEquationsHasItsSolution() throws {
    // 2x + y = 5 and x + 3y = 10 at x = 1, y = 3.
    let a = matrix(2, [2, 1, 1, 3])
    let x = try apply("solve", a, Tensor(shape: Shape(2), values: [5, 10]))
    expectClose(x, Tensor(shape: Shape(2), values: [1, 3]), 1e-15)
    expectClose(
      try apply("inv", a), Tensor(shape: Shape(2, 2), values: [0.6, -0.2, -0.2, 0.4]), 1e-15)
    #expect(abs(try apply("det", a).number - 5) < 1e-14)
  }

  @Test(arguments: [1, 5, 64, 130])
  func inversesAndFactorsMultiplyBack(_ size: Int) throws {
    let a = definite(size, 3)
    var identity = Tensor(repeating: 0, shape: a.shape)
    identity.update { entries in for k in 0..<size { entries[k * size + k] = 1 } }
    expectClose(try apply("inv", a).matrixProduct(a), identity, 1e-11)
    let factor = try apply("cholesky", a)
    expectClose(factor.matrixProduct(factor.transposedRows), a, 1e-13)
    for i in 0..<size { for j in i + 1..<max(size, i + 1) { #expect(factor[i * size + j] == 0) } }
    // The determinant is the square of the product of the factor's diagonal.
    let logarithm = (0..<size).reduce(0) { $0 + _log(factor[$1 * size + $1]) * 2 }
    #expect(abs(try apply("logabsdet", a).number - logarithm) < 1e-11 * (1 + abs(logarithm)))
    #expect(try apply("signdet", a).number == 1)
    var random = SplitMix(9)
    let b = random.tensor(Shape(size, 3))
    expectClose(a.matrixProduct(try apply("solve", a, b)), b, 1e-12)
  }

  private func _log(_ x: Double) -> Double {
    var tape = Tape(interruption: Interruption())
    return (try? tape.apply(GateTable["log"], [Traced(constant: x)]).tensor.number) ?? .nan
  }

  @Test func theSignOfADeterminantCountsRowSwaps() throws {
    #expect(try apply("det", matrix(2, [0, 1, 1, 0])).number == -1)
    #expect(try apply("signdet", matrix(2, [0, 1, 1, 0])).number == -1)
    #expect(try apply("det", matrix(3, [0, 1, 0, 0, 0, 1, 1, 0, 0])).number == 1)
    #expect(try apply("det", Tensor(shape: Shape(0, 0), values: [])).number == 1)
    #expect(try apply("det", Tensor(repeating: 1, shape: Shape(4, 0, 0))).values == [1, 1, 1, 1])
  }

  @Test func theSlopeOfASingularDeterminantIsItsCofactors() throws {
    var tape = Tape(interruption: Interruption())
    // Rank 1 of 2: the cofactors are [[4, -2], [-2, 1]]. Rank 1 of 3: all are 0.
    for (size, entries, expected) in [
      (2, [1.0, 2, 2, 4], [4.0, -2, -2, 1]),
      (3, [1, 2, 3, 2, 4, 6, 3, 6, 9], [Double](repeating: 0, count: 9)),
      (3, [1, 2, 3, 4, 5, 6, 5, 7, 9], [3, -6, 3, 3, -6, 3, -3, 6, -3]),
    ] {
      let a = matrix(size, entries)
      let leaf = Traced(a, tape.leaf(a))
      let determinant = try tape.apply(GateTable["det"], [leaf])
      #expect(abs(determinant.tensor.number) < 1e-14)
      let gradient = try tape.gradient(
        of: determinant, upstream: Traced(constant: Double(1)), targets: [leaf])[0].tensor
      expectClose(gradient, matrix(size, expected), 1e-13)
    }
  }

  @Test func theCholeskyFactorsSlopesAgreeWithDifferences() throws {
    let a = definite(3, 5)
    var random = SplitMix(6)
    let weights = random.tensor(a.shape)
    let others = random.tensor(a.shape)
    var tape = Tape(interruption: Interruption())
    let leaf = Traced(a, tape.leaf(a))
    let factor = try tape.apply(GateTable["cholesky"], [leaf])
    let gradient = try tape.gradient(
      of: factor, upstream: Traced(constant: weights), targets: [leaf])[0]
    let slopes = try differences(at: a) { inner(weights, try apply("cholesky", $0)) }
    expectClose(gradient.tensor, slopes, 1e-9)
    expectClose(gradient.tensor, gradient.tensor.transposedRows, 1e-14)
    // And once more.
    let second = try tape.gradient(
      of: gradient, upstream: Traced(constant: others), targets: [leaf])[0].tensor
    let seconds = try differences(at: a) { moved in
      var tape = Tape(interruption: Interruption())
      let leaf = Traced(moved, tape.leaf(moved))
      let factor = try tape.apply(GateTable["cholesky"], [leaf])
      return inner(
        others,
        try tape.gradient(
          of: factor, upstream: Traced(constant: weights), targets: [leaf])[0].tensor)
    }
    expectClose(second, seconds, 1e-8)
    let map = try tape.jacobian(of: factor, withRespectTo: leaf)
    let rows = try map.dense().matrixProduct(others.reshaped(Shape(9, 1)))
    let forward = try tape.jvp(of: factor, withRespectTo: leaf, tangent: Traced(constant: others))
    expectClose(rows.reshaped(Shape(3, 3)), forward.tensor, 1e-13)
  }

  @Test func theSolutionsJacobianIsTheInverse() throws {
    var random = SplitMix(2)
    let a = definite(4, 1)
    let b = random.tensor(Shape(4))
    var tape = Tape(interruption: Interruption())
    let leaf = Traced(b, tape.leaf(b))
    let x = try tape.apply(GateTable["solve"], [Traced(constant: a), leaf])
    let map = try tape.jacobian(of: x, withRespectTo: leaf)
    expectClose(try map.dense(), try apply("inv", a), 1e-14)
  }

  @Test func whatHasNoAnswerIsALinAlgError() throws {
    let singular = matrix(2, [1, 2, 2, 4])
    let wide = Tensor(repeating: 1, shape: Shape(2, 3))
    let vector = Tensor(repeating: 1, shape: Shape(2))
    func kind(_ name: String, _ operands: [Tensor]) -> GateError.Kind? {
      #expect(throws: GateError.self) {
        var tape = Tape(interruption: Interruption())
        _ = try tape.apply(GateTable[name], operands.map { Traced(constant: $0) })
      }?.kind
    }
    #expect(kind("inv", [singular]) == .linearAlgebra)
    #expect(kind("solve", [singular, vector]) == .linearAlgebra)
    #expect(kind("cholesky", [matrix(2, [1, 2, 2, 1])]) == .linearAlgebra)
    for name in ["inv", "det", "logabsdet", "signdet", "cholesky"] {
      #expect(kind(name, [wide]) == .linearAlgebra)
      #expect(kind(name, [vector]) == .linearAlgebra)
    }
    #expect(
      kind("solve", [matrix(2, [1, 0, 0, 1]), Tensor(repeating: 1, shape: Shape(3))]) == .shape)
    #expect(kind("solve", [matrix(2, [1, 0, 0, 1]), Tensor(3)]) == .shape)
    #expect(try apply("logabsdet", singular).number == -.infinity)
    #expect(try apply("signdet", singular).number == 0)
  }
}

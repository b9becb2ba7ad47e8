import Foundation
import TestSupport
import Testing

@testable import Autodiff

/// Derivatives of derivatives, products with vectors, and what is too large to keep.
@Suite struct JacobianNestingTests {
  @Test func theGradientOfAProductOfFunctionsNests() throws {
    // f = Σ sin(x) x², its Hessian by hand.
    var sheet = Sheet()
    let x = sheet.leaf(Shape(5), 8)
    let f = try sheet.total(sheet.tape.multiply(sheet.gate("sin", x), sheet.tape.multiply(x, x)))
    let hessian = try sheet.tape.hessian(of: f, withRespectTo: x)
    #expect(hessian.structure == .diagonal)
    let dense = try hessian.dense()
    for (index, v) in x.tensor.values.enumerated() {
      let expected = -sin(v) * v * v + 4 * v * cos(v) + 2 * sin(v)
      #expect(abs(dense[index * 5 + index] - expected) < 1e-13)
    }
  }

  @Test func aHessianOfNeighboursIsBanded() throws {
    var sheet = Sheet()
    let x = sheet.leaf(Shape(30), 8)
    let f = try sheet.total(
      sheet.gate(
        "exp", sheet.tape.multiply(sheet.slice(x, 0, 29), sheet.slice(x, 1, 29))))
    let hessian = try sheet.tape.hessian(of: f, withRespectTo: x)
    #expect(hessian.structure == .banded && hessian.nnz == 30 + 2 * 29)
    var random = SplitMix(3)
    let tangent = Traced(constant: random.tensor(Shape(30)))
    let along = try sheet.tape.hvp(of: f, withRespectTo: x, tangent: tangent)
    expectClose(along.tensor, try sheet.tape.multiply(hessian, tangent).tensor, 1e-14)
    let values = x.tensor.values
    let product = values[3] * values[4]
    let expected = exp(product) * (1 + product)
    #expect(abs(hessian[3, 4] - expected) < 1e-12 && abs(hessian[4, 3] - expected) < 1e-12)
  }

  @Test func aHessianOfManyRowsOfDataIsTheWeightedGramMatrix() throws {
    // Mean of log(1 + exp(-y (X w))) and half of λ w·w.
    var sheet = Sheet()
    var random = SplitMix(4)
    let rows = random.tensor(Shape(50, 7))
    let y = Tensor(shape: Shape(50), values: (0..<50).map { (7 * $0 + 3) % 10 < 5 ? 1 : -1 })
    let w = sheet.leaf(Shape(7), 2)
    let margins = try sheet.tape.multiply(
      Traced(constant: y), sheet.tape.matmul(Traced(constant: rows), w))
    let losses = try sheet.gate(
      "log",
      sheet.tape.add(1, sheet.gate("exp", sheet.gate("negative", margins)))
    )
    let mean = try sheet.gate(
      "mean", losses, parameters: .axes(nil, keepDimensions: false))
    let squares = try sheet.total(sheet.tape.multiply(w, w))
    let loss = try sheet.tape.add(
      mean, sheet.tape.multiply(Traced(constant: Double(0.005)), squares))
    let dense = try sheet.tape.hessian(of: loss, withRespectTo: w).dense()
    for i in 0..<7 {
      for j in 0..<7 {
        var expected = i == j ? 0.01 : 0
        for row in 0..<50 {
          let p = 1 / (1 + exp(margins.tensor[row]))
          expected += p * (1 - p) / 50 * rows[row * 7 + i] * rows[row * 7 + j]
        }
        #expect(abs(dense[i * 7 + j] - expected) < 1e-14)
      }
    }
  }

  @Test func recordedJacobiansAreDifferentiatedAgain() throws {
    // J of x² is diag(2x): Σ J v has the gradient 2 v, and the sum of the dense J's squares 8 x.
    var sheet = Sheet()
    let x = sheet.leaf(Shape(3), 8)
    let y = try sheet.tape.multiply(x, x)
    let map = try sheet.tape.jacobian(of: y, withRespectTo: x, recorded: true)
    #expect(map.structure == .diagonal && map.nnz == 3)
    let v = Traced(constant: Tensor(shape: Shape(3), values: [1, -2, 5]))
    let forward = try sheet.total(sheet.tape.multiply(map, v))
    let backward = try sheet.total(sheet.tape.multiply(v, map))
    for product in [forward, backward] {
      let gradient = try sheet.tape.gradient(
        of: product, upstream: Traced(constant: 1.0), targets: [x])[0].tensor
      #expect(gradient.values == [2, -4, 10])
    }
    let dense = try sheet.tape.dense(map)
    let squares = try sheet.total(sheet.tape.multiply(dense, dense))
    let gradient = try sheet.tape.gradient(
      of: squares, upstream: Traced(constant: 1.0), targets: [x])[0].tensor
    expectClose(gradient, x.tensor.scaled(by: 8), 1e-14)
  }

  @Test func tangentsPassThroughForksAndNest() throws {
    var sheet = Sheet()
    let x = sheet.leaf(Tensor(0.7))
    let y = try sheet.tape.multiply(x, sheet.gate("sin", x))
    let one = Traced(constant: 1.0)
    let first = try sheet.tape.jvp(of: y, withRespectTo: x, tangent: one)
    let second = try sheet.tape.jvp(of: first, withRespectTo: x, tangent: one)
    #expect(abs(first.tensor.number - (sin(0.7) + 0.7 * cos(0.7))) < 1e-15)
    #expect(abs(second.tensor.number - (2 * cos(0.7) - 0.7 * sin(0.7))) < 1e-15)
  }

  @Test func aUsersGateIsWorkedOutByItsBackward() throws {
    let double = Gate.custom(
      name: "double", operands: ["x"], summary: "Twice.",
      forward: { operands throws(GateError) in operands[0].scaled(by: 2) },
      backward: { _, upstream throws(GateError) in
        [Traced(constant: upstream.tensor.scaled(by: 2))]
      })
    var sheet = Sheet()
    let x = sheet.leaf(Shape(3), 8)
    let squares = try sheet.tape.multiply(x, x)
    let doubled = sheet.tape.record(
      custom: double, [squares], result: squares.tensor.scaled(by: 2), cache: 0)
    let map = try sheet.jacobian(doubled, x)
    let values = x.tensor.values
    #expect(
      try map.dense().values == [4 * values[0], 0, 0, 0, 4 * values[1], 0, 0, 0, 4 * values[2]])
  }

  @Test func longChainsOfNumbersAreOnePass() throws {
    var sheet = Sheet()
    let x = sheet.leaf(Shape(4), 8)
    var sum = try sheet.element(x, 0)
    for index in 1...1000 { sum = try sheet.tape.add(sum, sheet.element(x, index % 4)) }
    let map = try sheet.jacobian(sum, x)
    #expect(try map.dense().values == [251, 250, 250, 250])
    let parts = try sheet.joined((0..<300).map { try sheet.element(x, $0 % 4) })
    let many = try sheet.jacobian(parts, x)
    #expect(many.structure == .broadcast && many.nnz == 300)
  }

  @Test func vectorsAreTakenFlatOrShaped() throws {
    var sheet = Sheet()
    let x = sheet.leaf(Shape(2, 3), 8)
    let y = try sheet.gate("transpose", sheet.gate("exp", x), parameters: .permutation([1, 0]))
    let map = try sheet.jacobian(y, x)
    var random = SplitMix(2)
    let v = Traced(constant: random.tensor(Shape(2, 3)))
    let flat = Traced(constant: v.tensor.reshaped(Shape(6)))
    let shaped = try sheet.tape.multiply(map, v).tensor
    #expect(shaped.shape == Shape(3, 2))
    #expect(try sheet.tape.multiply(map, flat).tensor.values == shaped.values)
    #expect(try sheet.tape.multiply(map, flat).shape == Shape(6))
    #expect(try sheet.tape.multiply(v, sheet.jacobian(x, x)).shape == Shape(2, 3))
    let columns = Traced(constant: random.tensor(Shape(6, 2)))
    let product = try sheet.tape.multiply(map, columns).tensor
    let expected = try map.dense().matrixProduct(columns.tensor)
    expectClose(product, expected, 1e-15)
    let rows = Traced(constant: random.tensor(Shape(2, 6)))
    expectClose(
      try sheet.tape.multiply(rows, map).tensor, rows.tensor.matrixProduct(try map.dense()), 1e-15)
  }

  @Test func aVectorThatDoesNotFitSaysByHowMuch() throws {
    var sheet = Sheet()
    let x = sheet.leaf(Shape(3), 8)
    let map = try sheet.jacobian(sheet.gate("exp", x), x)
    let v = Traced(constant: Tensor(repeating: 1, shape: Shape(5)))
    let error = #expect(throws: GateError.self) { try sheet.tape.multiply(map, v) }
    #expect(error?.kind == .shape)
    #expect(error?.message.contains("{1} has 5 entries, {0} has 3 columns") == true)
    let transposed = #expect(throws: GateError.self) { try sheet.tape.multiply(v, map) }
    #expect(transposed?.message.contains("{0} has 5 entries, {1} has 3 rows") == true)
    let hessian = #expect(throws: GateError.self) {
      try sheet.tape.hessian(of: x, withRespectTo: x)
    }
    #expect(hessian?.kind == .shape)
  }

  @Test func aJacobianTooLargeToKeepIsStillAPassAway() throws {
    // 640 × 307,200 entries without structure: products run, entries do not exist.
    var sheet = Sheet()
    let x = sheet.leaf(Shape(64, 300), 1)
    let w1 = sheet.leaf(Shape(300, 100), 2)
    let w2 = sheet.leaf(Shape(100, 10), 3)
    let y = try sheet.tape.matmul(sheet.gate("relu", sheet.tape.matmul(x, w1)), w2)
    let map = try sheet.jacobian(y, w1)
    #expect(map.structure == .dense && map.matrixShape == (640, 30_000))
    var random = SplitMix(6)
    let v = Traced(constant: random.tensor(Shape(300, 100)))
    let u = Traced(constant: random.tensor(Shape(64, 10)))
    let forward = try sheet.tape.multiply(map, v).tensor
    let backward = try sheet.tape.multiply(u, map).tensor
    let difference = inner(u.tensor, forward) - inner(backward, v.tensor)
    #expect(abs(difference) <= 1e-12 * innerSize(u.tensor, forward))
    #expect(throws: GateError.self) { try map.dense() }
  }
}

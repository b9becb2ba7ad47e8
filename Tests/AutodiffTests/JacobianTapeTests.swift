import TestSupport
import Testing

@testable import Autodiff

/// Jacobians of recorded values: their numbers, their structure and what they cost to keep.
@Suite struct JacobianTapeTests {
  @Test func aPolynomialOfTwoVariablesHasItsFourEntries() throws {
    var sheet = Sheet()
    let v = sheet.leaf(Tensor(shape: Shape(2), values: [1, 2]))
    let x = try sheet.element(v, 0)
    let y = try sheet.element(v, 1)
    let first = try sheet.tape.add(
      sheet.gate("power", x, Traced(constant: 4.0)),
      sheet.tape.multiply(
        Traced(constant: 3.0),
        sheet.tape.multiply(sheet.gate("power", y, Traced(constant: 2.0)), x)))
    let second = try sheet.tape.add(
      sheet.tape.subtract(
        sheet.tape.multiply(Traced(constant: 5.0), sheet.gate("power", y, Traced(constant: 2.0))),
        sheet.tape.multiply(Traced(constant: 2.0), sheet.tape.multiply(x, y))),
      Traced(constant: 1.0))
    let f = try sheet.joined([first, second])
    #expect(f.tensor.values == [13, 17])
    let map = try sheet.jacobian(f, v)
    #expect(try map.dense().values == [16, 12, -4, 18])
    #expect(map.structure == .dense)
    #expect(map.matrixShape == (2, 2))
  }

  @Test func reluHasItsMaskOnTheDiagonal() throws {
    var sheet = Sheet()
    let x = sheet.leaf(Tensor(shape: Shape(4), values: [1, -2, 3, -1]))
    let y = try sheet.gate("relu", x)
    let map = try sheet.jacobian(y, x)
    #expect(map.structure == .diagonal)
    #expect(
      try map.dense().values == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0])
    let upstream = Traced(constant: Tensor(shape: Shape(4), values: [4, -1, 5, 9]))
    #expect(try sheet.tape.multiply(upstream, map).tensor.values == [4, 0, 5, 0])
  }

  @Test(arguments: [[4096], [100, 4096]])
  func reluOfManyEntriesIsKeptAsItsMask(_ dimensions: [Int]) throws {
    var sheet = Sheet()
    let shape = Shape(dimensions)
    let x = sheet.leaf(shape, 1)
    let map = try sheet.jacobian(sheet.gate("relu", x), x)
    #expect(map.structure == .diagonal)
    #expect(map.nnz == shape.count && map.nbytes == 8 * shape.count)
    #expect(map.matrixShape == (shape.count, shape.count))
    let sample = map.entries(limit: 500)
    #expect(sample.count <= 1100 && sample.count > 100)
    #expect(sample.allSatisfy { $0.row == $0.column })
    let error = #expect(throws: GateError.self) { try map.dense() }
    #expect(error?.kind == .memory)
    #expect(error?.message.contains("(\(shape.count), \(shape.count))") == true)
    #expect(error?.hint?.contains("limit=") == true)
  }

  @Test func theWeightsOfAProductHaveAKroneckerProduct() throws {
    var sheet = Sheet()
    let w = sheet.leaf(Shape(512, 512), 1)
    let x = sheet.leaf(Shape(512), 2)
    let map = try sheet.jacobian(sheet.tape.matmul(w, x), w)
    #expect(map.structure == .kronecker)
    #expect(map.matrixShape == (512, 512 * 512))
    #expect(map.nnz == 512 * 512 && map.nbytes == 8 * 512)
    #expect(map[3, 3 * 512 + 7] == x.tensor[7] && map[3, 2 * 512 + 7] == 0)
  }

  @Test func productsOfProductsStayKronecker() throws {
    var sheet = Sheet()
    let a = sheet.leaf(Shape(2, 3), 1)
    let w = sheet.leaf(Shape(3, 4), 2)
    let b = sheet.leaf(Shape(4, 2), 3)
    let y = try sheet.tape.matmul(sheet.tape.matmul(a, w), b)
    let map = try sheet.jacobian(y, w)
    #expect(map.structure == .kronecker)
    #expect(map.nbytes == 8 * (6 + 8))
    #expect(JacobianMaps.close(try JacobianMaps.dense(map), try sheet.byRows(y, w)))
  }

  /// `y_i = x_{i-1} - 2 x_i + x_{i+1} + x_i³`, written in three ways.
  static func tridiagonal(
    _ sheet: inout Sheet, _ x: Traced, _ way: Int
  ) throws -> Traced {
    let n = x.shape[0]
    let own = try sheet.tape.add(
      sheet.tape.multiply(Traced(constant: -2.0), x),
      sheet.gate("power", x, Traced(constant: 3.0)))
    let zero = Traced(constant: Tensor(repeating: 0, shape: Shape(1)))
    switch way {
    case 0:
      let padded = try sheet.joined([zero, x, zero])
      let sides = try sheet.tape.add(
        sheet.slice(padded, 0, n), sheet.slice(padded, 2, n))
      return try sheet.tape.add(sides, own)
    case 1:
      let left = try sheet.joined([zero, sheet.slice(x, 0, n - 1)])
      let right = try sheet.joined([sheet.slice(x, 1, n - 1), zero])
      return try sheet.tape.add(sheet.tape.add(left, right), own)
    default:
      // y[1:] += x[:-1]; y[:-1] += x[1:]
      var y = own
      for (target, source) in [(1, 0), (0, 1)] {
        let part = try sheet.tape.add(
          sheet.slice(y, target, n - 1), sheet.slice(x, source, n - 1))
        y = try sheet.gate(
          "replace", y, part,
          parameters: .selection(
            Selection(
              source: Shape(n), result: Shape(n - 1),
              places: .strided(start: target, steps: [1]))))
      }
      return y
    }
  }

  @Test(arguments: [0, 1, 2])
  func theTridiagonalFunctionIsBanded(_ way: Int) throws {
    var sheet = Sheet()
    let x = sheet.leaf(Shape(9), 5)
    let y = try Self.tridiagonal(&sheet, x, way)
    let map = try sheet.jacobian(y, x)
    #expect(map.structure == .banded)
    #expect(map.nnz == 3 * 9 - 2)
    #expect(JacobianMaps.close(try JacobianMaps.dense(map), try sheet.byRows(y, x)))
    guard case .banded(let band) = map.kind else { return }
    #expect(band.bandwidths == (1, 1))
  }

  @Test(arguments: [0, 1, 2])
  func theTridiagonalFunctionOfManyEntriesIsThreeDiagonals(_ way: Int) throws {
    var sheet = Sheet()
    let n = 100_000
    let x = sheet.leaf(Shape(n), 5)
    let map = try sheet.jacobian(try Self.tridiagonal(&sheet, x, way), x)
    #expect(map.structure == .banded)
    #expect(map.nnz == 299_998)
    #expect(map.nbytes < 3_000_000)
    let value = x.tensor[777]
    #expect(abs(map[777, 777] - (3 * value * value - 2)) < 1e-12)
    #expect(map[777, 776] == 1 && map[777, 778] == 1 && map[777, 779] == 0)
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let structure: Structure
    let nnz: Int
    let shape: Shape
    let make: @Sendable (inout Sheet, Traced) throws -> Traced

    init(
      _ name: String, _ structure: Structure, _ nnz: Int, _ shape: Shape,
      _ make: @escaping @Sendable (inout Sheet, Traced) throws -> Traced
    ) {
      testDescription = name
      self.structure = structure
      self.nnz = nnz
      self.shape = shape
      self.make = make
    }
  }

  static let cases: [Case] = [
    Case("a constant", .zero, 0, Shape(4)) { sheet, _ in
      Traced(constant: Tensor(repeating: 1, shape: Shape(4)))
    },
    Case("x", .identity, 4, Shape(4)) { _, x in x },
    Case("x + 1", .identity, 4, Shape(4)) { sheet, x in
      try sheet.tape.add(x, Traced(constant: 1.0))
    },
    Case("x.reshape", .identity, 6, Shape(2, 3)) { sheet, x in
      try sheet.tape.reshape(x, Shape(6))
    },
    Case("3x - x", .scaled, 4, Shape(4)) { sheet, x in
      try sheet.tape.subtract(sheet.tape.multiply(Traced(constant: 3.0), x), x)
    },
    Case("tanh(x) * x", .diagonal, 4, Shape(4)) { sheet, x in
      try sheet.tape.multiply(sheet.gate("tanh", x), x)
    },
    Case("softmax", .diagonalPlusRankOne, 25, Shape(5)) { sheet, x in
      try sheet.gate("softmax", x, parameters: .axis(0))
    },
    Case("log_softmax", .diagonalPlusRankOne, 25, Shape(5)) { sheet, x in
      try sheet.gate("log_softmax", x, parameters: .axis(0))
    },
    Case("softmax of sines", .diagonalPlusRankOne, 25, Shape(5)) { sheet, x in
      try sheet.gate("exp", sheet.gate("softmax", sheet.gate("sin", x), parameters: .axis(0)))
    },
    Case("softmax of rows", .block, 48, Shape(3, 4)) { sheet, x in
      try sheet.gate("softmax", x, parameters: .axis(1))
    },
    Case("x[2:5]", .selection, 3, Shape(8)) { sheet, x in try sheet.slice(x, 2, 3) },
    Case("2 * x[::2]", .selection, 4, Shape(8)) { sheet, x in
      try sheet.tape.multiply(Traced(constant: 2.0), sheet.slice(x, 0, 4, step: 2))
    },
    Case("x[5]", .selection, 1, Shape(8)) { sheet, x in try sheet.element(x, 5) },
    Case("x.T", .selection, 6, Shape(2, 3)) { sheet, x in
      try sheet.gate("transpose", x, parameters: .permutation([1, 0]))
    },
    Case("x + zeros((3, 4))", .broadcast, 12, Shape(4)) { sheet, x in
      try sheet.tape.add(x, Traced(constant: Tensor(repeating: 0, shape: Shape(3, 4))))
    },
    Case("sum over rows", .broadcast, 12, Shape(3, 4)) { sheet, x in
      try sheet.tape.sum(x, to: Shape(4))
    },
    Case("mean over rows", .broadcast, 12, Shape(3, 4)) { sheet, x in
      try sheet.gate("mean", x, parameters: .axes([0], keepDimensions: false))
    },
    Case("mean", .broadcast, 12, Shape(3, 4)) { sheet, x in
      try sheet.gate("mean", x, parameters: .axes(nil, keepDimensions: false))
    },
    Case("sum(x**2)", .dense, 6, Shape(6)) { sheet, x in
      try sheet.total(sheet.tape.multiply(x, x))
    },
    Case("A @ x", .dense, 12, Shape(4)) { sheet, x in
      var random = SplitMix(3)
      return try sheet.tape.matmul(Traced(constant: random.tensor(Shape(3, 4))), x)
    },
    Case("relu(A @ X)", .sparse, 72, Shape(4, 6)) { sheet, x in
      var random = SplitMix(3)
      let a = Traced(constant: random.tensor(Shape(3, 4)))
      return try sheet.gate("relu", sheet.tape.matmul(a, x))
    },
    Case("relu(X @ A)", .block, 72, Shape(6, 4)) { sheet, x in
      var random = SplitMix(3)
      let a = Traced(constant: random.tensor(Shape(4, 3)))
      return try sheet.gate("relu", sheet.tape.matmul(x, a))
    },
    Case("x[1:] - x[:-1]", .banded, 14, Shape(8)) { sheet, x in
      try sheet.tape.subtract(sheet.slice(x, 1, 7), sheet.slice(x, 0, 7))
    },
    Case("x * x[::-1]", .sparse, 16, Shape(8)) { sheet, x in
      try sheet.tape.multiply(x, sheet.slice(x, 7, 8, step: -1))
    },
    Case("cumsum", .dense, 64, Shape(8)) { sheet, x in
      try sheet.gate("cumsum", x, parameters: .axis(0))
    },
  ]

  @Test(arguments: cases)
  func structuresAreWhatTheFormulaSays(_ test: Case) throws {
    var sheet = Sheet()
    let x = sheet.leaf(test.shape, 9)
    let y = try test.make(&sheet, x)
    let map = try sheet.jacobian(y, x)
    #expect(map.structure == test.structure)
    #expect(map.nnz == test.nnz)
    #expect(map.rows == y.shape && map.columns == x.shape)
    #expect(JacobianMaps.close(try JacobianMaps.dense(map), try sheet.byRows(y, x)))
  }

  @Test("Jacobians of every gate agree with backward passes", arguments: GateCase.differentiable)
  func gates(_ test: GateCase) throws {
    var random = SplitMix(21)
    var sheet = Sheet()
    let leaves = test.leaves(test.operands(&random), on: &sheet.tape)
    let result = try test.apply(leaves, on: &sheet.tape)
    // Something before and after, so that there is a chain.
    for place in test.places {
      let map = try sheet.jacobian(result, leaves[place])
      #expect(map.rows == result.shape && map.columns == leaves[place].shape)
      let rows = try sheet.byRows(result, leaves[place])
      #expect(JacobianMaps.close(try JacobianMaps.dense(map), rows))
      #expect(map.nnz >= rows.joined().count { $0 != 0 })
      let v = Traced(constant: random.tensor(leaves[place].shape))
      let forward = try sheet.tape.jvp(of: result, withRespectTo: leaves[place], tangent: v)
      let product = try map.apply(v, on: &sheet.tape)
      expectClose(forward.tensor, product.tensor, 1e-12)
    }
  }
}

import TestSupport
import Testing

@testable import Autodiff

/// Patterns traced over the tape and Jacobians computed from few products.
@Suite struct JacobianCompressedTests {
  /// The compressed Jacobian, whatever the path is like.
  static func compressed(
    _ sheet: inout Sheet, _ y: Traced, _ x: Traced, isSymmetric: Bool = false
  ) throws -> LinearMap? {
    let path = try sheet.tape.nodes(between: [x], and: y).nodes
    let wasRecording = sheet.tape.isRecording
    sheet.tape.isRecording = false
    defer { sheet.tape.isRecording = wasRecording }
    return try withUnsafeMutablePointer(to: &sheet.tape) { tape in
      try Tape.compressedJacobian(
        on: tape, path: path, of: y, withRespectTo: x, isSymmetric: isSymmetric)
    }
  }

  @Test("Every gate's pattern covers its entries", arguments: GateCase.differentiable)
  func everyGate(_ test: GateCase) throws {
    var random = SplitMix(21)
    var sheet = Sheet()
    let leaves = test.leaves(test.operands(&random), on: &sheet.tape)
    let result = try test.apply(leaves, on: &sheet.tape)
    guard result.shape.count > 0 else { return }
    for place in test.places where leaves[place].shape.count > 0 {
      let x = leaves[place]
      let path = try sheet.tape.nodes(between: [x], and: result).nodes
      let pattern = try #require(
        try sheet.tape.pattern(of: path, inputs: x.shape.count, limit: 1 << 20))
      let rows = try sheet.byRows(result, x)
      for (row, values) in rows.enumerated() {
        let columns = Set(pattern.row(row).map { Int($0) })
        #expect(columns.count == pattern.row(row).count)
        for (column, value) in values.enumerated() where value != 0 {
          #expect(columns.contains(column), "operand \(place), entry \(row), \(column)")
        }
      }
      let map = try #require(try Self.compressed(&sheet, result, x))
      #expect(map.rows == result.shape && map.columns == x.shape)
      #expect(JacobianMaps.close(try JacobianMaps.dense(map), rows), "operand \(place)")
      // From the other side: the pass that the colouring did not choose.
      let seeds = random.tensor(Shape(result.shape.count * 3))
      let back = try sheet.tape.reversePass(
        path, seeds: seeds, width: 3, columns: x.shape.count)
      let tangents = random.tensor(Shape(x.shape.count * 3))
      let forward = try sheet.tape.forwardPass(
        path, seeds: tangents, width: 3, rows: result.shape.count)
      for k in 0..<3 {
        var left = 0.0
        var right = 0.0
        for row in rows.indices { left += forward[row * 3 + k] * seeds[row * 3 + k] }
        for column in 0..<x.shape.count { right += back[column * 3 + k] * tangents[column * 3 + k] }
        #expect(abs(left - right) <= 1e-11 * (1 + abs(left)))
      }
    }
  }

  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let nnz: Int
    let make: @Sendable (inout Sheet, Traced) throws -> Traced

    init(
      _ name: String, _ nnz: Int,
      _ make: @escaping @Sendable (inout Sheet, Traced) throws -> Traced
    ) {
      testDescription = name
      self.nnz = nnz
      self.make = make
    }
  }

  /// Functions of 12 entries, element by element as loops write them, with their entries.
  static let cases: [Case] = [
    Case("stencil assigned entry by entry", 30) { sheet, x in
      var y = Traced(constant: Tensor(repeating: 0, shape: Shape(12)))
      for i in 1...10 {
        let sum = try sheet.tape.add(
          sheet.element(x, i - 1),
          sheet.tape.multiply(sheet.element(x, i), sheet.element(x, i + 1)))
        y = try sheet.gate(
          "replace", y, sum,
          parameters: .selection(
            Selection(
              source: Shape(12), result: .scalar, places: .strided(start: i, steps: []))))
      }
      return y
    },
    Case("list of products around", 24) { sheet, x in
      let parts = try (0..<12).map {
        try sheet.tape.multiply(sheet.element(x, $0), sheet.element(x, ($0 + 1) % 12))
      }
      return try sheet.tape.apply(GateTable["stack"], parts, .axis(0))
    },
    Case("running sum", 78) { sheet, x in
      var sum = try sheet.element(x, 0)
      var parts = [sum]
      for index in 1..<12 {
        sum = try sheet.tape.add(sheet.gate("sin", sum), sheet.element(x, index))
        parts.append(sum)
      }
      return try sheet.tape.apply(GateTable["stack"], parts, .axis(0))
    },
    Case("one entry times all", 34) { sheet, x in
      // A full row and a full column beside the diagonal.
      let first = try sheet.element(x, 0)
      let total = try sheet.total(x)
      let products = try sheet.tape.multiply(first, sheet.gate("exp", x))
      let head = Selection(
        source: Shape(12), result: .scalar, places: .strided(start: 0, steps: []))
      return try sheet.gate("replace", products, total, parameters: .selection(head))
    },
    Case("rows of a matrix summed", 12) { sheet, x in
      let matrix = try sheet.tape.reshape(x, Shape(3, 4))
      let squares = try sheet.tape.multiply(matrix, matrix)
      return try sheet.gate("sum", squares, parameters: .axes([1], keepDimensions: false))
    },
    Case("nothing of it", 0) { sheet, x in
      let zero = try sheet.tape.multiply(x, Traced(constant: 0.0))
      let all = Selection(
        source: Shape(12), result: Shape(12), places: .strided(start: 0, steps: [1]))
      return try sheet.gate(
        "replace", zero, Traced(constant: Tensor(repeating: 1, shape: Shape(12))),
        parameters: .selection(all))
    },
  ]

  @Test(arguments: cases)
  func theCompressedJacobianIsTheDenseOne(_ test: Case) throws {
    var sheet = Sheet()
    let x = sheet.leaf(Shape(12), 4)
    let y = try test.make(&sheet, x)
    let map = try #require(try Self.compressed(&sheet, y, x))
    let expected = try sheet.byRows(y, x)
    #expect(JacobianMaps.close(try JacobianMaps.dense(map), expected))
    if map.structure != .dense { #expect(map.nnz == test.nnz) }
    #expect(
      JacobianMaps.close(try JacobianMaps.dense(sheet.jacobian(y, x)), expected), "as chosen")
  }

  /// `Σ 100 (x[i+1] - x[i]²)² + (1 - x[i])²`, element by element (Rosenbrock 1960).
  static func rosenbrock(_ sheet: inout Sheet, _ x: Traced) throws -> Traced {
    var sum = Traced(constant: 0.0)
    for i in 0..<x.shape[0] - 1 {
      let a = try sheet.element(x, i)
      let b = try sheet.tape.subtract(sheet.element(x, i + 1), sheet.tape.multiply(a, a))
      let c = try sheet.tape.subtract(Traced(constant: 1.0), a)
      sum = try sheet.tape.add(
        sum, sheet.tape.multiply(Traced(constant: 100.0), sheet.tape.multiply(b, b)))
      sum = try sheet.tape.add(sum, sheet.tape.multiply(c, c))
    }
    return sum
  }

  @Test(arguments: [6, 80])
  func theHessianOfASumOfTermsIsItsBand(_ n: Int) throws {
    // Diagonal 1200 x² - 400 x[i+1] + 2, and 200 where a term before ends; beside it -400 x.
    var sheet = Sheet()
    let x = sheet.leaf(Shape(n), 9)
    let sum = try Self.rosenbrock(&sheet, x)
    let gradient = try sheet.tape.gradient(
      of: sum, upstream: Traced(constant: 1.0), targets: [x])[0]
    let compressed = try #require(
      try Self.compressed(&sheet, gradient, x, isSymmetric: true))
    let chosen = try sheet.tape.hessian(of: sum, withRespectTo: x)
    let v = x.tensor.values
    for map in [compressed, chosen] {
      #expect(map.structure == .banded && map.nnz == 3 * n - 2)
      for i in 0..<n {
        var diagonal = i > 0 ? 200.0 : 0
        if i < n - 1 {
          diagonal += 1200 * v[i] * v[i] - 400 * v[i + 1] + 2
          #expect(abs(map[i, i + 1] + 400 * v[i]) < 1e-11)
        }
        #expect(abs(map[i, i] - diagonal) < 1e-11)
      }
    }
  }

  @Test func anArrowHessianIsKeptByItsThreeLines() throws {
    // x₀ Σ x³: the first row and column and the diagonal.
    for n in [8, 2000] {
      var sheet = Sheet()
      let x = sheet.leaf(Shape(n), 9)
      let cubes = try sheet.total(sheet.gate("power", x, Traced(constant: 3.0)))
      let y = try sheet.tape.multiply(sheet.element(x, 0), cubes)
      let gradient = try sheet.tape.gradient(
        of: y, upstream: Traced(constant: 1.0), targets: [x])[0]
      let compressed = try #require(
        try Self.compressed(&sheet, gradient, x, isSymmetric: true))
      let chosen = try sheet.tape.hessian(of: y, withRespectTo: x)
      let v = x.tensor.values
      for map in [compressed, chosen] {
        #expect(map.nnz == 3 * n - 2 && map.structure == .sparse)
        for i in 1..<n {
          #expect(abs(map[i, i] - 6 * v[0] * v[i]) < 1e-13)
          #expect(abs(map[0, i] - 3 * v[i] * v[i]) < 1e-13)
          #expect(abs(map[i, 0] - 3 * v[i] * v[i]) < 1e-13)
        }
        #expect(abs(map[0, 0] - 12 * v[0] * v[0]) < 1e-12)
      }
    }
  }

  @Test func aUsersGateIsTakenBackwardsOnly() throws {
    let double = Gate.custom(
      name: "double", operands: ["x"], summary: "Twice.",
      forward: { operands throws(GateError) in operands[0].scaled(by: 2) },
      backward: { _, upstream throws(GateError) in
        [Traced(constant: upstream.tensor.scaled(by: 2))]
      })
    var sheet = Sheet()
    let x = sheet.leaf(Shape(5), 8)
    var parts: [Traced] = []
    for index in 0..<5 {
      let square = try sheet.tape.multiply(sheet.element(x, index), sheet.element(x, index))
      parts.append(
        sheet.tape.record(
          custom: double, [square], result: Tensor(2 * square.tensor.number), cache: 0))
    }
    let y = try sheet.tape.apply(GateTable["stack"], parts, .axis(0))
    let map = try #require(try Self.compressed(&sheet, y, x))
    #expect(map.structure == .diagonal)
    for index in 0..<5 { #expect(map[index, index] == 4 * x.tensor[index]) }
  }

  @Test func manyNumbersTakeTimeAndMemoryOfTheirEntries() throws {
    var sheet = Sheet()
    let n = 1500
    let x = sheet.leaf(Shape(n), 3)
    let parts = try (0..<n).map {
      try sheet.tape.multiply(sheet.element(x, $0), sheet.element(x, max($0 - 1, 0)))
    }
    let y = try sheet.tape.apply(GateTable["stack"], parts, .axis(0))
    let map = try sheet.jacobian(y, x)
    #expect(map.structure == .banded && map.nnz == 2 * n - 1)
    #expect(map[700, 699] == x.tensor[700] && map[700, 700] == x.tensor[699])
    #expect(map[0, 0] == 2 * x.tensor[0])
  }

  @Test func oneRowIsOnePassThoughAGateOnTheWayIsTooLargeToWorkOut() throws {
    var sheet = Sheet()
    let n = 20_000
    let x = sheet.leaf(Shape(n), 3)
    let sums = try sheet.gate("cumsum", x, parameters: .axis(0))
    let y = try sheet.element(sums, n / 2)
    let map = try sheet.jacobian(y, x)
    #expect(map.matrixShape == (1, n))
    #expect(map[0, n / 2] == 1 && map[0, n / 2 + 1] == 0)
    #expect(try map.dense().values.reduce(0, +) == Double(n / 2 + 1))
  }

  @Test func anInterruptionEndsATraceAPassAndAColouring() throws {
    var sheet = Sheet()
    let x = sheet.leaf(Shape(12), 4)
    let y = try Self.cases[0].make(&sheet, x)
    let path = try sheet.tape.nodes(between: [x], and: y).nodes
    sheet.tape.interruption.request()
    #expect(throws: GateError.self) {
      try sheet.tape.pattern(of: path, inputs: 12, limit: 1 << 20)
    }
    #expect(throws: GateError.self) {
      try sheet.tape.forwardPass(
        path, seeds: Tensor(repeating: 1, shape: Shape(12)), width: 1, rows: 12)
    }
    #expect(throws: GateError.self) {
      try sheet.tape.reversePass(
        path, seeds: Tensor(repeating: 1, shape: Shape(12)), width: 1, columns: 12)
    }
    sheet.tape.interruption.makeCurrent()
    defer { Interruption.endCurrent() }
    let band = SparsityTests.pattern(60, 60) { abs($0 - $1) <= 1 }
    #expect(Colouring.columns(of: band, transposed: band.transposed, atMost: 60) == nil)
    #expect(Colouring.symmetric(.star, band, atMost: 60) == nil)
    #expect(Colouring.symmetric(.acyclic, band, atMost: 60) == nil)
  }
}

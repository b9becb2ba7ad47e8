import Testing

@testable import Autodiff

/// The algebra of maps held against matrices made column by column.
@Suite struct JacobianAlgebraTests {
  @Test(arguments: JacobianMaps.all)
  func theNormalFormIsTheSameMatrix(_ named: JacobianMaps.Named) throws {
    let expected = try JacobianMaps.verified(named.map)
    #expect(JacobianMaps.close(try JacobianMaps.dense(named.map), expected))
    #expect(JacobianMaps.close(try JacobianMaps.verified(named.map.normalized), expected))
  }

  @Test(arguments: JacobianMaps.all)
  func theTransposeIsTheTransposedMatrix(_ named: JacobianMaps.Named) throws {
    let expected = JacobianMaps.transposed(
      try JacobianMaps.verified(named.map), named.map.columns.count)
    let transposed = named.map.transposed
    #expect(JacobianMaps.close(try JacobianMaps.dense(transposed), expected))
    #expect(JacobianMaps.close(try JacobianMaps.verified(transposed), expected))
    #expect(transposed.nnz == named.map.nnz)
    // Reverse mode is the same matrix from the other side.
    var tape = Tape(interruption: Interruption())
    for row in 0..<named.map.rows.count {
      var basis = Tensor(repeating: 0, shape: named.map.rows)
      basis.update { $0[row] = 1 }
      let line = try named.map.normalized.applyTransposed(Traced(constant: basis), on: &tape)
      #expect(JacobianMaps.close([line.tensor.values], [expected.map { $0[row] }]))
    }
  }

  @Test(arguments: JacobianMaps.all)
  func productsAreMatrixProducts(_ outer: JacobianMaps.Named) throws {
    let a = try JacobianMaps.verified(outer.map)
    for inner in JacobianMaps.all where inner.map.rows.count == outer.map.columns.count {
      let b = try JacobianMaps.verified(inner.map)
      let expected = JacobianMaps.product(a, b, inner.map.columns.count)
      let product = try outer.map.times(inner.map)
      #expect(
        JacobianMaps.close(try JacobianMaps.dense(product), expected),
        "\(outer.name) times \(inner.name)")
      #expect(
        JacobianMaps.close(try JacobianMaps.verified(product), expected),
        "\(outer.name) times \(inner.name), applied")
      #expect(product.nnz >= expected.joined().count { $0 != 0 })
      #expect(product.entries().count == product.nnz)
    }
  }

  @Test(arguments: JacobianMaps.all)
  func sumsAreMatrixSums(_ first: JacobianMaps.Named) throws {
    let a = try JacobianMaps.verified(first.map)
    for second in JacobianMaps.all
    where second.map.rows.count == first.map.rows.count
      && second.map.columns.count == first.map.columns.count
    {
      let expected = JacobianMaps.sum(a, try JacobianMaps.verified(second.map))
      let sum = try first.map.plus(second.map)
      #expect(
        JacobianMaps.close(try JacobianMaps.dense(sum), expected),
        "\(first.name) plus \(second.name)")
      #expect(sum.nnz >= expected.joined().count { $0 != 0 })
    }
  }

  @Test(arguments: JacobianMaps.all)
  func scalingScalesEveryEntryAndKeepsThePattern(_ named: JacobianMaps.Named) throws {
    let expected = try JacobianMaps.verified(named.map).map { $0.map { $0 * -2.5 } }
    let scaled = named.map.scaled(by: -2.5)
    #expect(JacobianMaps.close(try JacobianMaps.dense(scaled), expected))
    #expect(scaled.nnz == named.map.nnz)
  }

  @Test(arguments: JacobianMaps.all)
  func compositionsLeftOpenAreTheSameMatrix(_ outer: JacobianMaps.Named) throws {
    let inners = JacobianMaps.all.filter { $0.map.rows.count == outer.map.columns.count }
    for inner in inners {
      let view = LinearMap.identity(inner.map.rows, as: outer.map.columns)
      let composed = outer.map.after(view.after(inner.map))
      let expected = try JacobianMaps.verified(composed)
      #expect(
        JacobianMaps.close(try JacobianMaps.dense(composed), expected),
        "\(outer.name) after \(inner.name)")
    }
  }

  @Test func entriesAreInPlace() throws {
    for named in JacobianMaps.all {
      let expected = try JacobianMaps.verified(named.map)
      for entry in named.map.entries() {
        #expect(abs(expected[entry.row][entry.column] - entry.value) < 1e-12, "\(named.name)")
      }
      let (row, column) = (named.map.rows.count / 2, named.map.columns.count / 2)
      #expect(abs(named.map[row, column] - expected[row][column]) < 1e-12, "\(named.name)")
    }
  }

  @Test func aChainCostsLessFromTheNarrowEnd() throws {
    // A row times two large matrices: only one order does it without their product.
    var numbers = JacobianMaps.Numbers(state: 3)
    let row = LinearMap(
      rows: .scalar, columns: Shape(40), .inner(numbers.traced(Shape(40))))
    let a = LinearMap(
      rows: Shape(40), columns: Shape(40), .dense(numbers.traced(Shape(40, 40))))
    let chain = row.after(a.after(a.after(a)))
    let expected = try row.times(a).times(a).times(a)
    let product = chain.normalized
    #expect(product.rows == .scalar && product.columns == Shape(40))
    #expect(JacobianMaps.close(try JacobianMaps.dense(product), try JacobianMaps.dense(expected)))
  }

  @Test func sizesThatDoNotFitAreShapeErrors() throws {
    let a = LinearMap.identity(Shape(5))
    let b = LinearMap.identity(Shape(3))
    #expect(throws: GateError.self) { try a.times(b) }
    #expect(throws: GateError.self) { try a.plus(b) }
  }
}

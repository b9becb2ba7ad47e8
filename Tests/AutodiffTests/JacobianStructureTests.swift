import Testing

@testable import Autodiff

/// Which structure products, sums and transposes have, by rule.
@Suite struct JacobianStructureTests {
  /// Square maps by the name of their structure, two of some.
  static let maps: [Structure: [LinearMap]] = {
    var numbers = JacobianMaps.Numbers(state: 5)
    let square = Shape(12)
    func map(_ kind: LinearMap.Kind) -> LinearMap {
      LinearMap(rows: square, columns: square, kind)
    }
    func band(_ offsets: [Int]) -> LinearMap {
      map(
        .banded(
          BandMatrix(
            rows: 12, columns: 12,
            diagonals: offsets.map { offset in
              let rows = max(0, -offset)..<min(12, 12 - offset)
              return BandMatrix.Diagonal(
                offset: offset, rows: rows, values: .entries(numbers.tensor(rows.count)))
            })))
    }
    func listed(_ step: Int) -> LinearMap {
      .selection(
        Selection(
          source: square, result: square,
          places: .listed((0..<12).map { ($0 * step + 3) % 12 })))
    }
    let scattered = SparsityTests.pattern(12, 12) { row, column in
      (row * 7 + column * 5) % 12 == 0 || (row + 2 * column) % 11 == 4
    }
    return [
      .zero: [.zero(rows: square, columns: square)],
      .identity: [.identity(square)],
      .scaled: [map(.scaled(Traced(constant: -1.5))), map(.scaled(Traced(constant: 4.0)))],
      .diagonal: [.diagonal(numbers.traced(square)), .diagonal(numbers.traced(square))],
      .diagonalPlusRankOne: [
        map(.softmax(numbers.traced(square), axis: 0)),
        LinearMap(rows: square, columns: .scalar, .column(numbers.traced(square)))
          .after(.inner(numbers.traced(square))).normalized,
      ],
      .selection: [listed(5), listed(7)],
      .block: [map(.blocks(numbers.tensor(4, 3, 3))), map(.blocks(numbers.tensor(4, 3, 3)))],
      .banded: [band([-1, 0, 1]), band([0, 1])],
      .sparse: [
        map(
          .sparse(
            SparseMatrix(
              scattered, (0..<scattered.nnz).map { 1 + Double($0) / 8 })))
      ],
      .kronecker: [
        map(.kronecker([.matrix(numbers.tensor(3, 3)), .identity(4)])),
        map(.kronecker([.matrix(numbers.tensor(3, 3)), .identity(4)])),
      ],
      .dense: [
        map(.dense(numbers.traced(Shape(12, 12)))), map(.dense(numbers.traced(Shape(12, 12)))),
      ],
    ]
  }()

  struct Rule: CustomTestStringConvertible, Sendable {
    let a: Structure
    let b: Structure
    let result: Structure
    var testDescription: String { "\(a.rawValue), \(b.rawValue): \(result.rawValue)" }

    init(_ a: Structure, _ b: Structure, _ result: Structure) {
      self.a = a
      self.b = b
      self.result = result
    }
  }

  /// What holds in both orders.
  static let products: [Rule] =
    Structure.allCases.filter { $0 != .broadcast }.flatMap { any in
      [Rule(.zero, any, .zero), Rule(.identity, any, any)]
        + (any == .identity ? [] : [Rule(.scaled, any, any)])
    } + [
      Rule(.diagonal, .diagonal, .diagonal),
      Rule(.diagonal, .diagonalPlusRankOne, .diagonalPlusRankOne),
      Rule(.diagonal, .selection, .selection),
      Rule(.diagonal, .block, .block),
      Rule(.diagonal, .banded, .banded),
      Rule(.diagonal, .sparse, .sparse),
      Rule(.diagonal, .dense, .dense),
      Rule(.selection, .selection, .selection),
      Rule(.selection, .sparse, .sparse),
      Rule(.banded, .banded, .banded),
      Rule(.block, .block, .block),
      Rule(.kronecker, .kronecker, .kronecker),
      Rule(.dense, .dense, .dense),
      Rule(.dense, .banded, .dense),
    ]

  static let sums: [Rule] =
    Structure.allCases.filter { $0 != .broadcast }.map { Rule(.zero, $0, $0) } + [
      Rule(.identity, .scaled, .scaled),
      Rule(.identity, .diagonal, .diagonal),
      Rule(.scaled, .diagonal, .diagonal),
      Rule(.diagonal, .diagonal, .diagonal),
      Rule(.identity, .diagonalPlusRankOne, .diagonalPlusRankOne),
      Rule(.scaled, .diagonalPlusRankOne, .diagonalPlusRankOne),
      Rule(.diagonal, .diagonalPlusRankOne, .diagonalPlusRankOne),
      Rule(.diagonal, .banded, .banded),
      Rule(.identity, .banded, .banded),
      Rule(.banded, .banded, .banded),
      Rule(.diagonal, .block, .block),
      Rule(.block, .block, .block),
      Rule(.diagonal, .sparse, .sparse),
      Rule(.selection, .selection, .sparse),
      Rule(.banded, .dense, .dense),
      Rule(.diagonal, .dense, .dense),
    ]

  private static func pairs(_ rule: Rule) -> [(LinearMap, LinearMap)] {
    let first = maps[rule.a] ?? []
    let second = maps[rule.b] ?? []
    // Two different maps of one structure, in both orders; a map with itself may be simpler.
    if rule.a == rule.b, first.count > 1 {
      return [(first[0], first[1]), (first[1], first[0])]
    }
    return first.flatMap { a in second.flatMap { b in [(a, b), (b, a)] } }
  }

  @Test func everyMapHasTheStructureItStandsFor() throws {
    for (structure, maps) in Self.maps {
      for map in maps {
        #expect(map.structure == structure)
        #expect(map.transposed.structure == structure)
        #expect(map.transposed.nnz == map.nnz)
        #expect(map.scaled(by: 3).structure == (structure == .identity ? .scaled : structure))
      }
    }
  }

  @Test(arguments: products)
  func productsKeepWhatTheyCan(_ rule: Rule) throws {
    let pairs = Self.pairs(rule)
    #expect(!pairs.isEmpty)
    for (a, b) in pairs {
      let product = try a.times(b)
      let expected = JacobianMaps.product(
        try JacobianMaps.dense(a), try JacobianMaps.dense(b), 12)
      #expect(JacobianMaps.close(try JacobianMaps.dense(product), expected))
      #expect(product.structure == rule.result)
    }
  }

  @Test(arguments: sums)
  func sumsKeepWhatTheyCan(_ rule: Rule) throws {
    let pairs = Self.pairs(rule)
    #expect(!pairs.isEmpty)
    for (a, b) in pairs {
      let sum = try a.plus(b)
      let expected = JacobianMaps.sum(try JacobianMaps.dense(a), try JacobianMaps.dense(b))
      #expect(JacobianMaps.close(try JacobianMaps.dense(sum), expected))
      #expect(sum.structure == rule.result)
    }
  }

  @Test func nothingIsDenseThatIsHalfEmpty() throws {
    let all = Self.maps.values.joined()
    for a in all {
      for b in all {
        for made in [try a.times(b), try a.plus(b)] where made.structure == .dense {
          let filled = try made.dense().values.count { $0 != 0 }
          #expect(2 * filled > 144)
        }
      }
    }
  }

  @Test func fewRowsAmongManyAreSparse() throws {
    // A unit vector times a row: one full row, as in the Hessian of x₀ Σ x³.
    var numbers = JacobianMaps.Numbers(state: 8)
    let place = Selection(
      source: Shape(50), result: .scalar, places: .strided(start: 4, steps: []))
    let row = LinearMap.inner(numbers.traced(Shape(50)))
    let product = try LinearMap.placement(place).times(row)
    #expect(product.structure == .sparse && product.nnz == 50)
    let both = try product.plus(product.transposed).plus(.diagonal(numbers.traced(Shape(50))))
    #expect(both.structure == .sparse && both.nnz == 148)
  }

  @Test func anOuterProductIsWorkedOutLastInAChain() throws {
    // Column times row times matrix: the product of column and row never exists.
    var numbers = JacobianMaps.Numbers(state: 9)
    let n = 3000
    let column = LinearMap(rows: Shape(n), columns: .scalar, .column(numbers.traced(Shape(n))))
    let row = LinearMap.inner(numbers.traced(Shape(n)))
    let narrow = LinearMap(
      rows: Shape(n), columns: Shape(2), .dense(numbers.traced(Shape(n, 2))))
    let chain = column.after(row.after(narrow)).normalized
    #expect(chain.matrixShape == (n, 2))
    let ends = try row.times(narrow).dense()
    let first = column.normalized[7, 0]
    #expect(abs(chain[7, 1] - first * ends[1]) < 1e-9)
  }
}

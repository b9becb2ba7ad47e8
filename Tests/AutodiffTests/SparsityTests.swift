import TestSupport
import Testing

@testable import Autodiff

/// Patterns, their colourings and the recovery of entries, held against definitions.
@Suite struct SparsityTests {
  /// A pattern from the places that a closure picks.
  static func pattern(
    _ rows: Int, _ columns: Int, _ isIn: (Int, Int) -> Bool
  ) -> SparsityPattern {
    var starts = [0]
    var indices: [Int32] = []
    for row in 0..<rows {
      for column in 0..<columns where isIn(row, column) { indices.append(Int32(column)) }
      starts.append(indices.count)
    }
    return SparsityPattern(
      rows: rows, columns: columns, rowStarts: starts, columnIndices: indices)
  }

  static func random(
    _ rows: Int, _ columns: Int, _ share: Double, _ seed: UInt64
  ) -> SparsityPattern {
    var random = SplitMix(seed)
    return pattern(rows, columns) { _, _ in random.tensor(.scalar).number < 2 * share - 1 }
  }

  struct Graph: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let pattern: SparsityPattern
  }

  /// Symmetric patterns with their diagonals.
  static let graphs: [Graph] = {
    var graphs = [
      Graph(testDescription: "diagonal", pattern: pattern(7, 7) { $0 == $1 }),
      Graph(testDescription: "tridiagonal", pattern: pattern(30, 30) { abs($0 - $1) <= 1 }),
      Graph(testDescription: "five diagonals", pattern: pattern(30, 30) { abs($0 - $1) <= 2 }),
      Graph(
        testDescription: "ring",
        pattern: pattern(13, 13) { abs($0 - $1) <= 1 || abs($0 - $1) == 12 }),
      Graph(
        testDescription: "arrow",
        pattern: pattern(200, 200) { $0 == $1 || $0 == 0 || $1 == 0 }),
      Graph(
        testDescription: "two hubs",
        pattern: pattern(150, 150) { abs($0 - $1) <= 1 || $0 % 149 == 0 || $1 % 149 == 0 }),
      Graph(
        testDescription: "grid",
        pattern: pattern(48, 48) { a, b in
          abs(a / 8 - b / 8) + abs(a % 8 - b % 8) <= 1
        }),
      Graph(testDescription: "full", pattern: pattern(6, 6) { _, _ in true }),
      Graph(testDescription: "without a diagonal", pattern: pattern(9, 9) { abs($0 - $1) == 2 }),
    ]
    for (index, share) in [0.02, 0.05, 0.1, 0.2].enumerated() {
      graphs.append(
        Graph(
          testDescription: "random \(share)",
          pattern: random(40, 40, share, UInt64(index + 1)).symmetrized))
    }
    return graphs
  }()

  @Test func setsAreKeptOnceAndUniteAsSetsDo() {
    var random = SplitMix(1)
    var sets = IndexSets(bound: 40, limit: 1 << 16)
    var known: [Int32: Set<Int>] = [IndexSets.empty: []]
    for index in 0..<40 { known[IndexSets.single(index)] = [index] }
    var ids = Array(known.keys).sorted()
    for turn in 0..<600 {
      let count = turn % 3 == 0 ? 2 + Int(random.next() % 4) : 2
      let chosen = (0..<count).map { _ in ids[Int(random.next() % UInt64(ids.count))] }
      let expected = chosen.reduce(into: Set<Int>()) { $0.formUnion(known[$1] ?? []) }
      let union = turn % 3 == 0 ? sets.union(of: chosen) : sets.union(chosen[0], chosen[1])
      #expect(sets.members(union).map { Int($0) } == expected.sorted())
      // One name for one set.
      #expect(known[union] == nil || known[union] == expected)
      #expect(known.allSatisfy { $0.value != expected || $0.key == union })
      if known.updateValue(expected, forKey: union) == nil { ids.append(union) }
      if turn % 100 == 99 {
        // Half of what there is, under the names that it gets.
        ids = stride(from: 0, to: ids.count, by: 2).map { ids[$0] }
        let contents = ids.map { known[$0] ?? [] }
        var lists: [[Int32]?] = [nil, ids]
        sets.keep(&lists)
        ids = lists[1] ?? []
        known = Dictionary(zip(ids, contents)) { first, _ in first }
      }
    }
    #expect(!sets.isOverfull)
  }

  @Test func setsWithoutRoomSaySo() {
    var sets = IndexSets(bound: 100, limit: 1)
    var union = IndexSets.single(0)
    for index in 1..<60 { union = sets.union(union, IndexSets.single(index)) }
    #expect(sets.isOverfull)
  }

  @Test func aTransposedPatternIsThePatternFromTheOtherSide() {
    for seed in 1...5 as ClosedRange<UInt64> {
      let pattern = Self.random(9, 14, 0.3, seed)
      let transposed = pattern.transposed
      for row in 0..<9 {
        for column in 0..<14 {
          #expect(
            pattern.row(row).contains(Int32(column))
              == transposed.row(column).contains(Int32(row)))
        }
      }
      let square = Self.random(12, 12, 0.2, seed)
      let both = square.symmetrized
      for a in 0..<12 {
        for b in 0..<12 {
          let expected =
            square.row(a).contains(Int32(b)) || square.row(b).contains(Int32(a))
          #expect(both.row(a).contains(Int32(b)) == expected)
        }
      }
    }
  }

  @Test(arguments: [0.02, 0.05, 0.1, 0.3, 1.0])
  func columnsOfOneColourNeverMeetInARow(_ share: Double) throws {
    for seed in 1...4 as ClosedRange<UInt64> {
      let pattern = Self.random(30, 50, share, seed)
      let colouring = try #require(
        Colouring.columns(of: pattern, transposed: pattern.transposed, atMost: 50))
      #expect(colouring.count >= pattern.longestRow && colouring.colours.count == 50)
      for row in 0..<30 {
        let colours = pattern.row(row).map { colouring.colours[Int($0)] }
        #expect(Set(colours).count == colours.count)
        #expect(colours.allSatisfy { (0..<Int32(colouring.count)).contains($0) })
      }
      #expect(
        Colouring.columns(
          of: pattern, transposed: pattern.transposed, atMost: pattern.longestRow - 1) == nil)
    }
  }

  @Test func aBandNeedsAsManyColoursAsItHasDiagonals() {
    for reach in 0...4 {
      let band = Self.pattern(60, 60) { abs($0 - $1) <= reach }
      let colouring = Colouring.columns(of: band, transposed: band.transposed, atMost: 60)
      #expect(colouring?.count == 2 * reach + 1)
    }
  }

  @Test(arguments: graphs)
  func aStarColouringHasThreeColoursOnEveryPathOfFour(_ graph: Graph) throws {
    let pattern = graph.pattern
    let colouring = try #require(Colouring.symmetric(.star, pattern, atMost: pattern.rows))
    let colours = colouring.colours
    func neighbours(_ vertex: Int) -> [Int] { pattern.row(vertex).map { Int($0) } }
    for a in 0..<pattern.rows {
      for b in neighbours(a) where b != a {
        #expect(colours[a] != colours[b])
        for c in neighbours(b) where c != a && c != b {
          for d in neighbours(c) where d != a && d != b && d != c {
            #expect(Set([colours[a], colours[b], colours[c], colours[d]]).count >= 3)
          }
        }
      }
    }
  }

  @Test(arguments: graphs)
  func twoColoursOfAnAcyclicColouringAreAForest(_ graph: Graph) throws {
    let pattern = graph.pattern
    let colouring = try #require(Colouring.symmetric(.acyclic, pattern, atMost: pattern.rows))
    let colours = colouring.colours
    for first in 0..<Int32(colouring.count) {
      for second in (first + 1)..<max(Int32(colouring.count), first + 1) {
        let vertices = (0..<pattern.rows).filter { colours[$0] == first || colours[$0] == second }
        // Depth first: a visited vertex met by another edge closes a cycle.
        var parents: [Int: Int] = [:]
        var seen: Set<Int> = []
        for root in vertices where !seen.contains(root) {
          var stack = [root]
          seen.insert(root)
          while let vertex = stack.popLast() {
            for next in pattern.row(vertex).map({ Int($0) })
            where next != vertex && vertices.contains(next) && parents[vertex] != next {
              #expect(colours[next] != colours[vertex])
              #expect(seen.insert(next).inserted, "a cycle of \(first) and \(second)")
              parents[next] = vertex
              stack.append(next)
            }
          }
        }
      }
    }
  }

  @Test(arguments: graphs)
  func symmetricEntriesComeOutOfTheirSums(_ graph: Graph) throws {
    let pattern = graph.pattern
    let n = pattern.rows
    var random = SplitMix(5)
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
    for row in 0..<n {
      for column in pattern.row(row).map({ Int($0) }) where column <= row {
        let value = random.tensor(.scalar).number
        matrix[row][column] = value
        matrix[column][row] = value
      }
    }
    for kind in [Colouring.SymmetricKind.star, .acyclic] {
      let colouring = try #require(Colouring.symmetric(kind, pattern, atMost: n))
      var sums = [Double](repeating: 0, count: n * colouring.count)
      for row in 0..<n {
        for column in 0..<n {
          sums[row * colouring.count + Int(colouring.colours[column])] += matrix[row][column]
        }
      }
      let recovered = SparseMatrix(pattern, colouring, symmetricSums: sums)
      for row in 0..<n {
        for place in pattern.range(row) {
          let expected = matrix[row][Int(pattern.columnIndices[place])]
          if kind == .star {
            #expect(recovered.values[place] == expected)
          } else {
            #expect(abs(recovered.values[place] - expected) < 1e-13)
          }
        }
      }
    }
  }

  @Test func knownGraphsNeedFewColours() {
    func count(_ name: String, _ kind: Colouring.SymmetricKind) -> Int? {
      let graph = Self.graphs.first { $0.testDescription == name }
      return graph.flatMap { Colouring.symmetric(kind, $0.pattern, atMost: 100)?.count }
    }
    // A path of n vertices: 3 for a star colouring, 2 for an acyclic one, which is a tree's.
    #expect(count("tridiagonal", .star) == 3 && count("tridiagonal", .acyclic) == 2)
    #expect(count("arrow", .star) == 2 && count("arrow", .acyclic) == 2)
    #expect(count("ring", .acyclic) == 3)
    #expect(count("diagonal", .star) == 1)
    #expect(count("full", .star) == 6)
  }
}

extension SparsityTests {
  @Test func fullPatternsAreNotSearched() throws {
    // A full row decides: 3,000 columns in a search over all pairs would take minutes.
    let starts = (0...3000).map { $0 * 3000 }
    let full = SparsityPattern(
      rows: 3000, columns: 3000, rowStarts: starts,
      columnIndices: (0..<9_000_000).map { Int32($0 % 3000) })
    #expect(Colouring.columns(of: full, transposed: full, atMost: 3000)?.count == 3000)
    #expect(Colouring.columns(of: full, transposed: full, atMost: 2999) == nil)
    #expect(Colouring.symmetric(.star, full, atMost: 3000) == nil)
    #expect(Colouring.symmetric(.acyclic, full, atMost: 3000) == nil)
  }
}

/// Columns of a matrix, or vertices of a graph, put into few groups.
struct Colouring: Sendable, Equatable {
  /// The group of each column, from 0.
  let colours: [Int32]
  /// The number of groups.
  let count: Int

  /// Each column in a group of its own.
  static func distinct(_ count: Int) -> Colouring {
    Colouring(colours: (0..<count).map { Int32($0) }, count: count)
  }

  /// Columns such that no two of a group have entries in the same row, so that the sum of a group's
  /// columns shows each entry alone (Curtis, Powell and Reid 1974); greedy, the columns with most
  /// neighbours first (Welsh and Powell 1967).
  ///
  /// Nil when more than `most` groups are needed, or when the running cell is interrupted.
  /// `transposed` is the pattern's transpose.
  static func columns(
    of pattern: SparsityPattern, transposed: SparsityPattern, atMost most: Int
  ) -> Colouring? {
    guard pattern.longestRow <= most else { return nil }
    if pattern.longestRow == pattern.columns || pattern.work > mostWork {
      return pattern.columns <= most ? .distinct(pattern.columns) : nil
    }
    let degrees = (0..<pattern.columns).map { column in
      transposed.row(column).reduce(0) { $0 + pattern.range(Int($1)).count - 1 }
    }
    var colours = [Int32](repeating: -1, count: pattern.columns)
    var forbidden = ForbiddenColours()
    var count = 0
    for (turn, column) in largestFirst(degrees).enumerated() {
      if turn & 0xf == 0, Interruption.isCurrentRequested { return nil }
      forbidden.begin()
      for row in transposed.row(column) {
        for place in pattern.range(Int(row)) {
          let colour = colours[Int(pattern.columnIndices[place])]
          if colour >= 0 { forbidden.forbid(colour) }
        }
      }
      let colour = forbidden.smallestAllowed
      colours[column] = colour
      count = max(count, Int(colour) + 1)
      if count > most { return nil }
    }
    return Colouring(colours: colours, count: count)
  }

  /// The most pairs of entries in a row that a search looks at; beyond, all columns are distinct.
  static let mostWork = 1 << 28

  /// Vertices by falling degree; equals stay in order, in which a band needs fewest colours.
  static func largestFirst(_ degrees: [Int]) -> [Int] {
    guard let low = degrees.min(), let high = degrees.max(), low < high else {
      return Array(degrees.indices)
    }
    return degrees.indices.sorted { a, b in
      degrees[a] == degrees[b] ? a < b : degrees[a] > degrees[b]
    }
  }
}

/// The colours that one vertex may not have.
struct ForbiddenColours {
  private var turns: [Int32] = []
  private var turn: Int32 = 0

  /// Allows all colours, for the next vertex.
  mutating func begin() { turn += 1 }

  @inline(__always)
  mutating func forbid(_ colour: Int32) {
    while turns.count <= Int(colour) { turns.append(0) }
    turns[Int(colour)] = turn
  }

  func isForbidden(_ colour: Int32) -> Bool {
    Int(colour) < turns.count && turns[Int(colour)] == turn
  }

  var smallestAllowed: Int32 {
    var colour = 0
    while colour < turns.count, turns[colour] == turn { colour += 1 }
    return Int32(colour)
  }
}

// Colourings of a symmetric matrix's graph: columns are vertices, entries off the diagonal edges.
//
// Both kinds give neighbours different colours. In a star colouring every path of four vertices has
// three colours, so that each entry, or the one across the diagonal, stands alone in the sum of a
// group's columns. In an acyclic colouring every cycle has three colours, so that the entries of two
// colours are a forest and come out by substitution, from the leaves on. (Gebremedhin, Manne and
// Pothen 2005; the algorithms by Gebremedhin, Tarafdar, Manne and Pothen 2007.)

extension Colouring {
  enum SymmetricKind: Sendable { case star, acyclic }

  /// A greedy colouring of a symmetric pattern; nil when more than `most` colours are needed, when
  /// the pattern is too full for one to help, or when the running cell is interrupted.
  static func symmetric(
    _ kind: SymmetricKind, _ pattern: SparsityPattern, atMost most: Int
  ) -> Colouring? {
    // A graph that is nearly complete needs a colour for nearly every vertex.
    guard 4 * pattern.nnz <= pattern.rows * pattern.rows || pattern.rows <= 64 else { return nil }
    var search = SymmetricSearch(pattern)
    guard search.work <= mostWork else { return nil }
    return kind == .star ? search.star(atMost: most) : search.acyclic(atMost: most)
  }
}

/// The state of one search.
private struct SymmetricSearch {
  private let graph: SparsityPattern
  private let order: [Int]
  /// Vertices with so many neighbours that each gets a colour of its own.
  ///
  /// Such a vertex is in no path or cycle of two colours, so the search need not look at what lies
  /// behind it.
  private var isHub: [Bool]
  private let hubCount: Int
  private var colours: [Int32]
  private var forbidden = ForbiddenColours()

  init(_ pattern: SparsityPattern) {
    graph = pattern
    let degrees = (0..<pattern.rows).map { pattern.range($0).count }
    let average = pattern.rows == 0 ? 0 : pattern.nnz / pattern.rows
    let bound = max(64, 8 * average)
    isHub = degrees.map { $0 > bound }
    hubCount = isHub.count { $0 }
    order = Colouring.largestFirst(degrees)
    colours = [Int32](repeating: -1, count: pattern.rows)
  }

  /// The pairs of neighbours that the search looks at.
  var work: Int {
    (0..<graph.rows).reduce(0) { sum, vertex in
      let degree = graph.range(vertex).count
      return isHub[vertex] ? sum : sum + degree * degree
    }
  }

  /// Colours of hubs come after all others.
  private func finished(_ count: Int, atMost most: Int) -> Colouring? {
    guard count + hubCount <= most else { return nil }
    var colours = colours
    var next = Int32(count)
    for vertex in colours.indices where isHub[vertex] {
      colours[vertex] = next
      next += 1
    }
    return Colouring(colours: colours, count: count + hubCount)
  }

  mutating func star(atMost most: Int) -> Colouring? {
    var count = 0
    /// By colour: the vertex at whose turn a neighbour of that colour was seen, and that neighbour.
    var firstSeen: [(turn: Int, neighbour: Int)] = []
    /// The turn in which the colours around a vertex were forbidden.
    var treated = [Int](repeating: -1, count: graph.rows)
    for (turn, vertex) in order.enumerated() where !isHub[vertex] {
      if turn & 0xf == 0, Interruption.isCurrentRequested { return nil }
      forbidden.begin()
      for place in graph.range(vertex) {
        let near = Int(graph.columnIndices[place])
        let colour = colours[near]
        guard near != vertex, colour >= 0 else { continue }
        forbidden.forbid(colour)
        let seen = firstSeen[Int(colour)]
        if seen.turn == turn {
          // Two neighbours of one colour: the vertex may not share a colour with what is behind.
          for middle in [seen.neighbour, near] where treated[middle] != turn {
            treated[middle] = turn
            forbidAround(middle, but: vertex)
          }
        } else {
          firstSeen[Int(colour)] = (turn, near)
          // vertex – near – far – end with end coloured as near: far's colour would close a path.
          for farPlace in graph.range(near) {
            let far = Int(graph.columnIndices[farPlace])
            guard far != vertex, far != near, colours[far] >= 0,
              !forbidden.isForbidden(colours[far])
            else { continue }
            if hasNeighbour(far, coloured: colour, but: near) { forbidden.forbid(colours[far]) }
          }
        }
      }
      let colour = forbidden.smallestAllowed
      colours[vertex] = colour
      while firstSeen.count <= Int(colour) { firstSeen.append((-1, 0)) }
      count = max(count, Int(colour) + 1)
      if count + hubCount > most { return nil }
    }
    return finished(count, atMost: most)
  }

  private mutating func forbidAround(_ middle: Int, but vertex: Int) {
    for place in graph.range(middle) {
      let far = Int(graph.columnIndices[place])
      if far != vertex, far != middle, colours[far] >= 0 { forbidden.forbid(colours[far]) }
    }
  }

  private func hasNeighbour(_ vertex: Int, coloured colour: Int32, but other: Int) -> Bool {
    for place in graph.range(vertex) {
      let near = Int(graph.columnIndices[place])
      if near != other, near != vertex, colours[near] == colour { return true }
    }
    return false
  }

  mutating func acyclic(atMost most: Int) -> Colouring? {
    var count = 0
    var trees = DisjointSets(graph.nnz)
    /// For each tree of two colours the vertex at whose turn it was met, and through which neighbour.
    var met = [(turn: Int32, neighbour: Int32)](repeating: (-1, 0), count: graph.nnz)
    var firstOfColour: [(turn: Int, place: Int)] = []
    for (turn, vertex) in order.enumerated() where !isHub[vertex] {
      if turn & 0xf == 0, Interruption.isCurrentRequested { return nil }
      forbidden.begin()
      for near in graph.row(vertex) where Int(near) != vertex && colours[Int(near)] >= 0 {
        forbidden.forbid(colours[Int(near)])
      }
      for place in graph.range(vertex) {
        let near = Int(graph.columnIndices[place])
        guard near != vertex, colours[near] >= 0 else { continue }
        for farPlace in graph.range(near) {
          let far = Int(graph.columnIndices[farPlace])
          guard far != vertex, far != near, colours[far] >= 0,
            !forbidden.isForbidden(colours[far])
          else { continue }
          // A tree met through two neighbours would become a cycle with the vertex.
          let tree = trees.root(edge(near, far, farPlace))
          if met[tree].turn != Int32(turn) {
            met[tree] = (Int32(turn), Int32(near))
          } else if met[tree].neighbour != Int32(near) {
            forbidden.forbid(colours[far])
          }
        }
      }
      let colour = forbidden.smallestAllowed
      colours[vertex] = colour
      count = max(count, Int(colour) + 1)
      if count + hubCount > most { return nil }
      while firstOfColour.count < count { firstOfColour.append((-1, 0)) }
      // The new edges join the trees that they touch.
      for place in graph.range(vertex) {
        let near = Int(graph.columnIndices[place])
        guard near != vertex, colours[near] >= 0 else { continue }
        let own = edge(vertex, near, place)
        let first = firstOfColour[Int(colours[near])]
        if first.turn == turn {
          trees.join(own, first.place)
        } else {
          firstOfColour[Int(colours[near])] = (turn, own)
        }
        for farPlace in graph.range(near) {
          let far = Int(graph.columnIndices[farPlace])
          if far != vertex, far != near, colours[far] == colour {
            trees.join(own, edge(near, far, farPlace))
          }
        }
      }
    }
    return finished(count, atMost: most)
  }

  /// One name for an edge from both ends: its place in the row of the lower vertex.
  private func edge(_ a: Int, _ b: Int, _ place: Int) -> Int {
    a < b ? place : graph.place(row: b, column: a)
  }
}

extension SparsityPattern {
  /// Where an entry that is there stands, by bisection.
  func place(row: Int, column: Int) -> Int {
    var low = rowStarts[row]
    var high = rowStarts[row + 1] - 1
    while low < high {
      let middle = (low + high) / 2
      if columnIndices[middle] < Int32(column) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Sets that grow together (Galler and Fischer 1964, with paths halved).
struct DisjointSets {
  private var parents: [Int32]

  init(_ count: Int) { parents = (0..<count).map { Int32($0) } }

  mutating func root(_ member: Int) -> Int {
    var place = member
    while Int(parents[place]) != place {
      parents[place] = parents[Int(parents[place])]
      place = Int(parents[place])
    }
    return place
  }

  mutating func join(_ a: Int, _ b: Int) {
    let x = root(a)
    let y = root(b)
    if x == y { return }
    if x < y { parents[y] = Int32(x) } else { parents[x] = Int32(y) }
  }
}

/// The graph of local Jacobians between a target, the first place, and a root, the last.
struct Elimination {
  private struct Edge {
    let from: Int
    var map: LinearMap
  }

  /// The maps into each place, and the places that each leads to.
  private var into: [[Edge]]
  private var out: [[Int]]
  /// Maps from the target to the root, added up at the end.
  private var finished: [LinearMap] = []
  private var heap: [(cost: Double, place: Int)] = []
  private var costs: [Double]
  private var isStarted = false
  /// Whether some product was too large to be worked out.
  private var isStuck = false

  private let root: Int

  init(count: Int) {
    into = [[Edge]](repeating: [], count: count)
    out = [[Int]](repeating: [], count: count)
    costs = [Double](repeating: 0, count: count)
    root = count - 1
  }

  /// The whole map; nil where a part of it is too large.
  var result: LinearMap? {
    guard !isStuck, let sum = LinearMap.sum(finished), !sum.isLazy else { return nil }
    return sum
  }

  mutating func add(_ map: LinearMap, from: Int, to: Int) {
    if map.isLazy { isStuck = true }
    if from == 0, to == root {
      finished.append(map)
    } else if let index = into[to].firstIndex(where: { $0.from == from }) {
      into[to][index].map = into[to][index].map.sum(map)
    } else {
      into[to].append(Edge(from: from, map: map))
      // The target is never eliminated: where it leads need not be known.
      if from > 0 { out[from].append(to) }
    }
  }

  /// The place between that is cheapest to eliminate.
  mutating func next() -> Int? {
    if isStuck { return nil }
    if !isStarted {
      isStarted = true
      for place in 1..<max(root, 1) { push(place) }
    }
    while let (cost, place) = pop() {
      // An entry that was overtaken by a later one of the same place is skipped.
      if costs[place] == cost { return place }
    }
    return nil
  }

  mutating func eliminate(_ place: Int) {
    let incoming = into[place]
    let consumers = out[place]
    into[place] = []
    out[place] = []
    costs[place] = -1
    for consumer in consumers {
      guard let index = into[consumer].firstIndex(where: { $0.from == place }) else { continue }
      let outer = into[consumer].remove(at: index).map
      for edge in incoming {
        add(outer.product(edge.map), from: edge.from, to: consumer)
        if isStuck { return }
      }
    }
    for edge in incoming where edge.from > 0 {
      out[edge.from].removeAll { $0 == place }
      push(edge.from)
    }
    for consumer in consumers where consumer < root { push(consumer) }
  }

  private func cost(_ place: Int) -> Double {
    var sum = 0.0
    for consumer in out[place] {
      guard let edge = into[consumer].first(where: { $0.from == place }) else { continue }
      for other in into[place] { sum += edge.map.cost(of: other.map) }
    }
    return sum
  }

  // MARK: A binary heap of costs

  private mutating func push(_ place: Int) {
    let cost = cost(place)
    costs[place] = cost
    heap.append((cost, place))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if heap[parent].cost <= heap[child].cost { break }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func pop() -> (Double, Int)? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return first }
    heap[0] = last
    var parent = 0
    while 2 * parent + 1 < heap.count {
      var child = 2 * parent + 1
      if child + 1 < heap.count, heap[child + 1].cost < heap[child].cost { child += 1 }
      if heap[parent].cost <= heap[child].cost { break }
      heap.swapAt(parent, child)
      parent = child
    }
    return first
  }
}

// Jacobians of recorded values, by eliminating the values between from the graph of local Jacobians,
// the cheapest first: forward and reverse accumulation are two orders of many.

extension Tape {
  /// The Jacobian of `root` with respect to `target`, with the structure that the gates allow.
  ///
  /// Its shape is `(root.count, target.count)`; zero where the root does not depend on the target.
  /// With `recorded` products with it are recorded, so that Jacobians nest; its entries stay
  /// numbers (see ``dense(_:limit:)``).
  public mutating func jacobian(
    of root: Traced, withRespectTo target: Traced, recorded: Bool = false
  ) throws(GateError) -> LinearMap {
    let wasRecording = isRecording
    isRecording = false
    defer { isRecording = wasRecording }
    let value = try numericJacobian(of: root, withRespectTo: target)
    guard recorded, wasRecording, let value else {
      return value
        ?? LinearMap(
          rows: root.shape, columns: target.shape,
          .recorded(of: root, withRespectTo: target, value: nil))
    }
    // A map without numbers has nothing that could be differentiated.
    switch value.kind {
    case .zero, .identity, .selection, .placement: return value
    default:
      return LinearMap(
        rows: root.shape, columns: target.shape,
        .recorded(of: root, withRespectTo: target, value: value))
    }
  }

  /// The Hessian of a number with respect to `target`: the Jacobian of its gradient.
  public mutating func hessian(
    of root: Traced, withRespectTo target: Traced, recorded: Bool = false
  ) throws(GateError) -> LinearMap {
    guard root.tensor.count == 1 else {
      throw GateError(
        .shape, "a Hessian is of a number, and {0} has shape \(root.shape)",
        hint: "jacobian(grad) of each entry, or of their sum")
    }
    let wasRecording = isRecording
    isRecording = true
    defer { isRecording = wasRecording }
    let one = Traced(constant: Tensor(repeating: 1, shape: root.shape))
    let gradients = try gradient(of: root, upstream: one, targets: [target])
    return try jacobian(of: gradients[0], withRespectTo: target, recorded: recorded)
  }

  /// A Jacobian with all its zeros; recorded where the map is, by one pass for each row or column.
  public mutating func dense(
    _ map: LinearMap, limit: Int = 64 << 20
  ) throws(GateError) -> Traced {
    guard isRecording, case .recorded(let root, let target, _) = map.kind else {
      return Traced(constant: try map.dense(limit: limit))
    }
    // The numeric form says whether the limit is met, before any pass runs.
    let (height, width) = (map.rows.count, map.columns.count)
    guard height * width <= limit / 8 else { return Traced(constant: try map.dense(limit: limit)) }
    var sum: Traced?
    let byRows = height <= width
    for index in 0..<min(height, width) {
      try interruption.check()
      var basis = Tensor(repeating: 0, shape: byRows ? root.shape : target.shape)
      basis.update { $0[index] = 1 }
      let line =
        byRows
        ? try map.applyTransposed(Traced(constant: basis), on: &self)
        : try map.apply(Traced(constant: basis), on: &self)
      let flat = try reshape(line, Shape(line.shape.count))
      let place = Selection(
        source: Shape(height, width), result: flat.shape,
        places: byRows
          ? .strided(start: index * width, steps: [1])
          : .strided(start: index, steps: [width]))
      let placed = try LinearMap.placement(place).apply(flat, on: &self)
      sum = try sum.map { sum throws(GateError) in try add(sum, placed) } ?? placed
    }
    return sum ?? Traced(constant: Tensor(repeating: 0, shape: Shape(height, width)))
  }

  /// The Jacobian as numbers; nil where it is too large to be worked out.
  private mutating func numericJacobian(
    of root: Traced, withRespectTo target: Traced
  ) throws(GateError) -> LinearMap? {
    if root.node.isTracked, root.node == target.node { return .identity(root.shape) }
    let order = try nodes(between: [target], and: root)
    guard order.contains(target.node.raw), order.contains(root.node.raw) else {
      return .zero(rows: root.shape, columns: target.shape)
    }
    if order.nodes.count > Tape.longPath {
      // One row or one column is one pass.
      let one = Traced(constant: Tensor(repeating: 1, shape: root.shape))
      if root.shape.count == 1 {
        let gradient = try gradient(of: root, upstream: one, targets: [target])[0].tensor
        return LinearMap(rows: root.shape, columns: target.shape, dense: gradient)
      }
      if target.shape.count == 1 {
        let tangent = Traced(constant: Tensor(repeating: 1, shape: target.shape))
        let derivative = try jvp(of: root, withRespectTo: target, tangent: tangent).tensor
        return LinearMap(rows: root.shape, columns: target.shape, dense: derivative)
      }
    }
    var elimination = Elimination(count: order.nodes.count)
    var places: [UInt32: Int] = [:]
    places.reserveCapacity(order.nodes.count)
    for (place, raw) in order.nodes.enumerated() { places[raw] = place }
    for (place, raw) in order.nodes.enumerated() where place > 0 {
      for (operand, map) in try localMaps(of: raw, where: { order.contains($0) }) {
        guard let from = places[operand] else { continue }
        elimination.add(map.normalized, from: from, to: place)
      }
    }
    while let place = elimination.next() {
      try interruption.check()
      elimination.eliminate(place)
    }
    guard let map = elimination.result else { return nil }
    return map.viewed(root.shape, target.shape)
  }

  /// Paths longer than this with one row or column are walked once instead of eliminated.
  private static let longPath = 256
}

/// The graph of local Jacobians between a target, the first place, and a root, the last.
private struct Elimination {
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

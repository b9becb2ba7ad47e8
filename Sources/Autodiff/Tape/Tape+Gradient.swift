// The differentiable form of reverse mode: contributions are gates like any other, so that they are
// recorded and gradients nest to any order.

extension Tape {
  /// The gradients of `root` with respect to `targets`, weighted by `upstream` of the root's shape.
  ///
  /// Zeros where the root does not depend on a target. The results are recorded. A user's gate runs
  /// between the tape's own steps, so it may use the tape.
  public static func gradient(
    on tape: UnsafeMutablePointer<Tape>, of root: Traced, upstream: Traced, targets: [Traced]
  ) throws(GateError) -> [Traced] {
    let order = try tape.pointee.nodes(between: targets, and: root)
    var gradients: [UInt32: Traced] = [root.node.raw: upstream]
    func add(_ contribution: Traced, at operand: UInt32) throws(GateError) {
      if let sum = gradients[operand] {
        gradients[operand] = try tape.pointee.add(sum, contribution)
      } else {
        gradients[operand] = contribution
      }
    }
    let wanted = Set(targets.map(\.node.raw))
    for raw in order.reversed() {
      // A target's gradient is complete once all later nodes were seen; it is kept.
      guard let upstream = gradients[raw] else { continue }
      if !wanted.contains(raw) { gradients[raw] = nil }
      try tape.pointee.interruption.check()
      if let (gate, application) = tape.pointee.customApplication(raw) {
        let downstream = try gate.backward(application, upstream)
        for (operand, gradient) in zip(application.operands, downstream) {
          if let gradient, order.contains(operand.node.raw) {
            try add(gradient, at: operand.node.raw)
          }
        }
        continue
      }
      for (operand, map) in try tape.pointee.localMaps(of: raw, where: { order.contains($0) }) {
        try add(map.applyTransposed(upstream, on: &tape.pointee), at: operand)
      }
    }
    return targets.map { target in
      let gradient = target.node.isTracked ? gradients[target.node.raw] : nil
      return gradient ?? Traced(constant: Tensor(repeating: 0, shape: target.shape))
    }
  }

  /// The same for a tape of its own.
  public mutating func gradient(
    of root: Traced, upstream: Traced, targets: [Traced]
  ) throws(GateError) -> [Traced] {
    try withUnsafeMutablePointer(to: &self) { tape throws(GateError) in
      try Tape.gradient(on: tape, of: root, upstream: upstream, targets: targets)
    }
  }

  /// The user's gate and its application, where a node is one.
  func customApplication(_ raw: UInt32) -> (Gate.Custom, Application)? {
    guard let node = pointer(to: NodeID(raw: raw))?.pointee, node.flags.contains(.application),
      let application = applications[Int(node.application)],
      case .custom(let custom)? = applicationGates[Int(node.application)]?.kind
    else { return nil }
    return (custom, application)
  }

  /// The nodes on paths from a target to the root, in recorded order, with the targets on them.
  func nodes(between targets: [Traced], and root: Traced) throws(GateError) -> OrderedNodes {
    let wanted = Set(targets.filter { $0.node.isTracked }.map(\.node.raw))
    if root.node == .stepped { throw .stepped }
    guard root.node.isTracked, let lowest = wanted.min() else { return OrderedNodes([]) }
    // Down from the root: what it reaches, not below the earliest target.
    var reached: Set<UInt32> = [root.node.raw]
    var stack = [root.node.raw]
    while let raw = stack.popLast() {
      for operand in operands(of: raw) where operand >= lowest {
        if isForgotten(operand) { throw .forgotten }
        if reached.insert(operand).inserted {
          stack.append(operand)
          if reached.count & 0xffff == 0 { try interruption.check() }
        }
      }
    }
    // Up again: which of those depend on a target.
    var onPath: [UInt32] = []
    var depends: Set<UInt32> = []
    for raw in reached.sorted() {
      if wanted.contains(raw) || operands(of: raw).contains(where: { depends.contains($0) }) {
        depends.insert(raw)
        onPath.append(raw)
      }
    }
    return OrderedNodes(onPath)
  }

  /// The tracked operands of a node.
  func operands(of raw: UInt32) -> [UInt32] {
    guard let node = pointer(to: NodeID(raw: raw))?.pointee, !node.flags.contains(.leaf) else {
      return []
    }
    if node.flags.contains(.application) {
      return applications[Int(node.application)]?.operands.map(\.node.raw)
        .filter { $0 >= NodeID.firstTracked } ?? []
    }
    return [node.a, node.b].filter { $0 >= NodeID.firstTracked }
  }

  /// The local Jacobians of a node for the tracked operands that the condition picks.
  mutating func localMaps(
    of raw: UInt32, where isWanted: (UInt32) -> Bool
  ) throws(GateError) -> [(operand: UInt32, map: LinearMap)] {
    guard let node = pointer(to: NodeID(raw: raw))?.pointee, !node.flags.contains(.leaf) else {
      return []
    }
    let gate: Gate
    let application: Application
    if node.flags.contains(.application) {
      guard let stored = applications[Int(node.application)] else { throw .forgotten }
      application = stored
      gate = applicationGates[Int(node.application)] ?? GateTable.gates[Int(node.gate)]
    } else {
      gate = GateTable.gates[Int(node.gate)]
      var operands = [Traced(Tensor(node.x), NodeID(raw: node.a))]
      if !node.flags.contains(.unary) {
        operands.append(Traced(Tensor(node.y), NodeID(raw: node.b)))
      }
      application = Application(
        operands: operands, parameters: .none,
        result: Traced(Tensor(node.value), NodeID(raw: raw)))
    }
    var maps: [(UInt32, LinearMap)] = []
    for (place, operand) in application.operands.enumerated()
    where operand.node.isTracked && isWanted(operand.node.raw) {
      if place & 0xfff == 0xfff { try interruption.check() }
      maps.append((operand.node.raw, try localMap(gate, application, operand: place)))
    }
    return maps
  }
}

/// Nodes in recorded order, with quick membership.
struct OrderedNodes {
  let nodes: [UInt32]
  private let members: Set<UInt32>

  init(_ nodes: [UInt32]) {
    self.nodes = nodes
    members = Set(nodes)
  }

  func contains(_ raw: UInt32) -> Bool { members.contains(raw) }
  func reversed() -> ReversedCollection<[UInt32]> { nodes.reversed() }
}

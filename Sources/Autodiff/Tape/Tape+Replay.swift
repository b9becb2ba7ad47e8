// Computing a recorded value again from changed leaves: what numeric checks of recorded values need.

extension Tape {
  /// The leaves that a value depends on, in recorded order.
  public func leaves(of root: Traced) -> [NodeID] {
    reached(from: root).filter { isLeaf(NodeID(raw: $0)) }.map { NodeID(raw: $0) }
  }

  /// The candidates that a value depends on.
  public func ancestors(of root: NodeID, among candidates: [NodeID]) -> Set<NodeID> {
    let wanted = Set(candidates)
    guard let lowest = candidates.filter(\.isTracked).min() else { return [] }
    return Set(
      reached(from: Traced(Tensor(0), root), notBelow: lowest.raw).map { NodeID(raw: $0) }
    ).intersection(wanted)
  }

  /// The nodes that a value depends on, itself included, in recorded order.
  private func reached(from root: Traced, notBelow lowest: UInt32 = 0) -> [UInt32] {
    guard root.node.isTracked else { return [] }
    var seen: Set<UInt32> = [root.node.raw]
    var stack = [root.node.raw]
    while let raw = stack.popLast() {
      for operand in operands(of: raw) where operand >= lowest {
        if seen.insert(operand).inserted { stack.append(operand) }
      }
    }
    return seen.sorted()
  }

  /// A value computed again and again from changed leaves.
  public struct Replay {
    fileprivate let order: [UInt32]
    fileprivate var values: [UInt32: Tensor] = [:]
    fileprivate let root: UInt32
  }

  /// Computes a recorded value anew, and all that it depends on.
  ///
  /// Throws: GradientError where its history was forgotten.
  public func replay(of root: Traced) throws(GateError) -> Replay {
    if isForgotten(root.node) { throw .forgotten }
    var replay = Replay(order: reached(from: root), root: root.node.raw)
    // Leaves' values stand with the applications that use them.
    for raw in replay.order {
      if isForgotten(raw) { throw .forgotten }
      guard let node = pointer(to: NodeID(raw: raw))?.pointee else { continue }
      if node.flags.contains(.application) {
        for operand in applications[Int(node.application)]?.operands ?? []
        where isLeaf(operand.node) {
          replay.values[operand.node.raw] = operand.tensor
        }
      } else if !node.flags.contains(.tensor) {
        replay.values[raw] = Tensor(node.value)
      }
    }
    for raw in replay.order { try compute(raw, &replay.values, in: replay.values) }
    return replay
  }

  /// The root's value with one leaf changed.
  public func value(
    of replay: Replay, with leaf: NodeID, at tensor: Tensor
  ) throws(GateError) -> Tensor {
    var changed: [UInt32: Tensor] = [leaf.raw: tensor]
    for raw in replay.order where raw > leaf.raw {
      guard operands(of: raw).contains(where: { changed[$0] != nil }) else { continue }
      try compute(raw, &changed, in: replay.values)
    }
    return changed[replay.root] ?? replay.values[replay.root] ?? Tensor(.nan)
  }

  /// A leaf's value as it was used.
  public func value(of leaf: NodeID, in replay: Replay) -> Tensor? { replay.values[leaf.raw] }

  /// Computes one node from the values that are known, changed ones first.
  private func compute(
    _ raw: UInt32, _ changed: inout [UInt32: Tensor], in known: [UInt32: Tensor]
  ) throws(GateError) {
    guard let node = pointer(to: NodeID(raw: raw))?.pointee, !node.flags.contains(.leaf) else {
      return
    }
    func value(_ id: UInt32, _ own: Tensor) -> Tensor { changed[id] ?? known[id] ?? own }
    if !node.flags.contains(.application) {
      let x = value(node.a, Tensor(node.x)).number
      let y = value(node.b, Tensor(node.y)).number
      switch GateTable.gates[Int(node.gate)].kind {
      case .unary(let row): changed[raw] = Tensor(row.scalar(x))
      case .binary(let row): changed[raw] = Tensor(row.scalar(x, y))
      case .general, .custom: break
      }
      return
    }
    guard let application = applications[Int(node.application)],
      let gate = applicationGates[Int(node.application)]
    else { throw .forgotten }
    let operands = application.operands.map { value($0.node.raw, $0.tensor) }
    switch gate.kind {
    case .unary(let row): changed[raw] = row.map(operands[0])
    case .binary(let row):
      changed[raw] = try row.map(operands[0], operands[1], phrase: gate.phrase)
    case .general(let row): changed[raw] = try row.forward(operands, application.parameters)
    case .custom(let row): changed[raw] = try row.forward(operands)
    }
  }
}

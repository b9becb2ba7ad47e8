// Applying gates: the value is computed, and recorded when an operand is tracked.

extension Tape {
  /// An elementwise gate of more entries than this takes long enough to look for an interruption.
  private static let longGate = 1 << 16

  /// Records an elementwise gate of a number; `gate` must be a `.unary` row.
  @inline(__always)
  mutating func recordUnary(_ gate: Gate, _ value: Double, _ x: Double, _ node: NodeID) -> NodeID {
    guard node.isTracked, isRecording else { return node.isTracked ? .constant : node }
    var flags: Node.Flags = .unary
    if isTrained(node) {
      flags.formUnion([.trained, .trainedA])
    }
    return append(
      Node(
        gate: gate.index, flags: flags, a: node.raw, b: 0, application: 0, value: value, x: x, y: 0)
    )
  }

  /// Records an elementwise gate of two numbers; `gate` must be a `.binary` row.
  @inline(__always)
  mutating func recordBinary(
    _ gate: Gate, _ value: Double, _ x: Double, _ a: NodeID, _ y: Double, _ b: NodeID
  ) -> NodeID {
    guard a.isTracked || b.isTracked, isRecording else {
      return a.isTracked || b.isTracked ? .constant : .untracked(a, b)
    }
    var flags: Node.Flags = []
    if isTrained(a) {
      flags.formUnion([.trained, .trainedA])
    }
    if isTrained(b) {
      flags.formUnion([.trained, .trainedB])
    }
    return append(
      Node(
        gate: gate.index, flags: flags, a: a.raw, b: b.raw, application: 0, value: value, x: x,
        y: y))
  }

  /// Applies an elementwise gate of one operand to a number.
  public mutating func apply(unary gate: Gate, _ x: Double, _ node: NodeID) -> (Double, NodeID) {
    guard case .unary(let row) = gate.kind else { preconditionFailure("\(gate.name) is not unary") }
    let value = row.scalar(x)
    guard row.partial != nil else { return (value, node.throughStep) }
    return (value, recordUnary(gate, value, x, node))
  }

  /// Applies an elementwise gate of two operands to numbers.
  public mutating func apply(
    binary gate: Gate, _ x: Double, _ a: NodeID, _ y: Double, _ b: NodeID
  ) -> (Double, NodeID) {
    guard case .binary(let row) = gate.kind else {
      preconditionFailure("\(gate.name) is not binary")
    }
    let value = row.scalar(x, y)
    guard row.partials != nil else {
      return (value, .untracked(a.throughStep, b.throughStep))
    }
    return (value, recordBinary(gate, value, x, a, y, b))
  }

  /// Records an operation on numbers whose value the caller computed by the gate's own formula.
  ///
  /// For the arithmetic of loops, where a call through the row would cost more than the sum.
  public mutating func record(
    binary gate: Gate, value: Double, _ x: Double, _ a: NodeID, _ y: Double, _ b: NodeID
  ) -> NodeID {
    recordBinary(gate, value, x, a, y, b)
  }

  /// Applies a gate to values of any shape.
  ///
  /// Throws: a ``GateError`` when shapes do not fit, with `{0}`, `{1}` for the operands.
  public mutating func apply(
    _ gate: Gate, _ operands: [Traced], _ parameters: Parameters = .none
  ) throws(GateError) -> Traced {
    switch gate.kind {
    case .unary(let row):
      let x = operands[0]
      if x.tensor.isScalar {
        let value = row.scalar(x.tensor.number)
        let node =
          row.partial == nil
          ? x.node.throughStep : recordUnary(gate, value, x.tensor.number, x.node)
        return Traced(Tensor(number: value, isMask: row.isMask), node)
      }
      let result = row.map(x.tensor)
      if result.count > Tape.longGate { try interruption.check() }
      return record(
        gate, operands, parameters, result, keep: gate.needs.0, isDefined: row.partial != nil)
    case .binary(let row):
      let x = operands[0]
      let y = operands[1]
      if x.tensor.isScalar, y.tensor.isScalar {
        let value = row.scalar(x.tensor.number, y.tensor.number)
        let node =
          row.partials == nil
          ? .untracked(x.node.throughStep, y.node.throughStep)
          : recordBinary(gate, value, x.tensor.number, x.node, y.tensor.number, y.node)
        return Traced(Tensor(number: value, isMask: row.isMask), node)
      }
      let result = try row.map(x.tensor, y.tensor, phrase: gate.phrase)
      if result.count > Tape.longGate { try interruption.check() }
      // Only the local gradients of tracked operands will be asked for.
      var needs: Gate.Needs = []
      if x.node.isTracked { needs.formUnion(gate.needs.0) }
      if y.node.isTracked { needs.formUnion(gate.needs.1) }
      return record(
        gate, operands, parameters, result, keep: needs, isDefined: row.partials != nil)
    case .general(let row):
      try interruption.check()
      let tensors = operands.map(\.tensor)
      let result: Tensor
      var cache: (any Sendable)?
      if let caching = row.caching, isRecording, operands.contains(where: { $0.node.isTracked }) {
        let outcome = try caching(tensors, parameters)
        (result, cache) = (outcome.0, outcome.1)
      } else {
        result = try row.forward(tensors, parameters)
      }
      // A product that was interrupted is not whole.
      try interruption.check()
      return record(
        gate, operands, parameters, result, keepsAll: row.usesOperands,
        keep: row.usesResult ? .result : [], isDefined: row.local != nil, cache: cache)
    case .custom: preconditionFailure("the host applies \(gate.name) and records it")
    }
  }

  /// Records an application of a user's gate whose result the host has computed.
  public mutating func record(
    custom gate: Gate, _ operands: [Traced], result: Tensor, cache: any Sendable
  ) -> Traced {
    record(
      gate, operands, .other(cache), result, keepsAll: true, keep: .result, isDefined: true)
  }

  /// Records an application to tensors; values that no local gradient needs are not kept.
  private mutating func record(
    _ gate: Gate, _ operands: [Traced], _ parameters: Parameters, _ result: Tensor,
    keepsAll: Bool = false, keep: Gate.Needs, isDefined: Bool, cache: (any Sendable)? = nil
  ) -> Traced {
    guard isDefined else {
      let steps = operands.contains { $0.node.throughStep == .stepped }
      return Traced(result, steps ? .stepped : .constant)
    }
    var isTracked = false
    var untracked = NodeID.fresh
    if let first = operands.first, !first.node.isTracked { untracked = first.node }
    var flags: Node.Flags = .application
    for operand in operands {
      let node = operand.node
      guard node.isTracked else {
        untracked = .untracked(untracked, node)
        continue
      }
      isTracked = true
      if isTrained(node) { flags.insert(.trained) }
    }
    guard isTracked else { return Traced(result, untracked) }
    guard isRecording else { return Traced(constant: result) }
    if !result.isScalar { flags.insert(.tensor) }
    var saved = operands
    for index in saved.indices {
      let node = saved[index].node
      guard node.isTracked else { continue }
      pointer(to: node)?.pointee.flags.insert(.used)
      // Untracked operands and leaves are kept too: without them nothing could be computed again.
      let isNeeded =
        keepsAll || index < 2 && keep.contains(index == 0 ? .first : .second) || isLeaf(node)
      if !isNeeded { saved[index].tensor = .shapeOnly(of: saved[index].shape) }
    }
    let application = Application(
      operands: saved, parameters: parameters,
      result: Traced(
        keep.contains(.result) ? result : .shapeOnly(of: result.shape), NodeID(raw: next)),
      cache: cache)
    let index = store(application, gate: gate)
    let node = append(
      Node(
        gate: gate.index, flags: flags, a: 0, b: 0, application: index, value: result.number, x: 0,
        y: 0))
    noteOwner(node)
    return Traced(result, node)
  }
}

extension Tape {
  /// Replaces picked entries of a tensor, in place where its buffer has no other owner.
  ///
  /// Returns the result's node. A leaf that gets untracked values is a leaf again: itself while
  /// nothing was computed from it and it has one name, else a new one, so that gradients of what was
  /// there before do not reach what is there now. `value` must broadcast to `selection.result`.
  public mutating func replace(
    _ target: inout Tensor, node: NodeID, _ selection: Selection, with value: Traced,
    isShared: Bool = false
  ) -> NodeID {
    let values = value.tensor.broadcast(to: selection.result)
    if !value.node.isTracked, !node.isTracked || isLeaf(node) {
      target.isMask = target.isMask && value.tensor.isMask
      target.replace(selection, with: values)
      guard isRecording, node.isTracked, isShared || flags(of: node).contains(.used) else {
        return node
      }
      let leaf = leaf(target)
      gradients.transfer(from: node, to: leaf)
      return leaf
    }
    // A leaf's entries are kept as they were, so that what was computed can be computed again.
    let source = isLeaf(node) ? Traced(target, node) : Traced(.shapeOnly(of: target.shape), node)
    target.isMask = target.isMask && value.tensor.isMask
    target.replace(selection, with: values)
    let updated = record(
      EngineGates.replace, [source, value], .selection(selection), target, keep: [],
      isDefined: true
    ).node
    // The name keeps the gradient that its value had in the last pass.
    gradients.transfer(from: node, to: updated)
    return updated
  }
}

import Autodiff

// Keeping the tape small: what no variable reaches goes, and past the budget the oldest history.

extension Session {
  /// Frees what was recorded since a mark and is not reached any more; forgets the oldest history
  /// where that passes the budget, and says so once.
  ///
  /// Throws: MemoryError when the tape has numbered as many operations as it can.
  @inline(never)
  func reclaim(_ mark: inout Tape.LoopMark) throws(Failure) {
    guard !tape.pointee.isFull else {
      throw Failure(
        .memory,
        "the tape has recorded some 4 thousand million operations, as many as it can number",
        hint: "restart the kernel; what needs no gradients records nothing inside with no_grad()")
    }
    let roots = roots()
    tape.pointee.reclaim(&mark, roots: roots) { cache in
      guard let call = cache as? GateObject.Call else { return [] }
      var walk = LiveNodes()
      walk.visit(call.frame)
      return walk.roots.nodes
    }
    guard tape.pointee.isOverBudget, tape.pointee.forget(keeping: roots) else { return }
    BufferPool.release(keeping: Session.idleMemory)
    guard !toldOfForgetting else { return }
    toldOfForgetting = true
    warn(
      "the tape keeps more than \(MemoryLimit.text(tape.pointee.budget)) of history; the oldest is"
        + " forgotten from now on, and gradients through it will be errors", at: nil,
      hint: "param(…) for what is trained, detach(x) or with no_grad() for what is not")
  }

  /// The nodes that variables stand for, in all modules, interactions and running functions.
  private func roots() -> Tape.Roots {
    var walk = LiveNodes()
    for (_, value) in globals.bound { walk.visit(value) }
    for module in modules.values { if let module { walk.visit(.object(module)) } }
    for value in interactions.held { walk.visit(value) }
    for frame in frames { walk.visit(frame.takeUnretainedValue()) }
    return walk.roots
  }
}

/// Walks values for the nodes that they stand for; objects are visited once, without recursion.
private struct LiveNodes {
  private(set) var roots = Tape.Roots()
  private var seen: Set<ObjectIdentifier> = []
  private var pending: [Value] = []

  mutating func visit(_ frame: Frame) {
    for slot in 0..<frame.code.layout.slotCount { pending.append(frame.slots[slot]) }
    for variable in frame.shared { pending.append(variable.value) }
    drain()
  }

  mutating func visit(_ value: Value) {
    pending.append(value)
    drain()
  }

  private mutating func drain() {
    while let value = pending.popLast() {
      roots.visited += 1
      if value.node.isTracked { roots.nodes.append(value.node.raw) }
      guard case .object(let object) = value, seen.insert(ObjectIdentifier(object)).inserted else {
        continue
      }
      pending += object.held
      roots.nodes += object.heldNodes
    }
  }
}

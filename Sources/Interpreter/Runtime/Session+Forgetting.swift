import Autodiff

// Keeping the tape within its budget.

extension Session {
  /// Lets the tape forget its oldest history where that passes the budget; says so once.
  @inline(never)
  func trimTape() {
    guard tape.pointee.trim(keeping: { self.liveNodes() }), !toldOfForgetting else { return }
    toldOfForgetting = true
    warn(
      "the tape keeps more than \(Session.bytesText(tape.pointee.budget)) of history; the oldest is"
        + " forgotten from now on, and gradients through it will be errors", at: nil,
      hint: "param(…) for what is trained, detach(x) or with no_grad() for what is not")
  }

  /// The nodes that variables stand for, in all modules and running functions.
  private func liveNodes() -> Set<UInt32> {
    var walk = LiveNodes()
    for (_, value) in globals.bound { walk.visit(value) }
    for module in modules.values { if let module { walk.visit(.object(module)) } }
    for frame in frames { walk.visit(frame.takeUnretainedValue()) }
    return walk.nodes
  }
}

/// Walks values for the nodes that they stand for; objects are visited once, without recursion.
private struct LiveNodes {
  private(set) var nodes: Set<UInt32> = []
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
      if value.node.isTracked { nodes.insert(value.node.raw) }
      guard case .object(let object) = value, seen.insert(ObjectIdentifier(object)).inserted else {
        continue
      }
      switch object {
      case let list as ListObject: pending += list.items
      case let tuple as TupleObject: pending += tuple.items
      case let dict as DictObject: pending += dict.items.map(\.value)
      case let instance as InstanceObject:
        pending += instance.attributes.values
        pending.append(.object(instance.type))
      case let type as ClassObject:
        pending += type.members.values
        if let base = type.base { pending.append(.object(base)) }
      case let function as FunctionObject:
        pending += function.captured.map(\.value) + function.defaults + function.keywordDefaults
      case let method as BoundMethod:
        pending.append(method.receiver)
        pending.append(.object(method.function))
      case let gate as GateObject: pending.append(.object(gate.forward))
      case let module as ModuleObject: pending += module.members.values
      default: break
      }
    }
  }
}

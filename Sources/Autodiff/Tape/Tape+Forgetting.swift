// The tape's budget: past it the oldest history is forgotten, node by node. Leaves that values
// still stand for survive, so that a loop may go on for ever with the data it started from.

extension Tape {
  /// Whether what is kept may be more than the budget, so that ``forget(keeping:)`` should look.
  public var isOverBudget: Bool {
    heldBytes > budget && heldBytes - heldAtLastCount > budget / 8
  }

  /// Forgets the oldest history while it takes more than the budget.
  ///
  /// `live` are the nodes that values of the host stand for. Returns whether anything was forgotten.
  public mutating func forget(keeping live: Roots) -> Bool {
    defer { heldAtLastCount = heldBytes }
    let sizes = applicationSizes()
    var total = sizes.values.reduce(liveChunks.count * Tape.chunkBytes, +)
    guard total > budget else { return false }
    // Down to three quarters, so that not every step forgets a little.
    var end = base
    while total > budget / 4 * 3, end < next {
      if chunks[Int(end >> Tape.chunkBits)] == nil {
        end = ((end >> Tape.chunkBits) + 1) << Tape.chunkBits
        continue
      }
      total -= MemoryLayout<Node>.stride + (sizes[end] ?? 0)
      end += 1
    }
    forget(before: min(end, next), keeping: Set(live.nodes))
    return true
  }

  /// The bytes that each application keeps alive; a shared buffer counts where it is used last.
  private func applicationSizes() -> [UInt32: Int] {
    var seen: Set<ObjectIdentifier> = []
    var sizes: [UInt32: Int] = [:]
    for chunk in liveChunks.reversed() where chunk >= Int(base >> Tape.chunkBits) {
      let first = max(UInt32(chunk) << Tape.chunkBits, base)
      let end = min(UInt32(chunk + 1) << Tape.chunkBits, next)
      for raw in (first..<max(end, first)).reversed() {
        guard let node = pointer(to: NodeID(raw: raw)), node.pointee.flags.contains(.application),
          let application = applications[Int(node.pointee.application)]
        else { continue }
        var bytes = application.cachedBytes
        for tensor in application.tensors {
          if let buffer = tensor.buffer, seen.insert(ObjectIdentifier(buffer)).inserted {
            bytes += buffer.count * MemoryLayout<Double>.stride
          }
        }
        sizes[raw] = bytes
      }
    }
    return sizes
  }

  private mutating func forget(before end: UInt32, keeping live: Set<UInt32>) {
    for raw in base..<end {
      guard let node = pointer(to: NodeID(raw: raw))?.pointee else { continue }
      if node.flags.contains(.application) {
        free(application: node.application)
      } else if node.flags.contains(.leaf), live.contains(raw) {
        survivors[raw] = node.flags
      }
    }
    freeChunks(liveChunks.filter { $0 < Int(end >> Tape.chunkBits) })
    survivors = survivors.filter { live.contains($0.key) }
    base = end
  }
}

extension Selection {
  fileprivate var listedBytes: Int {
    guard case .listed(let offsets) = places else { return 0 }
    return offsets.count * MemoryLayout<Int>.stride
  }
}

extension Application {
  /// The tensors that it keeps alive.
  var tensors: [Tensor] { operands.map(\.tensor) + [result.tensor] }

  /// The bytes of those, each counted, shared or not.
  var bytes: Int {
    var bytes = 128
    for operand in operands {
      if let buffer = operand.tensor.buffer { bytes += buffer.count * 8 }
    }
    if let buffer = result.tensor.buffer { bytes += buffer.count * 8 }
    return bytes + cachedBytes
  }

  /// The bytes of selections that list their places.
  var cachedBytes: Int {
    var bytes = (cache as? Selection)?.listedBytes ?? 0
    if case .selection(let selection) = parameters { bytes += selection.listedBytes }
    return bytes
  }
}

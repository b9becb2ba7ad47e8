// The tape's budget: past it the oldest history is forgotten, node by node. Leaves that values
// still stand for survive, so that a loop may go on for ever with the data it started from.

extension Tape {
  /// Whether so much was recorded that ``trim(keeping:)`` should look at what is kept.
  public var wantsTrim: Bool {
    recordedBytes + (Int(next) - lastTrim) * MemoryLayout<Node>.stride
      > min(trimThreshold, budget)
  }

  /// Forgets the oldest history while it takes more than the budget.
  ///
  /// `live` are the nodes that values of the host stand for. Returns whether anything was forgotten.
  public mutating func trim(keeping live: () -> Set<UInt32>) -> Bool {
    defer {
      recordedBytes = 0
      lastTrim = Int(next)
    }
    let sizes = applicationSizes()
    var total = sizes.values.reduce(Int(next - base) * MemoryLayout<Node>.stride, +)
    guard total > budget else {
      // Look again when as much has been recorded as is left of the budget.
      trimThreshold = max(budget - total, budget / 8)
      return false
    }
    let kept = live()
    // Down to three quarters, so that not every step forgets a little.
    var end = base
    while total > budget / 4 * 3, end < next {
      total -= MemoryLayout<Node>.stride + (sizes[end] ?? 0)
      end += 1
    }
    forget(before: end, keeping: kept)
    trimThreshold = budget / 4
    return true
  }

  /// The bytes that each application keeps alive; a shared buffer counts where it is used last.
  private func applicationSizes() -> [UInt32: Int] {
    var seen: Set<ObjectIdentifier> = []
    var sizes: [UInt32: Int] = [:]
    var raw = next
    while raw > base {
      raw -= 1
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
    return sizes
  }

  private mutating func forget(before end: UInt32, keeping live: Set<UInt32>) {
    for raw in base..<end {
      guard let node = pointer(to: NodeID(raw: raw))?.pointee else { continue }
      if node.flags.contains(.application) {
        applications[Int(node.application)] = nil
        applicationGates[Int(node.application)] = nil
        freeApplications.append(node.application)
      } else if node.flags.contains(.leaf), live.contains(raw) {
        survivors[raw] = node.flags
      }
    }
    for chunk in Int(base >> Tape.chunkBits)..<Int(end >> Tape.chunkBits) {
      chunks[chunk]?.deallocate()
      chunks[chunk] = nil
    }
    survivors = survivors.filter { live.contains($0.key) }
    base = end
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

  /// The bytes of a cached selection.
  var cachedBytes: Int {
    guard let selection = cache as? Selection, case .listed(let offsets) = selection.places else {
      return 0
    }
    return offsets.count * MemoryLayout<Int>.stride
  }
}

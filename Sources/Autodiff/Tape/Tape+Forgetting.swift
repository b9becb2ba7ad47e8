// The tape's budget: past it the oldest history is forgotten, chunk by chunk. Leaves that values
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
    var sizes = chunkSizes()
    var total = sizes.reduce(0) { $0 + $1.bytes }
    guard total > budget else {
      // Look again when as much has been recorded as is left of the budget.
      trimThreshold = max(budget - total, budget / 8)
      return false
    }
    let kept = live()
    // Down to three quarters, so that not every step forgets a little.
    while total > budget / 4 * 3, sizes.count > 1 {
      let oldest = sizes.removeFirst()
      forget(oldest.chunk, keeping: kept)
      total -= oldest.bytes
    }
    trimThreshold = budget / 4
    return true
  }

  /// The bytes that each chunk's history keeps; a buffer counts where it is used first.
  private func chunkSizes() -> [(chunk: Int, bytes: Int)] {
    var seen: Set<ObjectIdentifier> = []
    var sizes: [(Int, Int)] = []
    for chunk in Int(base >> Tape.chunkBits)...Int(next >> Tape.chunkBits) {
      guard let nodes = chunks[chunk] else { continue }
      var bytes = Tape.chunkSize * MemoryLayout<Node>.stride
      for raw in Tape.range(of: chunk, from: base, to: next)
      where nodes[Int(raw & Tape.chunkMask)].flags.contains(.application) {
        let index = Int(nodes[Int(raw & Tape.chunkMask)].application)
        guard let application = applications[index] else { continue }
        for tensor in application.tensors {
          if let buffer = tensor.buffer, seen.insert(ObjectIdentifier(buffer)).inserted {
            bytes += buffer.count * MemoryLayout<Double>.stride
          }
        }
      }
      sizes.append((chunk, bytes))
    }
    return sizes
  }

  /// The node numbers of a chunk that are in use.
  private static func range(of chunk: Int, from base: UInt32, to next: UInt32) -> Range<UInt32> {
    let start = UInt32(chunk) << chunkBits
    return max(start, base)..<max(min(start + UInt32(chunkSize), next), max(start, base))
  }

  private mutating func forget(_ chunk: Int, keeping live: Set<UInt32>) {
    guard let nodes = chunks[chunk] else { return }
    for raw in Tape.range(of: chunk, from: base, to: next) {
      let node = nodes[Int(raw & Tape.chunkMask)]
      if node.flags.contains(.application) {
        applications[Int(node.application)] = nil
        applicationGates[Int(node.application)] = nil
        freeApplications.append(node.application)
      } else if node.flags.contains(.leaf), live.contains(raw) {
        survivors[raw] = node.flags
      }
    }
    survivors = survivors.filter { live.contains($0.key) }
    nodes.deallocate()
    chunks[chunk] = nil
    base = UInt32(chunk + 1) << Tape.chunkBits
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
    return bytes
  }
}

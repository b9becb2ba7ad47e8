/// Remembers the digests of the last messages, so that a message sent again is known.
///
/// Only digests of verified messages belong in here; otherwise a stranger could push others out.
/// All memory is taken at the start: the kernel does not grow with the messages it has seen.
public struct ReplayWindow: Sendable {
  /// Half of a digest: enough to tell messages apart, at half the memory.
  private struct Mark: Hashable {
    var high: UInt64
    var low: UInt64
  }

  private var seen: Set<Mark>
  private var order: [Mark]
  private var next = 0

  /// A window over the last `capacity` messages.
  public init(capacity: Int = 8192) {
    // Full of marks that no digest has, so that the memory is there and stays the same.
    order = (0..<UInt64(max(capacity, 1))).map { Mark(high: 0, low: $0) }
    seen = Set(minimumCapacity: order.count + 1)
    seen.formUnion(order)
  }

  /// Remembers a digest; false when it is in the window already.
  public mutating func insert(_ digest: Digest) -> Bool {
    let mark = Mark(high: digest.word(at: 0), low: digest.word(at: 8))
    guard seen.insert(mark).inserted else { return false }
    seen.remove(order[next])
    order[next] = mark
    next = (next + 1) % order.count
    return true
  }
}

extension Digest {
  /// Eight bytes from an offset as one number.
  fileprivate func word(at offset: Int) -> UInt64 {
    bytes.dropFirst(offset).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

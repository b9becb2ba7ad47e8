/// Memory for a tensor's entries; shared between tensors, written only while one tensor owns it.
public final class Buffer: @unchecked Sendable {
  // Sendable: entries are written only before a tensor is shared or through
  // `isKnownUniquelyReferenced`, so two threads never see a write to shared entries.

  public let pointer: UnsafeMutablePointer<Double>
  public let count: Int

  /// Uninitialised memory for `count` entries.
  public init(count: Int) {
    self.count = count
    pointer = BufferPool.take(count)
  }

  deinit { BufferPool.give(pointer, count) }
}

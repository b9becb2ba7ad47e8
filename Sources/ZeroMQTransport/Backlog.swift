import CZeroMQ
import Glibc
import JupyterKernel
import Synchronization

/// The bytes of iopub that the slowest subscriber has not taken yet.
///
/// A message is counted until the last connection that it goes to has let go of it, which a thread
/// of libzmq tells.
final class Backlog: Sendable {
  private let count = Atomic<Int>(0)
  private let isAwaited = Atomic<Bool>(false)
  /// Rings when the backlog that was too large has halved.
  let drained: Wakeup

  /// Past this nothing more is sent.
  static let limit = 64 << 20
  /// What a frame costs beside its bytes.
  private static let frameCost = 128
  /// In front of the bytes of a counted frame stands what the message counts.
  private static let prefix = 16

  init() throws(KernelFailure) { drained = try Wakeup() }

  var bytes: Int { count.load(ordering: .sequentiallyConsistent) }

  /// Whether too much waits; `before` is what this said last, so that it does not flicker.
  func isTooLarge(before: Bool) -> Bool {
    let bound = before ? Self.limit / 2 : Self.limit
    guard bytes > bound else { return false }
    isAwaited.store(true, ordering: .sequentiallyConsistent)
    // It may have drained before anybody knew that this is awaited.
    return bytes > bound
  }

  /// A frame that holds `bytes` and counts the whole message `parts` until it is let go of; nil
  /// when there is no memory.
  func frame(_ bytes: [UInt8], of parts: [[UInt8]]) -> zmq_msg_t? {
    guard let block = malloc(Self.prefix + bytes.count) else { return nil }
    let cost = parts.reduce(0) { $0 + $1.count + Self.frameCost }
    block.storeBytes(of: cost, as: Int.self)
    let data = block + Self.prefix
    bytes.withUnsafeBytes { if let base = $0.baseAddress { memcpy(data, base, $0.count) } }
    var message = zmq_msg_t()
    // The transport keeps this object until libzmq has let go of all messages.
    let status = zmq_msg_init_data(
      &message, data, bytes.count,
      { data, backlog in
        guard let data, let backlog else { return }
        let block = data - Backlog.prefix
        let cost = block.load(as: Int.self)
        free(block)
        Unmanaged<Backlog>.fromOpaque(backlog).takeUnretainedValue().release(cost)
      }, Unmanaged.passUnretained(self).toOpaque())
    guard status == 0 else {
      free(block)
      return nil
    }
    count.add(cost, ordering: .sequentiallyConsistent)
    return message
  }

  private func release(_ cost: Int) {
    let left = count.subtract(cost, ordering: .sequentiallyConsistent).newValue
    guard left <= Self.limit / 2, isAwaited.load(ordering: .relaxed) else { return }
    if isAwaited.exchange(false, ordering: .sequentiallyConsistent) { drained.signal() }
  }
}

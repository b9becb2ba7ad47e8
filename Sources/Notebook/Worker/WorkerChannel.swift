import JSON
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// One end of the socket between a run and the process that runs a file for it.
///
/// A message is its length, eight bytes with the lowest first, and that many bytes of JSON. Sending
/// is open to all threads, receiving to one at a time.
final class WorkerChannel: Sendable {
  /// The descriptor at which a worker finds its end.
  static let workerDescriptor: Int32 = 3

  private let descriptor: Int32
  private let sending = Mutex(())

  init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Two ends that are joined; nil when the system has no room for them.
  static func pair() -> (here: WorkerChannel, there: WorkerChannel)? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
    return (WorkerChannel(descriptor: ends[0]), WorkerChannel(descriptor: ends[1]))
  }

  /// Makes this end the one that a process finds, which is about to be started.
  func hand(to actions: inout posix_spawn_file_actions_t) -> Bool {
    posix_spawn_file_actions_adddup2(&actions, descriptor, Self.workerDescriptor) == 0
  }

  /// Sends a message; false where the other end is gone.
  @discardableResult
  func send(_ message: JSON) -> Bool {
    let body = message.serialized()
    var frame: [UInt8] = []
    frame.reserveCapacity(body.count + 8)
    withUnsafeBytes(of: UInt64(body.count).littleEndian) { frame.append(contentsOf: $0) }
    frame += body
    return sending.withLock { _ in
      var done = 0
      while done < frame.count {
        let count = frame.withUnsafeBytes { bytes in
          Glibc.send(
            descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done,
            Int32(MSG_NOSIGNAL))
        }
        if count < 0, errno == EINTR { continue }
        if count <= 0 { return false }
        done += count
      }
      return true
    }
  }

  enum Reception {
    case message(JSON)
    /// Nothing came in the time that was given.
    case nothing
    /// The other end is gone, or what it sent is none of these messages.
    case closed
  }

  /// Waits for the next message, at most until a moment.
  func receive(until moment: ContinuousClock.Instant? = nil) -> Reception {
    guard waits(until: moment) else { return .nothing }
    guard let header = read(8) else { return .closed }
    let length = header.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= 1 << 40, let body = read(Int(length)),
      let message = try? JSON.parse(body, maximumDepth: .max)
    else { return .closed }
    return .message(message)
  }

  /// Whether something comes until a moment.
  private func waits(until moment: ContinuousClock.Instant?) -> Bool {
    while true {
      var time: Int32 = -1
      if let moment {
        let left = (moment - .now) / .milliseconds(1)
        time = Int32(min(max(left.rounded(.up), 0), 1e9))
      }
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&watched, 1, time)
      if count < 0, errno == EINTR { continue }
      if count == 0, let moment, ContinuousClock.now < moment { continue }
      return count != 0
    }
  }

  private func read(_ count: Int) -> [UInt8]? {
    var isWhole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let part = Glibc.read(descriptor, buffer.baseAddress.map { $0 + done }, count - done)
        if part < 0, errno == EINTR { continue }
        if part <= 0 { break }
        done += part
      }
      isWhole = done == count
    }
    return isWhole ? bytes : nil
  }
}

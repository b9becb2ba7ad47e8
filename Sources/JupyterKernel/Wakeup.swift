#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A bell that one thread rings and another waits for, as a file descriptor that also fits into a
/// poll.
///
/// Sendable without a lock: the descriptors never change, and the system serialises what is done
/// with a pipe.
public final class Wakeup: Sendable {
  /// Becomes readable when the bell is rung.
  public let descriptor: Int32
  private let ringer: Int32

  public init() throws(KernelFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .system("a pipe", errno) }
    descriptor = ends[0]
    ringer = ends[1]
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
  }

  deinit {
    close(descriptor)
    close(ringer)
  }

  /// Wakes the waiter, now or when it next waits.
  ///
  /// A full pipe is as good as one more byte: the waiter will wake.
  public func signal() {
    var byte: UInt8 = 1
    while write(ringer, &byte, 1) < 0, errno == EINTR {}
  }

  /// Takes back all signals so far.
  public func reset() {
    var bytes: (UInt64, UInt64) = (0, 0)
    while true {
      let count = withUnsafeMutableBytes(of: &bytes) { read(descriptor, $0.baseAddress, $0.count) }
      if count < 16, count >= 0 || errno != EINTR { return }
    }
  }

  /// Blocks until there is a signal, and takes all there are.
  public func wait() {
    Self.wait(forOneOf: [self], milliseconds: nil)
    reset()
  }

  /// Blocks until there is a signal, and takes one.
  public func waitForOne() {
    var byte: UInt8 = 0
    repeat { Self.wait(forOneOf: [self], milliseconds: nil) } while read(descriptor, &byte, 1) != 1
  }

  /// Blocks until one of several has a signal, or the time is over; takes no signal.
  public static func wait(forOneOf wakeups: [Wakeup], milliseconds: Int?) {
    var entries = wakeups.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    let limit = milliseconds.map { Int32(clamping: $0) } ?? -1
    while poll(&entries, nfds_t(entries.count), limit) < 0, errno == EINTR {}
  }
}

/// Why the kernel could not start, in one line each.
public enum KernelFailure: Error, CustomStringConvertible {
  case connectionFile(path: String, reason: String)
  case bind(address: String, reason: String)
  case transport(String)
  case system(String, Int32)

  public var description: String {
    switch self {
    case .connectionFile(let path, let reason): "connection file \(path): \(reason)"
    case .bind(let address, let reason): "cannot listen on \(address): \(reason)"
    case .transport(let reason): reason
    case .system(let what, let code): "cannot get \(what): \(String(cString: strerror(code)))"
    }
  }
}

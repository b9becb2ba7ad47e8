import CLinux

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A bell that one thread rings and another waits for, as a file descriptor that also fits into a
/// poll.
///
/// It is an event counter and not a pipe: the system takes it that who writes to a pipe is about to
/// sleep, and wakes the reader on the writer's processor, where it waits while a cell computes.
///
/// Sendable without a lock: the descriptor never changes, and the system serialises what is done
/// with it.
public final class Wakeup: Sendable {
  /// Becomes readable when the bell is rung.
  public let descriptor: Int32

  /// - Parameter isCounted: whether each signal wakes one waiter by ``waitForOne()``.
  public init(isCounted: Bool = false) throws(KernelFailure) {
    descriptor = event_counter(isCounted ? 1 : 0)
    guard descriptor >= 0 else { throw .system("an event counter", errno) }
  }

  deinit { close(descriptor) }

  /// Wakes the waiter, now or when it next waits.
  ///
  /// A full counter is as good as one more: the waiter will wake.
  public func signal() {
    var one: UInt64 = 1
    while write(descriptor, &one, 8) < 0, errno == EINTR {}
  }

  /// Takes back all signals so far.
  public func reset() { _ = take() }

  /// Takes all signals, or one of those that are counted; false when there is none.
  private func take() -> Bool {
    var count: UInt64 = 0
    while read(descriptor, &count, 8) < 0 {
      if errno != EINTR { return false }
    }
    return true
  }

  /// Blocks until there is a signal, and takes all there are.
  public func wait() {
    Self.wait(forOneOf: [self], milliseconds: nil)
    reset()
  }

  /// Blocks until there is a signal, and takes one.
  public func waitForOne() {
    repeat { Self.wait(forOneOf: [self], milliseconds: nil) } while !take()
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

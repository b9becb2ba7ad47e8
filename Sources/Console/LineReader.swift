import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Reads lines from a descriptor; a wait for one can be interrupted from another thread.
public final class LineReader: Sendable {
  public enum Event: Sendable, Equatable {
    /// A line without its end.
    case line(String)
    /// ``interrupt()`` was called.
    case interrupted
    /// The input ended, or is not UTF-8 or not readable.
    case end
  }

  private let descriptor: Int32
  /// A pipe whose bytes end a wait.
  private let wakeReader: Int32
  private let wakeWriter: Int32
  private let pending = Mutex<[UInt8]>([])

  public init(descriptor: Int32 = STDIN_FILENO) {
    self.descriptor = descriptor
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
    }
    wakeReader = ends[0]
    wakeWriter = ends[1]
  }

  deinit {
    close(wakeReader)
    close(wakeWriter)
  }

  /// Ends the wait for a line, now or when the next one begins.
  public func interrupt() {
    var byte: UInt8 = 0
    _ = write(wakeWriter, &byte, 1)
  }

  /// Forgets interrupts that no wait has seen.
  public func forgetInterrupts() {
    var bytes: [UInt8] = Array(repeating: 0, count: 64)
    while Glibc.read(wakeReader, &bytes, bytes.count) > 0 {}
  }

  /// The next line; blocks until there is one.
  public func next() -> Event {
    while true {
      if let line = takeLine(atEnd: false) { return .line(line) }
      var watched = [
        pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&watched, 2, -1) < 0 {
        if errno == EINTR { continue }
        return .end
      }
      if watched[0].revents != 0 {
        forgetInterrupts()
        pending.withLock { $0 = [] }
        return .interrupted
      }
      guard readMore() else { return takeLine(atEnd: true).map { .line($0) } ?? .end }
    }
  }

  private func readMore() -> Bool {
    var chunk: [UInt8] = Array(repeating: 0, count: 65_536)
    var count = Glibc.read(descriptor, &chunk, chunk.count)
    while count < 0, errno == EINTR { count = Glibc.read(descriptor, &chunk, chunk.count) }
    guard count > 0 else { return false }
    pending.withLock { $0 += chunk[..<count] }
    return true
  }

  private func takeLine(atEnd: Bool) -> String? {
    pending.withLock { bytes in
      guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? (atEnd ? bytes.count : nil),
        !bytes.isEmpty
      else { return nil }
      var line = bytes[..<end]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let text = String(decoding: line, as: UTF8.self)
      bytes.removeSubrange(..<min(end + 1, bytes.count))
      return text
    }
  }
}

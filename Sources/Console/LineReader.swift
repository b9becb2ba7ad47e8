import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Reads lines, or the bytes of keys, from a descriptor; a wait for one can be interrupted from
/// another thread.
public final class LineReader: Sendable {
  public enum Event: Sendable, Equatable {
    /// A line without its end.
    case line(String)
    /// ``interrupt()`` was called.
    case interrupted
    /// The input ended, or is not readable.
    case end
  }

  /// What a wait for a key gave.
  enum KeyEvent: Equatable {
    case byte(UInt8)
    case interrupted
    /// Somebody has something to say: a signal by its number, or a thread by ``news``.
    case told(UInt8)
    case end
  }

  /// What was read and not yet taken.
  private struct Pending {
    var bytes: [UInt8] = []
    /// Where what is not yet taken begins.
    var start = 0

    var isEmpty: Bool { start == bytes.count }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
      let taken = bytes[start..<(start + count)]
      start += count
      if start == bytes.count { self = Pending() }
      return taken
    }

    mutating func giveBack(_ byte: UInt8) {
      if start == 0 { bytes.insert(byte, at: 0) } else { start -= 1 }
      bytes[start] = byte
    }
  }

  private struct Heard {
    var isInterrupted = false
    /// Signals and news, in the order in which they came.
    var reasons: [UInt8] = []
  }

  private let descriptor: Int32
  /// A descriptor of our own for the same terminal, whose reads do not wait; -1 where there is none.
  ///
  /// An interrupt makes a terminal forget what was typed. Where that happens between the wait and
  /// the read, a read that waits would see neither the text nor the interrupt.
  private let ownDescriptor: Int32
  /// A pipe whose bytes end a wait.
  private let wakeReader: Int32
  /// Where a byte ends a wait: 0 as an interrupt, the number of a signal, or ``news``.
  let wakeWriter: Int32
  private let pending = Mutex(Pending())
  /// What the pipe told and no wait has seen.
  private let heard = Mutex(Heard())

  /// What a thread writes to be heard; no signal has this number.
  static let news: UInt8 = 255

  public init(descriptor: Int32 = STDIN_FILENO) {
    ownDescriptor =
      isatty(descriptor) == 1
      ? open("/proc/self/fd/\(descriptor)", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
    self.descriptor = ownDescriptor >= 0 ? ownDescriptor : descriptor
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
    if ownDescriptor >= 0 { close(ownDescriptor) }
    close(wakeReader)
    close(wakeWriter)
  }

  /// Ends the wait for a line, now or when the next one begins.
  public func interrupt() { wake(0) }

  /// Ends the wait for a key with a byte that says why.
  func wake(_ reason: UInt8) {
    var byte = reason
    _ = write(wakeWriter, &byte, 1)
  }

  /// Forgets interrupts that no wait has seen.
  public func forgetInterrupts() { _ = takeInterrupts() }

  /// Forgets interrupts that no wait has seen; says whether there were any.
  func takeInterrupts() -> Bool {
    hear()
    return heard.withLock { heard in
      defer { heard.isInterrupted = false }
      return heard.isInterrupted
    }
  }

  /// The signals that no wait has seen, which none will see.
  func takeSignals() -> [Int32] {
    hear()
    return heard.withLock { heard in
      let signals = heard.reasons.filter { $0 != Self.news }
      heard.reasons.removeAll { $0 != Self.news }
      return signals.map(Int32.init)
    }
  }

  /// Empties the pipe.
  private func hear() {
    var bytes: [UInt8] = Array(repeating: 0, count: 64)
    while true {
      let count = Glibc.read(wakeReader, &bytes, bytes.count)
      guard count > 0 else { return }
      heard.withLock { heard in
        heard.isInterrupted = heard.isInterrupted || bytes[..<count].contains(0)
        heard.reasons += bytes[..<count].filter { $0 != 0 }
      }
    }
  }

  /// Forgets what was typed ahead.
  func forgetTyped() { pending.withLock { $0 = Pending() } }

  // MARK: Lines

  /// The next line; blocks until there is one.
  public func next() -> Event {
    while true {
      if let line = takeLine(atEnd: false) { return .line(line) }
      switch wait() {
      case .interrupted: return .interrupted
      case .told: continue
      case .byte:
        guard readMore() else { return takeLine(atEnd: true).map { .line($0) } ?? .end }
      case .end: return .end
      }
    }
  }

  // MARK: Keys

  /// The next byte of a key; blocks until there is one.
  func nextByte() -> KeyEvent {
    while true {
      // What was typed ahead does not keep news waiting, but a paste is not to ask at each byte.
      let (byte, isEmpty) = pending.withLock { pending -> (UInt8?, Bool) in
        if pending.isEmpty || pending.start % 256 == 0 { return (nil, pending.isEmpty) }
        return (pending.take(1).first, false)
      }
      if let byte { return .byte(byte) }
      switch wait(forInput: isEmpty) {
      case .interrupted: return .interrupted
      case .told(let reason): return .told(reason)
      case .end: return .end
      case .byte:
        if let byte = pending.withLock({ $0.isEmpty ? nil : $0.take(1).first }) {
          return .byte(byte)
        }
        guard readMore() else { return .end }
      }
    }
  }

  /// Lets a byte that was taken be the next one.
  func giveBack(_ byte: UInt8) { pending.withLock { $0.giveBack(byte) } }

  /// Whether a byte can be had within so many milliseconds.
  func hasMore(within milliseconds: Int32 = 0) -> Bool {
    if !pending.withLock({ $0.isEmpty }) { return true }
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, milliseconds) > 0
  }

  /// What ends a wait for a key already, be there input or not; nil where nothing does.
  func waitingEvent() -> KeyEvent? {
    let event = wait(forInput: false)
    return event == .byte(0) ? nil : event
  }

  // MARK: Waiting

  /// Waits until there is input, which is `.byte` whatever it is, or somebody ends the wait; with
  /// input at hand it only looks whether somebody did.
  private func wait(forInput: Bool = true) -> KeyEvent {
    while true {
      if let event = takeHeard() { return event }
      var watched = [
        pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      ]
      if poll(&watched, forInput ? 2 : 1, forInput ? -1 : 0) < 0 {
        if errno == EINTR { continue }
        return .end
      }
      guard watched[0].revents != 0 else { return .byte(0) }
      hear()
    }
  }

  /// What was heard: an interrupt, which takes with it what was typed, or else what came first.
  private func takeHeard() -> KeyEvent? {
    if takeInterrupts() {
      forgetTyped()
      return .interrupted
    }
    return heard.withLock { $0.reasons.isEmpty ? nil : .told($0.reasons.removeFirst()) }
  }

  private func readMore() -> Bool {
    var chunk: [UInt8] = Array(repeating: 0, count: 65_536)
    var count = Glibc.read(descriptor, &chunk, chunk.count)
    while count < 0, errno == EINTR { count = Glibc.read(descriptor, &chunk, chunk.count) }
    if count < 0, errno == EAGAIN { return true }
    guard count > 0 else { return false }
    pending.withLock { $0.bytes += chunk[..<count] }
    return true
  }

  private func takeLine(atEnd: Bool) -> String? {
    pending.withLock { pending in
      let waiting = pending.bytes[pending.start...]
      // Keys that were typed ahead of a cell end their lines with a return.
      let found = waiting.firstIndex {
        $0 == UInt8(ascii: "\n") || (ownDescriptor >= 0 && $0 == UInt8(ascii: "\r"))
      }
      guard let end = found ?? (atEnd ? waiting.endIndex : nil), !waiting.isEmpty else {
        return nil
      }
      var line = pending.take(end - pending.start)
      if !pending.isEmpty { _ = pending.take(1) }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      return String(decoding: line, as: UTF8.self)
    }
  }
}

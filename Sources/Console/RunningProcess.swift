#if canImport(Glibc)
  import Glibc
#endif

/// A process that was started; used by one thread at a time, and ended with its last owner.
public final class RunningProcess {
  public let id: pid_t
  /// The end of a pipe where its output is read.
  private let output: Int32
  /// The exit code, or 128 and the signal that ended it, once that is known.
  private var code: Int32?

  init(id: pid_t, output: Int32) {
    self.id = id
    self.output = output
  }

  deinit {
    kill()
    close(output)
  }

  /// Gives each line that it writes, until it closes its output or the time has come.
  public func readLines(until end: ContinuousClock.Instant?, _ line: (String) -> Void) {
    var pending: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      var watched = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let left =
        end.map { max(0, Int(ContinuousClock.now.duration(to: $0) / .milliseconds(1))) } ?? -1
      let ready = poll(&watched, 1, Int32(clamping: left))
      if ready < 0, errno == EINTR { continue }
      guard ready > 0 else { break }
      let count = read(output, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      pending += chunk[0..<count]
      while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
        line(String(decoding: pending[..<end], as: UTF8.self))
        pending.removeFirst(end + 1)
      }
    }
    if !pending.isEmpty { line(String(decoding: pending, as: UTF8.self)) }
  }

  /// Waits for its end; nil where the time has come before.
  public func wait(until end: ContinuousClock.Instant? = nil) -> Int32? {
    while code == nil {
      var status: Int32 = 0
      let ended = waitpid(id, &status, end == nil ? 0 : WNOHANG)
      if ended < 0, errno != EINTR { return nil }
      if ended == id {
        let signal = status & 0x7F
        code = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
      } else if let end {
        guard ContinuousClock.now < end else { return nil }
        usleep(1000)
      }
    }
    return code
  }

  /// Ends it, where it runs still.
  public func kill() {
    guard code == nil else { return }
    _ = Glibc.kill(id, SIGKILL)
    _ = wait()
  }
}

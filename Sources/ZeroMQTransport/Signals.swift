import Glibc
import JupyterKernel
import Synchronization

/// SIGINT, and the signals that end a process, as bytes in a pipe, so that a poll sees them.
///
/// The handlers are the process's own, so there is one pipe, however many transports are made.
final class Signals {
  /// The end that the handlers write to.
  private static let writer = Atomic<Int32>(-1)
  private static let reader = Atomic<Int32>(-1)

  let descriptor: Int32

  init() throws(KernelFailure) {
    if Self.reader.load(ordering: .acquiring) < 0 {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw .system("a pipe", errno) }
      for end in ends {
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      }
      Self.reader.store(ends[0], ordering: .releasing)
      Self.writer.store(ends[1], ordering: .releasing)
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        let failure = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Signals.writer.load(ordering: .relaxed), &byte, 1)
        errno = failure
      }
      action.sa_flags = SA_RESTART
      for number in [SIGINT, SIGTERM, SIGQUIT] { sigaction(number, &action, nil) }
      // Whoever ignores the end of the terminal, as nohup does, has it ignored here too.
      var before = sigaction()
      sigaction(SIGHUP, nil, &before)
      if before.__sigaction_handler.sa_handler == nil { sigaction(SIGHUP, &action, nil) }
      // A log line to a closed stderr must not end the kernel.
      signal(SIGPIPE, SIG_IGN)
    }
    descriptor = Self.reader.load(ordering: .acquiring)
  }

  /// The signals that came since the last call, each once.
  func take() -> Set<Int32> {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(descriptor, &bytes, bytes.count)
    return Set(bytes.prefix(max(count, 0)).map { Int32($0) })
  }
}

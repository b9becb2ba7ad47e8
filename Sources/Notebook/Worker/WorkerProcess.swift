import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A process that runs the cells of one file: this program, started again.
public final class WorkerProcess: Sendable {
  let channel: WorkerChannel
  private let id: pid_t
  /// How the process ended, once that is known.
  private let ending = Mutex<Int32?>(nil)

  /// Starts the process; throws the system's number for what hindered it.
  ///
  /// It stays in the process group of this one, so that a terminal stops and ends both; signals that
  /// are blocked here are blocked there, so an interrupt from a terminal is left to this process.
  public init(arguments: [String]) throws(SystemFailure) {
    guard let (here, there) = WorkerChannel.pair() else { throw SystemFailure(code: errno) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    guard there.hand(to: &actions) else { throw SystemFailure(code: errno) }
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, "/proc/self/exe", &actions, nil, &words, environ)
    guard code == 0 else { throw SystemFailure(code: code) }
    self.id = id
    channel = here
  }

  deinit { end() }

  /// Ends the process, whatever it does, and tells how it ended, be it before.
  @discardableResult
  func end() -> String {
    kill()
    return ending.withLock { ending in
      let status = ending ?? wait(0) ?? 0
      ending = status
      return Self.text(status)
    }
  }

  /// Ends the process without waiting for the system to take it down.
  func kill() {
    ending.withLock { ending in
      if ending == nil { _ = Glibc.kill(id, SIGKILL) }
    }
  }

  /// Whether the process is gone.
  var isGone: Bool {
    ending.withLock { ending in
      if ending == nil { ending = wait(WNOHANG) }
      return ending != nil
    }
  }

  /// How the process ended; nil where it has not.
  private func wait(_ options: Int32) -> Int32? {
    var status: Int32 = 0
    while true {
      let id = waitpid(id, &status, options)
      if id < 0, errno == EINTR { continue }
      return id == 0 ? nil : status
    }
  }

  private static func text(_ status: Int32) -> String {
    let signal = status & 0x7F
    if signal == 0 { return "exit code \(status >> 8 & 0xFF)" }
    return "signal \(signal), \(String(cString: strsignal(signal)))"
  }
}

/// Why there is no process, in a few words.
public struct SystemFailure: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(description: String) { self.description = description }

  init(code: Int32) { description = String(cString: strerror(code)) }
}

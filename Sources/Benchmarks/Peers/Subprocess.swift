#if canImport(Glibc)
  import Glibc
#endif

/// A program that is run for the lines that it writes.
struct Subprocess {
  let program: String
  let arguments: [String]
  /// Variables added to those of this process.
  var environment: [String: String] = [:]
  /// Whether its stderr is dropped.
  var isQuiet = false

  /// Why a program could not be started.
  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Runs it to its end, giving each line of its stdout as it comes; returns the exit code, or 128
  /// and the signal that ended it.
  @discardableResult
  func run(_ line: (String) -> Void) throws(Failure) -> Int32 {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(description: String(cString: strerror(errno))) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addclose(&actions, ends[1])
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    if isQuiet {
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    }
    // Interrupts reach it, though this process keeps them for a thread of its own.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var process = pid_t()
    let code = Self.withCStrings([program] + arguments) { words in
      Self.withCStrings(variables) { variables in
        posix_spawnp(&process, program, &actions, &attributes, words, variables)
      }
    }
    close(ends[1])
    guard code == 0 else {
      throw Failure(description: "\(program): \(String(cString: strerror(code)))")
    }
    Self.lines(of: ends[0], line)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  /// This process's variables with those added or replaced.
  private var variables: [String] {
    var kept: [String] = []
    var place = environ
    while let entry = place.pointee {
      let text = String(cString: entry)
      let name = text.prefix { $0 != "=" }
      if environment[String(name)] == nil { kept.append(text) }
      place += 1
    }
    return kept + environment.map { "\($0.key)=\($0.value)" }.sorted()
  }

  private static func withCStrings<Result>(
    _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }

  private static func lines(of descriptor: Int32, _ line: (String) -> Void) {
    var pending: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
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
}

#if canImport(Glibc)
  import Glibc
#endif

/// A program that is run for the lines that it writes.
public struct Subprocess: Sendable {
  private let program: String
  private let arguments: [String]
  private let environment: [String: String]
  private let errors: Errors

  /// What becomes of the text on a program's stderr.
  public enum Errors: Sendable {
    /// It goes where this process's goes.
    case shown
    case dropped
    /// It is among the lines.
    case joined
  }

  /// - Parameters:
  ///   - program: its path, or its name in a folder of the PATH.
  ///   - environment: variables added to those of this process.
  public init(
    program: String, arguments: [String], environment: [String: String] = [:],
    errors: Errors = .shown
  ) {
    self.program = program
    self.arguments = arguments
    self.environment = environment
    self.errors = errors
  }

  /// Why a program could not be started, or did not end.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
  }

  /// Runs it to its end, giving each line of its output as it comes; returns the exit code, or 128
  /// and the signal that ended it.
  ///
  /// Throws: it cannot be started, or takes longer than `limit`; then it is ended.
  @discardableResult
  public func run(
    within limit: Duration? = nil, _ line: (String) -> Void
  ) throws(Failure) -> Int32 {
    let process = try start()
    let end = limit.map { ContinuousClock.now + $0 }
    process.readLines(until: end, line)
    guard let code = process.wait(until: end) else {
      process.kill()
      let seconds = limit.map { Int($0 / .seconds(1)) } ?? 0
      throw Failure(description: "\(program) did not end within \(seconds) s")
    }
    return code
  }

  /// Starts it; what it writes waits to be read.
  public func start() throws(Failure) -> RunningProcess {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(description: String(cString: strerror(errno))) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    switch errors {
    case .shown: break
    case .dropped:
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    case .joined: posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO)
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
      close(ends[0])
      throw Failure(description: "\(program): \(String(cString: strerror(code)))")
    }
    return RunningProcess(id: process, output: ends[0])
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
}

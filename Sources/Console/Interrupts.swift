import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Hands every SIGINT, or another signal that asks to end, to one function on a thread of its own.
///
/// The signals are blocked everywhere and waited for, so nothing has to be safe inside a handler.
public enum Interrupts {
  /// Starts to watch SIGINT; to be called before any other thread is made, once in a process.
  public static func watch(_ body: @escaping @Sendable () -> Void) {
    watch([SIGINT]) { _ in body() }
  }

  /// Starts to watch some signals, whose numbers are handed on, in the same way.
  ///
  /// What is ignored, as SIGHUP under nohup, stays so.
  public static func watch(_ numbers: [Int32], _ body: @escaping @Sendable (Int32) -> Void) {
    let watched = numbers.filter { $0 == SIGINT || !isIgnored($0) }
    var signals = set(of: watched)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    _ = LargeStack.start(size: 1 << 18) {
      var signals = set(of: watched)
      var signal: Int32 = 0
      while sigwait(&signals, &signal) == 0 { body(signal) }
    }
  }

  private static func set(of numbers: [Int32]) -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in numbers { sigaddset(&signals, number) }
    return signals
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }
}

import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Hands every SIGINT to one function, on a thread of its own.
///
/// The signal is blocked everywhere and waited for, so nothing has to be safe inside a handler.
public enum Interrupts {
  /// Starts to watch; to be called before any other thread is made, once in a process.
  public static func watch(_ body: @escaping @Sendable () -> Void) {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    _ = LargeStack.start(size: 1 << 18) {
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGINT)
      var signal: Int32 = 0
      while sigwait(&signals, &signal) == 0 { body() }
    }
  }
}

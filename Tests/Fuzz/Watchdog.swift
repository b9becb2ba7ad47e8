import Glibc
import Synchronization

/// Looks after the thread that tests inputs: interrupts what runs long, ends what hangs.
///
/// libFuzzer has a clock of its own, but its signal reaches the process's first thread, which does
/// not test.
final class Watchdog: Sendable {
  /// From then on an input is interrupted, in microseconds.
  static let patience = 50_000
  /// An input that does not react for so long hangs; the machine may be busy.
  static let limit = 30_000_000
  private static let interval: UInt32 = 10_000

  private let interrupt: @Sendable () -> Void
  private let thread = pthread_self()
  /// How many intervals the input has run; -1 between inputs.
  private let age = Atomic<Int>(-1)

  /// For the calling thread; `interrupt` is called again and again while an input runs long.
  init(interrupt: @escaping @Sendable () -> Void) {
    self.interrupt = interrupt
    var watch = pthread_t()
    let status = pthread_create(
      &watch, nil,
      { pointer in
        if let pointer { Unmanaged<Watchdog>.fromOpaque(pointer).takeRetainedValue().watch() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    precondition(status == 0, "no thread to watch with")
  }

  /// Watches while an input is tested.
  func during<Value>(_ work: () -> Value) -> Value {
    age.store(0, ordering: .sequentiallyConsistent)
    defer { age.store(-1, ordering: .sequentiallyConsistent) }
    return work()
  }

  private func watch() {
    while true {
      usleep(Self.interval)
      let now = age.load(ordering: .sequentiallyConsistent)
      guard now >= 0 else { continue }
      let next = now + 1
      _ = age.compareExchange(expected: now, desired: next, ordering: .sequentiallyConsistent)
      let time = next * Int(Self.interval)
      if time > Self.patience { interrupt() }
      guard time > Self.limit else { continue }
      report("HANG: an input ran \(time / 1_000_000) s, and no interrupt ended it")
      // There, so that its stack is shown and the input is written down.
      pthread_kill(thread, SIGABRT)
      return
    }
  }
}

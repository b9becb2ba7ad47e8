import COpenBLAS

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Work that cannot be cut into pieces, on a helper thread, so that an interruption is answered at
/// once.
///
/// The work owns all that it touches: tensors are values, so what the waiting thread does later
/// cannot reach it. When it is interrupted its result is discarded, whenever it comes.
enum Aside {
  /// Below this many operations, some milliseconds of work, no thread is started.
  private static let least = 5e7

  /// Runs the work, which takes about that many operations.
  ///
  /// Throws: what the work throws, or KeyboardInterrupt within some milliseconds of the request.
  static func run<Value: Sendable>(
    operations: Double, _ work: @escaping @Sendable () throws(GateError) -> Value
  ) throws(GateError) -> Value {
    guard operations >= least, let job = Job(work) else { return try work() }
    while true {
      if let outcome = job.outcome(within: 5_000_000) { return try outcome.get() }
      if Interruption.isCurrentRequested {
        // Loops between calls of LAPACK see this and end.
        job.interruption.request()
        job.abandon()
        throw .interrupted
      }
    }
  }

  /// A thread with the place for its result.
  private final class Job<Value: Sendable>: Runnable, @unchecked Sendable {
    // Sendable: `result` and `isAbandoned` are read and written under the mutex alone; all else is
    // never changed.

    let interruption = Interruption()
    private let work: @Sendable () throws(GateError) -> Value
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var result: Result<Value, GateError>?
    private var isAbandoned = false

    /// Starts the thread; nil where the system has none left.
    init?(_ work: @escaping @Sendable () throws(GateError) -> Value) {
      self.work = work
      super.init()
      pthread_mutex_init(mutex, nil)
      var clock = pthread_condattr_t()
      pthread_condattr_init(&clock)
      pthread_condattr_setclock(&clock, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &clock)
      pthread_condattr_destroy(&clock)
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      defer { pthread_attr_destroy(&attributes) }
      pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
      pthread_attr_setstacksize(&attributes, 16 << 20)
      // The thread holds the job until it has ended, though nobody may wait for it any more.
      let owned = Unmanaged<Runnable>.passRetained(self)
      var thread = pthread_t()
      let status = pthread_create(
        &thread, &attributes,
        { pointer in
          guard let pointer else { return nil }
          Unmanaged<Runnable>.fromOpaque(pointer).takeRetainedValue().run()
          return nil
        }, owned.toOpaque())
      guard status == 0 else {
        owned.release()
        return nil
      }
    }

    deinit {
      pthread_cond_destroy(condition)
      pthread_mutex_destroy(mutex)
      condition.deallocate()
      mutex.deallocate()
    }

    override func run() {
      interruption.makeCurrent()
      defer { Interruption.endCurrent() }
      let outcome: Result<Value, GateError>
      do throws(GateError) {
        outcome = .success(try work())
      } catch {
        outcome = .failure(error)
      }
      pthread_mutex_lock(mutex)
      result = outcome
      if isAbandoned { nabla_note_abandoned(-1) }
      pthread_cond_signal(condition)
      pthread_mutex_unlock(mutex)
    }

    /// Notes that nobody waits for the result any more, unless it is there.
    func abandon() {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      guard result == nil, !isAbandoned else { return }
      isAbandoned = true
      nabla_note_abandoned(1)
    }

    /// The result, where it comes within so many nanoseconds.
    func outcome(within nanoseconds: Int) -> Result<Value, GateError>? {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      if result == nil {
        var end = timespec()
        clock_gettime(CLOCK_MONOTONIC, &end)
        end.tv_nsec += nanoseconds
        end.tv_sec += end.tv_nsec / 1_000_000_000
        end.tv_nsec %= 1_000_000_000
        // A spurious wake-up only makes the caller look for an interruption sooner.
        pthread_cond_timedwait(condition, mutex, &end)
      }
      return result
    }
  }
}

extension SquareMatrices {
  /// Runs work on the matrices that LAPACK does in one piece.
  func aside(
    _ work: @escaping @Sendable (SquareMatrices) throws(GateError) -> Tensor
  ) throws(GateError) -> Tensor {
    try Aside.run(operations: operations(columns: size)) { () throws(GateError) in
      try work(self)
    }
  }
}

/// What a helper thread is handed.
private class Runnable {
  func run() {}
}

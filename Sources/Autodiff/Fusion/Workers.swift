import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Threads that share the work of one large loop.
///
/// They are made when first needed and wait between loops. Small work stays on the calling thread:
/// waking another costs some microseconds.
enum Workers {
  /// The work, in additions of one entry each, from which a second thread pays.
  private static let workPerThread = 1 << 19

  /// The threads that loops may use: `NABLA_THREADS`, or else the processors of the machine.
  static let limit: Int = {
    if let text = getenv("NABLA_THREADS"), let count = Int(String(cString: text)), count > 0 {
      return min(count, 64)
    }
    return min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1), 8)
  }()

  /// Into how many parts to cut some work.
  static func parts(work: Int, atMost most: Int) -> Int {
    guard work >= 2 * workPerThread, limit > 1 else { return 1 }
    return max(min(limit, work / workPerThread, most), 1)
  }

  /// Runs `body` for each part, each on a thread of its own, and returns when all are done.
  static func run(_ parts: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let pool = shared
    guard parts > 1, pool.enter() else {
      for part in 0..<parts { body(part) }
      return
    }
    pool.run(parts, body)
    pool.leave()
  }

  /// Entries between two looks for an interruption.
  private static let chunk = 1 << 16

  /// Cuts a loop over entries into ranges, for several threads where it is long; stops early when
  /// the running cell is interrupted.
  ///
  /// `cost` is the work for one entry, in additions.
  static func forEach(_ count: Int, cost: Int, _ body: @escaping @Sendable (Range<Int>) -> Void) {
    guard count > chunk else { return body(0..<count) }
    // As a number: a pointer may not be captured by what another thread runs.
    let interruption = UInt(bitPattern: nabla_thread_interruption())
    let parts = parts(work: count * cost, atMost: count / chunk)
    // A multiple of 8 entries, so that threads do not share cache lines.
    let step = ((count + parts - 1) / parts + 7) & ~7
    run(parts) { part in
      let start = min(part * step, count)
      for chunkStart in stride(from: start, to: min(start + step, count), by: chunk) {
        if Interruption.isRequested(UnsafeMutableRawPointer(bitPattern: interruption)) { return }
        body(chunkStart..<min(chunkStart + chunk, min(start + step, count)))
      }
    }
  }

  private static let shared = Pool(limit - 1)

  /// The waiting threads, and the loop that they work at.
  private final class Pool: @unchecked Sendable {
    // Sendable: all that changes is guarded by `mutex`, `isBusy` or an atomic.

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let begun = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let ended = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var body: (@Sendable (Int) -> Void)?
    private var parts = 0
    private var next = 0
    private var unfinished = 0
    private let isBusy = Atomic<Bool>(false)

    init(_ count: Int) {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(begun, nil)
      pthread_cond_init(ended, nil)
      for _ in 0..<count {
        var thread = pthread_t()
        let status = pthread_create(
          &thread, nil,
          { pool in
            guard let pool else { return nil }
            Unmanaged<Pool>.fromOpaque(pool).takeUnretainedValue().work()
            return nil
          }, Unmanaged.passUnretained(self).toOpaque())
        if status == 0 { pthread_detach(thread) }
      }
    }

    /// Whether the pool was free; a loop within a loop runs on its own thread.
    func enter() -> Bool {
      isBusy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
    }
    func leave() { isBusy.store(false, ordering: .releasing) }

    func run(_ parts: Int, _ body: @escaping @Sendable (Int) -> Void) {
      pthread_mutex_lock(mutex)
      self.body = body
      self.parts = parts
      next = 0
      unfinished = parts
      pthread_cond_broadcast(begun)
      takeParts()
      while unfinished > 0 { pthread_cond_wait(ended, mutex) }
      self.body = nil
      pthread_mutex_unlock(mutex)
    }

    /// Works at parts while there are any; called and left with the mutex held.
    private func takeParts() {
      while next < parts, let body {
        let part = next
        next += 1
        pthread_mutex_unlock(mutex)
        body(part)
        pthread_mutex_lock(mutex)
        unfinished -= 1
        if unfinished == 0 { pthread_cond_signal(ended) }
      }
    }

    private func work() {
      pthread_mutex_lock(mutex)
      while true {
        while next >= parts || body == nil { pthread_cond_wait(begun, mutex) }
        takeParts()
      }
    }
  }
}

import CKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A flag by which the running cell is asked to stop: by the user, from another thread, or because
/// it passes a limit; or to look up between two statements, because another thread wants something
/// of its session.
public final class Interruption: Sendable {
  /// Who asks, as bits of the flag.
  private enum Request {
    static let user: UInt8 = 1
    static let limit: UInt8 = 2
    static let stop = user | limit
    static let attention: UInt8 = 4
    static let pause: UInt8 = 8
  }

  private let flag = Atomic<UInt8>(0)
  /// The limit that was passed.
  private let passed = Mutex<GateError?>(nil)
  /// Whether what runs sleeps until `bell` rings.
  private let isAsleep = Atomic<Bool>(false)
  // Sendable: a semaphore is made for several threads, and for signal handlers.
  nonisolated(unsafe) private let bell: UnsafeMutablePointer<sem_t>

  public init() {
    bell = .allocate(capacity: 1)
    sem_init(bell, 0, 0)
  }

  deinit {
    sem_destroy(bell)
    bell.deallocate()
  }

  /// Asks to stop; safe from any thread and from signal handlers.
  public func request() { set(Request.user) }

  private func set(_ bits: UInt8) {
    flag.bitwiseOr(bits, ordering: .sequentiallyConsistent)
    if isAsleep.load(ordering: .sequentiallyConsistent) { sem_post(bell) }
  }

  /// Forgets all requests to stop.
  public func clear() { flag.bitwiseAnd(~Request.stop, ordering: .relaxed) }
  @inlinable public var isRequested: Bool { isSet }
  @usableFromInline var isSet: Bool { flag.load(ordering: .relaxed) & Request.stop != 0 }

  /// Asks to look up, without stopping; safe from any thread.
  public func requestAttention() { set(Request.attention) }
  /// Whether anything at all is asked.
  @inline(__always)
  public var needsAttention: Bool { flag.load(ordering: .relaxed) != 0 }
  /// Whether it was asked to look up since the last call.
  public func takeAttention() -> Bool {
    let (before, _) = flag.bitwiseAnd(~Request.attention, ordering: .relaxed)
    return before & Request.attention != 0
  }

  /// Asks to leave the processor for a moment; safe from any thread.
  public func requestPause() { flag.bitwiseOr(Request.pause, ordering: .relaxed) }
  /// Whether that was asked since the last call.
  public func takePause() -> Bool {
    let (before, _) = flag.bitwiseAnd(~Request.pause, ordering: .relaxed)
    return before & Request.pause != 0
  }

  /// Sleeps for so many nanoseconds, or until anything is asked.
  public func sleep(nanoseconds: Int) {
    isAsleep.store(true, ordering: .sequentiallyConsistent)
    defer { isAsleep.store(false, ordering: .sequentiallyConsistent) }
    // What was rung for before, and seen without sleeping.
    while sem_trywait(bell) == 0 {}
    guard flag.load(ordering: .sequentiallyConsistent) & ~Request.pause == 0 else { return }
    _ = nabla_wait(bell, Int64(nanoseconds))
  }

  /// Asks to stop with an error that says which limit was passed; safe from any thread.
  public func request(with error: GateError) {
    passed.withLock { $0 = error }
    set(Request.limit)
  }

  /// The error by which the cell stops.
  ///
  /// The error of a limit answers the request: handlers of it run undisturbed, unless a limit is
  /// passed again. An interrupt of the user stays requested until a handler of it begins.
  public func answer() -> GateError {
    let (before, _) = flag.bitwiseAnd(~Request.limit, ordering: .relaxed)
    if before & Request.stop == Request.limit, let error = passed.withLock({ $0 }) { return error }
    return GateError(.interrupt, "interrupted")
  }

  /// The interruption of what runs on this thread; nil where nothing was made current.
  static var current: Interruption? {
    nabla_thread_interruption().map {
      Unmanaged<Interruption>.fromOpaque($0).takeUnretainedValue()
    }
  }

  /// Makes this the interruption that long loops on the running thread look at.
  ///
  /// It must live until ``endCurrent()``.
  public func makeCurrent() {
    nabla_set_thread_interruption(Unmanaged.passUnretained(self).toOpaque())
  }

  /// Ends what ``makeCurrent()`` began.
  public static func endCurrent() { nabla_set_thread_interruption(nil) }

  /// Throws when what runs on this thread is to stop.
  public static func checkCurrent() throws(GateError) {
    if isCurrentRequested { throw .interrupted }
  }

  /// Whether what runs on this thread is to stop; false where nothing was made current.
  static var isCurrentRequested: Bool { isRequested(nabla_thread_interruption()) }

  /// Whether the work of a thread that made this its interruption is to stop.
  static func isRequested(_ interruption: UnsafeMutableRawPointer?) -> Bool {
    guard let interruption else { return false }
    return Unmanaged<Interruption>.fromOpaque(interruption).takeUnretainedValue().isSet
  }

  /// Cuts a long loop into chunks, and ends it early when what runs on this thread is to stop.
  public static func forEachChunk(of count: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
    let length = 1 << 16
    for start in stride(from: 0, to: count, by: length) {
      if isCurrentRequested { return }
      body(start, min(length, count - start))
    }
  }

  /// Throws when an interruption was requested.
  @inline(__always)
  public func check() throws(GateError) {
    if isSet { throw answer() }
  }
}

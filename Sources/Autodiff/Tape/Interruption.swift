import CKernels
import Synchronization

/// A flag by which another thread asks the running cell to stop.
public final class Interruption: Sendable {
  private let flag = Atomic<Bool>(false)

  public init() {}

  /// Asks to stop; safe from any thread and from signal handlers.
  public func request() { flag.store(true, ordering: .relaxed) }
  public func clear() { flag.store(false, ordering: .relaxed) }
  @inlinable public var isRequested: Bool { isSet }
  @usableFromInline var isSet: Bool { flag.load(ordering: .relaxed) }

  /// Makes this the interruption that long loops on the running thread look at.
  ///
  /// It must live until ``endCurrent()``.
  public func makeCurrent() {
    nabla_set_thread_interruption(Unmanaged.passUnretained(self).toOpaque())
  }

  /// Ends what ``makeCurrent()`` began.
  public static func endCurrent() { nabla_set_thread_interruption(nil) }

  /// Whether what runs on this thread is to stop; false where nothing was made current.
  static var isCurrentRequested: Bool { isRequested(nabla_thread_interruption()) }

  /// Whether the work of a thread that made this its interruption is to stop.
  static func isRequested(_ interruption: UnsafeMutableRawPointer?) -> Bool {
    guard let interruption else { return false }
    return Unmanaged<Interruption>.fromOpaque(interruption).takeUnretainedValue().isSet
  }

  /// Cuts a long loop into chunks, and ends it early when what runs on this thread is to stop.
  static func forEachChunk(of count: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
    let length = 1 << 16
    for start in stride(from: 0, to: count, by: length) {
      if isCurrentRequested { return }
      body(start, min(length, count - start))
    }
  }

  /// Throws when an interruption was requested.
  @inline(__always)
  public func check() throws(GateError) {
    if isSet { throw .interrupted }
  }
}

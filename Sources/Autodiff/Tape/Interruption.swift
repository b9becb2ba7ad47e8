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

  /// Throws when an interruption was requested.
  @inline(__always)
  public func check() throws(GateError) {
    if isSet { throw .interrupted }
  }
}

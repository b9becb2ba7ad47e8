#if canImport(Glibc)
  import Glibc
#endif

/// When something began, and how long ago that is.
public struct Stopwatch: Sendable {
  /// Seconds since 1970.
  public let start: Double
  private let instant = ContinuousClock.now

  public init() {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    start = Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
  }

  /// The time since it began.
  public var seconds: Double { (ContinuousClock.now - instant) / .seconds(1) }
}

/// A place at which an output that is stored and the one that came now differ.
public struct Difference: Sendable, Equatable {
  /// What differs: the name of a row of a table, or what kind of output it is.
  public var name: String
  /// Where in it: the field of a row with the place in its tensor, the line of a text, the pixel of
  /// an image; empty where it is the whole.
  public var row: String
  public var stored: String
  public var now: String
  /// |now − stored| / |stored| of two numbers; nil where no number differs.
  public var relativeError: Double?

  public init(
    _ name: String, _ row: String = "", stored: String, now: String, relativeError: Double? = nil
  ) {
    self.name = name
    self.row = row
    self.stored = stored
    self.now = now
    self.relativeError = relativeError
  }
}

/// How far two numbers may be apart and count as the same.
public struct Tolerance: Sendable, Equatable {
  public var relative: Double
  public var absolute: Double

  public init(relative: Double = 1e-6, absolute: Double = 1e-12) {
    self.relative = relative
    self.absolute = absolute
  }

  /// Whether |now − stored| is at most the larger of `relative` · |stored| and `absolute`.
  ///
  /// NaN is the same as NaN, and an infinity as itself.
  public func accepts(_ now: Double, for stored: Double) -> Bool {
    if now == stored || (now.isNaN && stored.isNaN) { return true }
    guard now.isFinite, stored.isFinite else { return false }
    return abs(now - stored) <= max(relative * abs(stored), absolute)
  }

  static func relativeError(_ now: Double, _ stored: Double) -> Double? {
    let error = abs(now - stored) / abs(stored)
    return error.isNaN ? nil : error
  }
}

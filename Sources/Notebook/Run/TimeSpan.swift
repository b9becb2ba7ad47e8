/// A length of time, as users write it: `90`, `1.5s`, `250ms`, `2m`, `1h`.
public struct TimeSpan: Sendable, Equatable, CustomStringConvertible {
  public let seconds: Double

  public static let zero = TimeSpan(seconds: 0)

  /// The longest time that can be given: a hundred years.
  private static let longest = 3.2e9

  private init(seconds: Double) { self.seconds = seconds }

  /// Nil for what is no positive time.
  public init?(_ text: String) {
    let units: [(name: String, seconds: Double)] = [
      ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("", 1),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.name) }),
      let number = Double(text.dropLast(unit.name.count)), number > 0
    else { return nil }
    let seconds = number * unit.seconds
    guard seconds <= Self.longest else { return nil }
    self.seconds = seconds
  }

  public var duration: Duration { .seconds(seconds) }

  public var description: String {
    let text = "\(seconds)"
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + " s"
  }
}

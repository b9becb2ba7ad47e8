/// How far a loop has come.
public struct ProgressBlock: Sendable, Equatable {
  /// What the loop does, in the user's words; may be empty.
  public var title: String
  public var count: Int
  /// How many turns there will be; nil where nobody knows.
  public var total: Int?
  /// Seconds since the first turn.
  public var elapsed: Double
  public var state: State

  public enum State: Sendable {
    case running
    case finished
    /// Left before its end: by `break`, an error or an interrupt.
    case stopped
  }

  public init(title: String, count: Int, total: Int?, elapsed: Double, state: State) {
    self.title = title
    self.count = count
    self.total = total
    self.elapsed = elapsed
    self.state = state
  }

  /// The part that is done, from 0 to 1; nil without a total.
  var fraction: Double? {
    guard let total else { return nil }
    return total > 0 ? min(Double(count) / Double(total), 1) : 1
  }

  /// Whole percents, rounded down so that 100 % means done.
  var percent: Int? { fraction.map { Int($0 * 100) } }

  /// Turns in a second; nil before anything can be said.
  var rate: Double? { count > 0 && elapsed > 0 ? Double(count) / elapsed : nil }

  /// Seconds to go; nil when they cannot be told, or there are none.
  var remaining: Double? {
    guard state == .running, let total, let rate, count < total else { return nil }
    return Double(total - count) / rate
  }

  /// The figures behind the bar: `45/100, 0:03, 0:04 left, 12.1/s`.
  var figures: String {
    var parts = [total.map { "\(count)/\($0)" } ?? "\(count)", Self.clock(elapsed)]
    if let remaining { parts.append(Self.clock(remaining) + " left") }
    if let rate { parts.append(Self.rateText(rate)) }
    if state == .stopped { parts.append("stopped") }
    return parts.joined(separator: ", ")
  }

  /// Turns in a second, or where there are few, seconds for a turn.
  private static func rateText(_ rate: Double) -> String {
    let format = NumberFormat(precision: 3)
    return rate < 1 ? format.string(1 / rate) + " s each" : format.string(rate) + "/s"
  }

  /// Seconds as `0:03`, `12:34` or `1:02:03`.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 3.6e8 else { return "very long" }
    let whole = Int(max(seconds, 0).rounded(.down))
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(whole % 60)
  }
}

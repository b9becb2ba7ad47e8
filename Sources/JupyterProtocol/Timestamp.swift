#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A moment in nanoseconds since 1970, UTC, with the fineness that its text had.
public struct Timestamp: Sendable, Comparable {
  public var nanoseconds: Int64
  /// The smallest step that the text could tell; 1 for a time read from the clock.
  public var resolution: Int64

  public init(nanoseconds: Int64, resolution: Int64 = 1) {
    self.nanoseconds = nanoseconds
    self.resolution = resolution
  }

  /// The present time.
  public static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Whether this moment, read as late as its text allows, still lies before `other`.
  public func isSurelyBefore(_ other: Timestamp) -> Bool {
    nanoseconds + resolution - 1 < other.nanoseconds
  }

  /// ISO 8601 with microseconds and `Z`, as message headers have it.
  public var text: String {
    let seconds = nanoseconds.floorDivided(by: 1_000_000_000)
    let micros = (nanoseconds - seconds * 1_000_000_000) / 1000
    let days = seconds.floorDivided(by: 86_400)
    let clock = seconds - days * 86_400
    let date = CivilDate(daysSince1970: days)
    var text = ""
    text.reserveCapacity(27)
    text.appendPadded(date.year, 4)
    text += "-"
    text.appendPadded(date.month, 2)
    text += "-"
    text.appendPadded(date.day, 2)
    text += "T"
    text.appendPadded(clock / 3600, 2)
    text += ":"
    text.appendPadded(clock / 60 % 60, 2)
    text += ":"
    text.appendPadded(clock % 60, 2)
    text += "."
    text.appendPadded(micros, 6)
    text += "Z"
    return text
  }

  /// Reads ISO 8601 with a `T` or a space, a fraction or none, and `Z`, an offset or nothing, which
  /// is taken for UTC.
  public init?(_ text: String) {
    var scanner = DigitScanner(text)
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2),
      scanner.take("-"), let day = scanner.number(2), scanner.take("T") || scanner.take(" "),
      let hour = scanner.number(2), scanner.take(":"), let minute = scanner.number(2),
      scanner.take(":"), let second = scanner.number(2),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var fraction: Int64 = 0
    var step: Int64 = 1_000_000_000
    if scanner.take(".") {
      while step > 1, let digit = scanner.number(1) {
        step /= 10
        fraction += digit * step
      }
      while scanner.number(1) != nil {}
    }
    var offset: Int64 = 0
    if !scanner.take("Z"), !scanner.isAtEnd {
      let sign: Int64
      if scanner.take("+") {
        sign = 1
      } else if scanner.take("-") {
        sign = -1
      } else {
        return nil
      }
      guard let hours = scanner.number(2) else { return nil }
      _ = scanner.take(":")
      offset = sign * (hours * 3600 + (scanner.number(2) ?? 0) * 60)
    }
    guard scanner.isAtEnd else { return nil }
    let days = CivilDate(year: year, month: month, day: day).daysSince1970
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow else { return nil }
    nanoseconds = whole + fraction
    resolution = step
  }
}

/// A day of the Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last of its year and a month's start
/// is a linear formula.
private struct CivilDate {
  var year: Int64
  var month: Int64
  var day: Int64

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// From 1 March of the year 0 to 1 January 1970.
  private static let epoch: Int64 = 719_468
  private static let daysPerEra: Int64 = 146_097

  init(daysSince1970 days: Int64) {
    let shifted = days + Self.epoch
    let era = shifted.floorDivided(by: Self.daysPerEra)
    let dayOfEra = shifted - era * Self.daysPerEra
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear.floorDivided(by: 400)
    let yearOfEra = shiftedYear - era * 400
    let marchMonth = (month + 9) % 12
    let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * Self.daysPerEra + dayOfEra - Self.epoch
  }
}

/// Reads fixed runs of ASCII digits.
private struct DigitScanner {
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) { bytes = Array(text.utf8.prefix(64)) }

  var isAtEnd: Bool { place == bytes.count }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(truncatingIfNeeded: character.value) else {
      return false
    }
    place += 1
    return true
  }

  /// Exactly that many digits, as a number.
  mutating func number(_ digits: Int) -> Int64? {
    guard place + digits <= bytes.count else { return nil }
    var value: Int64 = 0
    for byte in bytes[place..<place + digits] {
      guard byte >= 48, byte <= 57 else { return nil }
      value = value * 10 + Int64(byte - 48)
    }
    place += digits
    return value
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension String {
  fileprivate mutating func appendPadded(_ number: Int64, _ width: Int) {
    let digits = String(number)
    for _ in 0..<Swift.max(0, width - digits.utf8.count) { append("0") }
    append(digits)
  }
}

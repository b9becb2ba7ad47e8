/// How a number is written in tables: to a number of significant digits.
///
/// ``shortest(_:)`` is the other form, which reads back as the same number.
public struct NumberFormat: Sendable, Hashable {
  /// Significant digits, 1 to 17.
  public let precision: Int

  /// What `%precision` starts with.
  public static let defaultPrecision = 6

  /// Past this magnitude a whole number is no longer written in full in a table.
  static let largestWhole = 1e15

  /// Digits below 1 count as 1, above 17 as 17: more than that no double has.
  public init(precision: Int = NumberFormat.defaultPrecision) {
    self.precision = min(max(precision, 1), 17)
  }

  /// The number to the format's precision: `0.731059`, `-12`, `1.5e-07`, `inf`.
  ///
  /// Whole numbers up to 1e15 are written in full; a zero has no sign.
  public func string(_ number: Double) -> String {
    guard number.isFinite else { return NumberFormat.nonFinite(number) }
    if number == 0 { return "0" }
    if number == number.rounded(), number.magnitude <= NumberFormat.largestWhole {
      return String(Int(number))
    }
    let decimal = Decimal(number).rounded(digits: precision, exactly: false)
    return NumberFormat.text(decimal, fixedBelow: precision)
  }

  /// The shortest text that reads back as the number, as Python writes a float but without `.0`.
  ///
  /// `-2`, `0.1`, `1e-05`, `1e+16`, `-0`, `nan`.
  public static func shortest(_ number: Double) -> String {
    guard number.isFinite else { return nonFinite(number) }
    return text(Decimal(number), fixedBelow: 16)
  }

  /// Whether the entries `shortest` would write have no fraction and no exponent.
  static func isWrittenWhole(_ number: Double) -> Bool {
    number == number.rounded() && number.magnitude < 1e16
  }

  static func nonFinite(_ number: Double) -> String {
    number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
  }

  /// Fixed notation for exponents from -4 to below `limit`, else scientific.
  private static func text(_ decimal: Decimal, fixedBelow limit: Int) -> String {
    let sign = decimal.isNegative ? "-" : ""
    if decimal.exponent < -4 || decimal.exponent >= limit {
      let (lead, fraction) = decimal.scientific()
      return sign + lead + (fraction.isEmpty ? "" : "." + fraction)
        + Decimal.exponentText(decimal.exponent)
    }
    let fraction = decimal.fraction()
    return sign + decimal.wholePart + (fraction.isEmpty ? "" : "." + fraction)
  }
}

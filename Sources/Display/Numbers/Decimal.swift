/// A finite number as sign and decimal digits: 0.d₁d₂d₃… times a power of ten.
///
/// The digits are those of the shortest text that reads back as the number. Rounding asks for the
/// exact expansion only where the shortest digits cannot decide: at an apparent tie, and past 15
/// digits when every digit must be exact.
struct Decimal {
  /// The number that the digits stand for.
  private let source: Double
  let isNegative: Bool
  /// Digits 0 to 9 without leading or trailing zeros; empty for zero.
  private(set) var digits: [UInt8]
  /// The place of the decimal point, counted from before the first digit.
  private(set) var point: Int

  /// Any decimal of this many digits survives a round trip through a normal double.
  private static let faithfulDigits = 15

  /// The shortest digits of a finite number.
  init(_ number: Double) {
    source = number
    isNegative = number.sign == .minus
    digits = []
    point = 0
    guard number != 0 else { return }
    var beforePoint = true
    var exponent = 0
    var exponentIsNegative = false
    var inExponent = false
    for byte in number.magnitude.description.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        let digit = byte - UInt8(ascii: "0")
        if inExponent {
          exponent = exponent * 10 + Int(digit)
        } else {
          digits.append(digit)
          if beforePoint { point += 1 }
        }
      case UInt8(ascii: "."): beforePoint = false
      case UInt8(ascii: "e"): inExponent = true
      case UInt8(ascii: "-"): exponentIsNegative = true
      default: break
      }
    }
    point += exponentIsNegative ? -exponent : exponent
    normalise()
  }

  /// All digits of a finite number, up to 767 of them.
  private init(exact number: Double) {
    source = number
    isNegative = number.sign == .minus
    digits = []
    point = 0
    guard number != 0 else { return }
    let magnitude = number.magnitude
    let isSubnormal = magnitude < .leastNormalMagnitude
    let significand =
      magnitude.significandBitPattern
      | (isSubnormal ? 0 : 1 << UInt64(Double.significandBitCount))
    let exponent =
      Int(isSubnormal ? 1 : magnitude.exponentBitPattern) - 1023 - Double.significandBitCount
    // significand · 2^e, or significand · 5^-e / 10^-e: either way a whole number and a shift.
    var limbs = Limbs(significand)
    limbs.multiply(by: exponent >= 0 ? 2 : 5, times: exponent.magnitude)
    digits = limbs.digits
    point = digits.count + min(exponent, 0)
    normalise()
  }

  private mutating func normalise() {
    while digits.last == 0 { digits.removeLast() }
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    point = digits.isEmpty ? 0 : point - zeros
  }

  /// The number rounded to `count` leading digits, halves of the exact value to the even digit.
  ///
  /// With `exactly`, digits past the shortest text are those of the binary value, as C prints them;
  /// else they are zeros, as NumPy prints them.
  func rounded(digits count: Int, exactly: Bool) -> Decimal {
    if digits.isEmpty { return self }
    if exactly && (count > Decimal.faithfulDigits || source.isSubnormal) {
      return Decimal(exact: source).cut(to: count)
    }
    if digits.count <= count { return self }
    // Digits that end in a 5 just past the cut may hide a value on either side of the tie.
    if count >= 0 && digits.count == count + 1 && digits[count] == 5 {
      return Decimal(exact: source).cut(to: count)
    }
    return cut(to: count)
  }

  /// The number rounded to `places` digits after the decimal point.
  func rounded(places: Int, exactly: Bool) -> Decimal {
    rounded(digits: point + places, exactly: exactly)
  }

  private func cut(to count: Int) -> Decimal {
    guard digits.count > count else { return self }
    var result = self
    guard count >= 0 else {
      result.digits = []
      result.point = 0
      return result
    }
    result.digits = Array(digits[..<count])
    let tail = digits[count...]
    let roundsUp: Bool
    if digits[count] != 5 {
      roundsUp = digits[count] > 5
    } else {
      roundsUp = tail.count > 1 || (result.digits.last ?? 0) % 2 == 1
    }
    if roundsUp {
      var place = count - 1
      while place >= 0 && result.digits[place] == 9 {
        result.digits[place] = 0
        place -= 1
      }
      if place >= 0 {
        result.digits[place] += 1
      } else {
        result.digits.insert(1, at: 0)
        result.point += 1
      }
    }
    result.normalise()
    return result
  }
}

extension Decimal {
  /// The exponent of the scientific form; 0 for zero.
  var exponent: Int { digits.isEmpty ? 0 : point - 1 }

  /// The digits before the decimal point, at least one, without sign.
  var wholePart: String {
    if point <= 0 { return "0" }
    return text(of: 0..<point)
  }

  /// Digits after the decimal point, filled with zeros to `places` where there are fewer.
  func fraction(places: Int = 0) -> String {
    let count = max(places, digits.count - point)
    return count <= 0 ? "" : text(of: point..<(point + count))
  }

  /// The first digit, and the digits after it filled with zeros to `places`.
  func scientific(places: Int = 0) -> (lead: String, fraction: String) {
    let count = max(places, digits.count - 1)
    return (text(of: 0..<1), count <= 0 ? "" : text(of: 1..<(1 + count)))
  }

  private func text(of places: Range<Int>) -> String {
    String(
      decoding: places.map { place in
        UInt8(ascii: "0") + (digits.indices.contains(place) ? digits[place] : 0)
      }, as: UTF8.self)
  }

  /// An exponent as C and Python write it: sign and at least two digits.
  static func exponentText(_ exponent: Int, width: Int = 2) -> String {
    let digits = String(exponent.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (exponent < 0 ? "e-" : "e+") + zeros + digits
  }
}

/// A natural number of any size in limbs of nine decimal digits, lowest first.
private struct Limbs {
  private var limbs: [UInt64] = []
  private static let base: UInt64 = 1_000_000_000

  init(_ number: UInt64) {
    var rest = number
    while rest > 0 {
      limbs.append(rest % Limbs.base)
      rest /= Limbs.base
    }
  }

  /// Multiplies by `factor`, 2 or 5, to the power of `count`.
  mutating func multiply(by factor: UInt64, times count: UInt) {
    // The largest step whose product with a limb, and a carry, fits in 64 bits.
    let step: UInt = 12
    var power: UInt64 = 1
    for _ in 0..<step { power *= factor }
    for _ in 0..<(count / step) { multiply(by: power) }
    for _ in 0..<(count % step) { multiply(by: factor) }
  }

  private mutating func multiply(by factor: UInt64) {
    var carry: UInt64 = 0
    for index in limbs.indices {
      let product = limbs[index] * factor + carry
      limbs[index] = product % Limbs.base
      carry = product / Limbs.base
    }
    if carry > 0 { limbs.append(carry) }
  }

  /// The decimal digits, highest first; the first may be zeros.
  var digits: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(limbs.count * 9)
    for limb in limbs.reversed() {
      var divisor = Limbs.base / 10
      while divisor > 0 {
        result.append(UInt8(limb / divisor % 10))
        divisor /= 10
      }
    }
    return result
  }
}

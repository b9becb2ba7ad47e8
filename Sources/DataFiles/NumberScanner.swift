/// Reads decimal numbers from text, each rounded to the nearest float64.
enum NumberScanner {
  /// The number that begins at a place, and the place behind it; nil where none begins.
  ///
  /// `[+-] digits [. digits] [e [+-] digits]`, `inf`, `infinity`, `nan` in any case. No blanks.
  static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> (value: Double, next: Int)? {
    var place = start
    var isNegative = false
    if place < end, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
      isNegative = bytes[place] == UInt8(ascii: "-")
      place += 1
    }
    var mantissa: UInt64 = 0
    var digits = 0
    var exponent = 0
    var isExact = true
    let first = place
    while place < end, case let digit = bytes[place] &- 48, digit < 10 {
      if digits < 19 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        if mantissa != 0 { digits += 1 }
      } else {
        exponent += 1
        if digit != 0 { isExact = false }
      }
      place += 1
    }
    var hasDigits = place > first
    if place < end, bytes[place] == UInt8(ascii: ".") {
      let point = place
      place += 1
      while place < end, case let digit = bytes[place] &- 48, digit < 10 {
        if digits < 19 {
          mantissa = mantissa &* 10 &+ UInt64(digit)
          if mantissa != 0 { digits += 1 }
          exponent -= 1
        } else if digit != 0 {
          isExact = false
        }
        place += 1
      }
      hasDigits = hasDigits || place > point + 1
    }
    guard hasDigits else { return word(bytes, from: first, to: end, isNegative: isNegative) }
    if place < end, bytes[place] | 0x20 == UInt8(ascii: "e"),
      let (power, next) = exponentPart(bytes, from: place + 1, to: end)
    {
      exponent += power
      place = next
    }
    if isExact, let value = value(mantissa, tenTo: exponent) {
      return (isNegative ? -value : value, place)
    }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    return Double(text).map { ($0, place) }
  }

  /// A signed integer, at most some hundred thousands, and the place behind it.
  private static func exponentPart(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> (power: Int, next: Int)? {
    var place = start
    var isNegative = false
    if place < end, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
      isNegative = bytes[place] == UInt8(ascii: "-")
      place += 1
    }
    let first = place
    var power = 0
    while place < end, case let digit = bytes[place] &- 48, digit < 10 {
      if power < 100_000 { power = power * 10 + Int(digit) }
      place += 1
    }
    return place == first ? nil : (isNegative ? -power : power, place)
  }

  private static func word(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int, isNegative: Bool
  ) -> (value: Double, next: Int)? {
    for (word, value) in [("infinity", Double.infinity), ("inf", .infinity), ("nan", .nan)] {
      let count = word.utf8.count
      guard start + count <= end else { continue }
      if zip(bytes[start..<(start + count)], word.utf8).allSatisfy({ $0 | 0x20 == $1 }) {
        return (isNegative ? -value : value, start + count)
      }
    }
    return nil
  }

  /// `mantissa · 10^power`, rounded once; nil where 128 bits do not hold what that takes.
  ///
  /// The power of five is an integer of 64 bits, so that the quotient or product is known to the
  /// last bit; what is cut off only has to be seen not to be zero.
  static func value(_ mantissa: UInt64, tenTo power: Int) -> Double? {
    if mantissa == 0 { return 0 }
    if mantissa <= 1 << 53, power >= -22, power <= 22 {
      // Both are exact, so the one operation rounds once.
      return power < 0 ? Double(mantissa) / tens[-power] : Double(mantissa) * tens[power]
    }
    guard power >= -27, power <= 27 else { return nil }
    if power < 0 {
      let divisor = fives[-power]
      let up = mantissa.leadingZeroBitCount
      let upDivisor = divisor.leadingZeroBitCount
      let scaled = mantissa << UInt64(up)
      // The dividend's upper half is below 2^63, and so below the divisor.
      let (quotient, remainder) = (divisor << UInt64(upDivisor))
        .dividingFullWidth((scaled >> 1, scaled << 63))
      return scale(quotient | (remainder == 0 ? 0 : 1), upDivisor - up - 63 + power)
    }
    let (high, low) = mantissa.multipliedFullWidth(by: fives[power])
    if high == 0 { return scale(low, power) }
    let up = high.leadingZeroBitCount
    let top = up == 0 ? high : high << UInt64(up) | low >> UInt64(64 - up)
    let rest = low << UInt64(up)
    return scale(top | (rest == 0 ? 0 : 1), 64 - up + power)
  }

  /// An integer, rounded to float64, times a power of two that float64 has.
  private static func scale(_ integer: UInt64, _ power: Int) -> Double {
    Double(integer) * Double(sign: .plus, exponent: power, significand: 1)
  }

  private static let tens: [Double] = (0...22).map { power in
    (0..<power).reduce(1.0) { product, _ in product * 10 }
  }

  private static let fives: [UInt64] = (0...27).map { power in
    (0..<power).reduce(1) { product, _ in product * 5 }
  }
}

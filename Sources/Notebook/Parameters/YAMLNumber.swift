/// Reads the numbers of YAML 1.1 as PyYAML does, which papermill reads files of parameters with:
/// `1_000`, `012` in octal, `0b11`, `0x1F`, and `1:30` for 90 in sixties.
///
/// One thing is wider: an exponent needs neither a point before it nor a sign, so that `1e2` is a
/// number, which PyYAML takes for a string.
enum YAMLNumber {
  /// The longest text that is read as a number: digits of other bases take time by their square.
  private static let longest = 20_000

  /// Nil for a text that is no number, or has more than 20 000 characters.
  static func value(_ text: String) -> ParameterValue? {
    guard text.utf8.count <= longest else { return nil }
    var rest = text[...]
    let isNegative = rest.first == "-"
    let isSigned = isNegative || rest.first == "+"
    if isSigned { rest.removeFirst() }
    guard let first = rest.first, isDigit(first) || (first == "." && !isSigned) else { return nil }
    if let digits = whole(rest) {
      return .integer(isNegative && digits != "0" ? "-" + digits : digits)
    }
    return fraction(rest).map { .number(isNegative ? -$0 : $0) }
  }

  private static func isDigit(_ character: Character) -> Bool { "0"..."9" ~= character }

  /// The decimal digits of a whole number without a sign.
  private static func whole(_ text: Substring) -> String? {
    if text.contains(":") { return text.hasPrefix("0") ? nil : sixties(text) }
    func digits(_ digits: Substring, base: Int) -> String? {
      let plain = digits.filter { $0 != "_" }
      guard !plain.isEmpty,
        plain.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? base) < base })
      else { return nil }
      return decimal(plain.compactMap(\.hexDigitValue).map { (base, $0) })
    }
    if text.hasPrefix("0b") { return digits(text.dropFirst(2), base: 2) }
    if text.hasPrefix("0x") { return digits(text.dropFirst(2), base: 16) }
    // A zero and underscores alone are zero.
    if text.hasPrefix("0") { return digits(text, base: 8) }
    return digits(text, base: 10)
  }

  /// The digits of `1:30:00`: parts in sixties, with the largest first.
  private static func sixties(_ text: Substring) -> String? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard isPart(parts[0]), parts.dropFirst().allSatisfy(isSixtieth) else { return nil }
    let head = parts[0].filter { $0 != "_" }.compactMap(\.hexDigitValue).map { (10, $0) }
    return decimal(head + parts.dropFirst().map { (60, Int($0) ?? 0) })
  }

  private static func isPart(_ text: Substring) -> Bool {
    text.first.map(isDigit) == true && text.allSatisfy { isDigit($0) || $0 == "_" }
  }

  private static func isSixtieth(_ text: Substring) -> Bool {
    (1...2).contains(text.count) && text.allSatisfy(isDigit) && (Int(text) ?? 60) < 60
  }

  /// The decimal digits of a sum that each step multiplies before it adds.
  private static func decimal(_ steps: [(base: Int, digit: Int)]) -> String {
    // Nine digits in each place, the lowest first.
    var places = [0]
    for (base, digit) in steps {
      var carry = digit
      for index in places.indices {
        carry += places[index] * base
        places[index] = carry % 1_000_000_000
        carry /= 1_000_000_000
      }
      if carry > 0 { places.append(carry) }
    }
    let tail = places.dropLast().reversed().map { place in
      let digits = String(place)
      return String(repeating: "0", count: 9 - digits.count) + digits
    }
    return String(places[places.count - 1]) + tail.joined()
  }

  /// A number with a fraction or an exponent, without a sign.
  private static func fraction(_ text: Substring) -> Double? {
    if text.contains(":") {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[1].allSatisfy({ isDigit($0) || $0 == "_" }) else { return nil }
      let whole = parts[0].split(separator: ":", omittingEmptySubsequences: false)
      guard isPart(whole[0]), whole.dropFirst().allSatisfy(isSixtieth),
        var value = Double(whole[0].filter { $0 != "_" })
      else { return nil }
      for part in whole.dropFirst() { value = value * 60 + (Double(part) ?? 0) }
      return value + (Double("0." + parts[1].filter { $0 != "_" } + "0") ?? 0)
    }
    let mark = text.firstIndex { $0 == "e" || $0 == "E" }
    let mantissa = text[..<(mark ?? text.endIndex)]
    guard mark != nil || mantissa.contains(".") else { return nil }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.joined().contains(where: isDigit),
      parts.allSatisfy({ $0.allSatisfy { isDigit($0) || $0 == "_" } }),
      parts.allSatisfy({ $0.first != "_" }) || parts[0].first.map(isDigit) == true
    else { return nil }
    if let mark {
      var exponent = text[text.index(after: mark)...]
      if exponent.first == "-" || exponent.first == "+" { exponent.removeFirst() }
      guard !exponent.isEmpty, exponent.allSatisfy(isDigit) else { return nil }
    }
    // Swift reads no number without a digit on each side of the point.
    let plain = parts.map { $0.filter { $0 != "_" } }
    let fraction = plain.count == 2 ? ".\(plain[1])0" : ""
    return Double("0\(plain[0])\(fraction)\(mark.map { text[$0...] } ?? "")")
  }
}

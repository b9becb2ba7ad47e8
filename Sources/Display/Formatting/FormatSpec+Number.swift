extension FormatSpec {
  /// The number in this format; whole numbers take the integer types as well.
  func format(number: Double) throws(FormatError) -> String {
    let sign = sign(of: number)
    if type == "n", let grouping {
      throw FormatError(.value, "Cannot specify '\(grouping)' with 'n'.")
    }
    guard number.isFinite else { return try nonFinite(number, sign) }
    let decimal = Decimal(number)
    switch type {
    case nil:
      guard let precision else { return plain(decimal, sign) }
      return general(decimal, sign, precision: precision, isWhole: number == number.rounded())
    case "d",
      "n" where number == number.rounded(), "b", "o", "x", "X":
      return try integer(number, sign)
    case "f", "F": return fixed(decimal, sign, places: precision ?? 6)
    case "%": return percent(number, sign)
    case "e", "E": return scientific(decimal, sign, places: precision ?? 6)
    case "g", "G", "n": return general(decimal, sign, precision: precision ?? 6, isWhole: true)
    default: throw unknownType(FormatArgument.number(number).typeName)
    }
  }

  private func sign(of number: Double) -> String {
    if number.sign == .minus && !number.isNaN { return "-" }
    return sign == "+" ? "+" : sign == " " ? " " : ""
  }

  private func nonFinite(_ number: Double, _ sign: String) throws(FormatError) -> String {
    if let type, !"eEfFgGn%".unicodeScalars.contains(type) { throw unknownType("float") }
    var text = NumberFormat.nonFinite(number.magnitude)
    if type == "F" || type == "E" || type == "G" { text = text.uppercased() }
    if type == "%" { text += "%" }
    var spec = self
    spec.grouping = nil
    return spec.assembled(sign: sign, prefix: "", whole: text, rest: "")
  }

  /// The shortest text that reads back as the number.
  private func plain(_ decimal: Decimal, _ sign: String) -> String {
    if decimal.exponent < -4 || decimal.exponent >= 16 {
      return scientific(decimal, sign, places: nil)
    }
    let fraction = decimal.fraction()
    return assembled(
      sign: sign, prefix: "", whole: decimal.wholePart, rest: fraction.isEmpty ? "" : "." + fraction
    )
  }

  private func integer(_ number: Double, _ sign: String) throws(FormatError) -> String {
    guard number == number.rounded() else { throw unknownType("float") }
    if precision != nil {
      throw FormatError(.value, "Precision not allowed in integer format specifier")
    }
    if type != "d", type != "n", grouping == "," {
      throw FormatError(.value, "Cannot specify ',' with '\(type.map(String.init) ?? "")'.")
    }
    return try integer(number, minimumDigits: 1)
  }

  /// A whole number in the base of the type, with zeros before it up to a number of digits.
  func integer(_ number: Double, minimumDigits: Int) throws(FormatError) -> String {
    var digits: String
    if let radix = type.flatMap({ ["b": 2, "o": 8, "x": 16, "X": 16][$0] }) {
      guard let magnitude = UInt64(exactly: number.magnitude) else {
        throw FormatError(.value, "\(NumberFormat.shortest(number)) is too large for this format")
      }
      digits = String(magnitude, radix: radix, uppercase: type == "X")
    } else {
      digits = Decimal(number).rounded(digits: 400, exactly: true).wholePart
    }
    digits = String(repeating: "0", count: max(0, minimumDigits - digits.utf8.count)) + digits
    let prefix = alternate && type != "d" && type != "n" ? "0" + (type.map(String.init) ?? "") : ""
    // An integer has no negative zero.
    return assembled(
      sign: sign(of: number == 0 ? 0 : number), prefix: prefix, whole: digits, rest: "")
  }

  private func fixed(_ decimal: Decimal, _ sign: String, places: Int, suffix: String = "")
    -> String
  {
    let rounded = decimal.rounded(places: places, exactly: true)
    let fraction = rounded.fraction(places: places)
    let point = fraction.isEmpty && !alternate ? "" : "."
    return assembled(
      sign: sign, prefix: "", whole: rounded.wholePart, rest: point + fraction + suffix)
  }

  private func percent(_ number: Double, _ sign: String) -> String {
    let scaled = number * 100
    guard scaled.isFinite else {
      return assembled(sign: sign, prefix: "", whole: "inf", rest: "%")
    }
    return fixed(Decimal(scaled), sign, places: precision ?? 6, suffix: "%")
  }

  /// One digit, a fraction of so many places (nil: those that there are), and the exponent.
  private func scientific(_ decimal: Decimal, _ sign: String, places: Int?) -> String {
    let rounded = places.map { decimal.rounded(digits: $0 + 1, exactly: true) } ?? decimal
    let (lead, fraction) = rounded.scientific(places: places ?? 0)
    let exponent = Decimal.exponentText(rounded.exponent)
    let point = fraction.isEmpty && !alternate ? "" : "."
    let rest = point + fraction + exponent
    return assembled(
      sign: sign, prefix: "", whole: lead,
      rest: type == "E" || type == "G" ? rest.uppercased() : rest)
  }

  /// Fixed or scientific by the exponent, without zeros at the end unless `#` asks for them.
  ///
  /// Without a type, a number that is not whole keeps at least one digit after the point.
  private func general(_ decimal: Decimal, _ sign: String, precision: Int, isWhole: Bool) -> String
  {
    let digits = max(precision, 1)
    let rounded = decimal.rounded(digits: digits, exactly: true)
    let keepsPoint = type == nil && !isWhole
    if rounded.exponent < -4 || rounded.exponent >= digits - (keepsPoint ? 1 : 0) {
      return scientific(rounded, sign, places: alternate ? digits - 1 : nil)
    }
    let places = alternate ? digits - 1 - rounded.exponent : keepsPoint ? 1 : 0
    let fraction = rounded.fraction(places: places)
    return assembled(
      sign: sign, prefix: "", whole: rounded.wholePart,
      rest: (fraction.isEmpty && !alternate ? "" : ".") + fraction)
  }
}

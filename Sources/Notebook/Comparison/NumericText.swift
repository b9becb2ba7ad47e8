/// A line of text as the words and the numbers in it.
///
/// The amount of space between them and the length of rules such as `────` do not count, since both
/// follow from how many digits the numbers have. Colours and addresses in memory do not count either.
struct NumericText {
  enum Part: Equatable {
    case word(String)
    case number(Double, text: String)
  }

  private(set) var parts: [Part] = []

  /// How many characters of a line are read between two looks whether to go on.
  private static let stride = 4096

  /// Reads a line; only its first part where `goesOn`, which is asked now and then, says no.
  init(_ line: some StringProtocol, goesOn: () -> Bool = { true }) {
    let scalars = Array(line.unicodeScalars)
    var at = 0
    var word = ""
    var previous: Unicode.Scalar = " "
    func flush(_ parts: inout [Part]) {
      let text = word.split(separator: " ").joined(separator: " ")
      if !text.isEmpty { parts.append(.word(text)) }
      word = ""
    }
    var look = Self.stride
    while at < scalars.count {
      if at >= look {
        guard goesOn() else { break }
        look = at + Self.stride
      }
      let scalar = scalars[at]
      if scalar == "\u{1B}" {
        at = Self.escapeEnd(scalars, at)
      } else if let end = Self.addressEnd(scalars, at) {
        word += "0x…"
        at = end
        previous = "x"
      } else if let (number, end) = Self.number(scalars, at, after: previous) {
        flush(&parts)
        let text = String(String.UnicodeScalarView(scalars[at..<end]))
        parts.append(.number(number, text: text))
        at = end
        previous = "0"
      } else {
        let isRule = Self.isRule(scalar) && scalar == previous
        if !isRule { word.unicodeScalars.append(scalar.properties.isWhitespace ? " " : scalar) }
        previous = scalar
        at += 1
      }
    }
    flush(&parts)
  }

  /// How two lines compare.
  enum Verdict: Equatable {
    case same
    /// The words differ, or what stands where.
    case words
    /// The words are the same, and these are the first numbers that are not.
    case numbers(stored: Double, now: Double)
  }

  /// How another line compares with this one, which is stored.
  ///
  /// Numbers without fraction and exponent must be the same, others within the tolerance.
  func compare(_ now: NumericText, _ tolerance: Tolerance) -> Verdict {
    guard parts.count == now.parts.count else { return .words }
    var verdict = Verdict.same
    for (stored, now) in zip(parts, now.parts) {
      switch (stored, now) {
      case (.word(let left), .word(let right)):
        if left != right { return .words }
      case (.number(let left, let leftText), .number(let right, let rightText)):
        let isSame =
          Self.isWhole(leftText) && Self.isWhole(rightText)
          ? left == right : tolerance.accepts(right, for: left)
        if !isSame, verdict == .same { verdict = .numbers(stored: left, now: right) }
      default: return .words
      }
    }
    return verdict
  }

  private static func isWhole(_ text: String) -> Bool {
    text.utf8.allSatisfy { 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
  }

  /// Signs of which a run is drawn as long as there is room.
  private static func isRule(_ scalar: Unicode.Scalar) -> Bool {
    "-=_*─━═".unicodeScalars.contains(scalar)
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar == "_"
  }

  /// The place behind the control sequence of a terminal.
  private static func escapeEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
    var at = start + 1
    guard at < scalars.count, scalars[at] == "[" else { return at }
    at += 1
    while at < scalars.count, !(0x40...0x7E ~= scalars[at].value) { at += 1 }
    return min(at + 1, scalars.count)
  }

  /// The place behind an address such as `0x7f02c4`.
  private static func addressEnd(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
    guard start + 8 <= scalars.count, scalars[start] == "0", scalars[start + 1] == "x" else {
      return nil
    }
    var at = start + 2
    while at < scalars.count, scalars[at].properties.isASCIIHexDigit { at += 1 }
    return at - start >= 8 ? at : nil
  }

  /// The number that starts at a place, and where it ends; digits in a name are none.
  private static func number(
    _ scalars: [Unicode.Scalar], _ start: Int, after previous: Unicode.Scalar
  ) -> (Double, Int)? {
    if isLetter(previous) || isDigit(previous) || previous == "." { return nil }
    var at = start
    let isSigned = scalars[at] == "-" || scalars[at] == "+" || scalars[at] == "\u{2212}"
    let isNegative = isSigned && scalars[at] != "+"
    if isSigned {
      // Behind a closing bracket the sign is an operator.
      if ")]}".unicodeScalars.contains(previous) { return nil }
      at += 1
    }
    for (name, value) in [("nan", Double.nan), ("inf", .infinity)] {
      let end = at + 3
      guard end <= scalars.count,
        String(String.UnicodeScalarView(scalars[at..<end])).lowercased() == name,
        end == scalars.count || !(isLetter(scalars[end]) || isDigit(scalars[end]))
      else { continue }
      return (isNegative ? -value : value, end)
    }
    let first = at
    while at < scalars.count, isDigit(scalars[at]) { at += 1 }
    var digits = at - first
    if at < scalars.count, scalars[at] == "." {
      at += 1
      while at < scalars.count, isDigit(scalars[at]) {
        at += 1
        digits += 1
      }
    }
    guard digits > 0 else { return nil }
    if at + 1 < scalars.count, scalars[at] == "e" || scalars[at] == "E" {
      var end = at + 1
      if scalars[end] == "-" || scalars[end] == "+" { end += 1 }
      let exponent = end
      while end < scalars.count, isDigit(scalars[end]) { end += 1 }
      if end > exponent { at = end }
    }
    let text = String(String.UnicodeScalarView(scalars[first..<at]))
    guard let value = Double(text) else { return nil }
    return (isNegative ? -value : value, at)
  }
}

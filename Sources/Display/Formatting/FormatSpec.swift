/// Python's format specification: `[[fill]align][sign][#][0][width][,|_][.precision][type]`.
struct FormatSpec {
  var fill: Unicode.Scalar?
  /// `<`, `>`, `^` or `=`.
  var align: Unicode.Scalar?
  /// `+`, `-` or a space.
  var sign: Unicode.Scalar?
  var alternate = false
  /// Whether a `0` stands before the width.
  var zero = false
  var width: Int?
  /// `,` or `_`.
  var grouping: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  /// Wider or longer than this is an error: a slip in a program must not fill the memory.
  static let longest = 100_000

  init() {}

  /// Reads a specification; what is left over after it is an error.
  init(_ text: String) throws(FormatError) {
    var rest = Array(text.unicodeScalars)[...]
    let aligns: Set<Unicode.Scalar> = ["<", ">", "^", "="]
    if rest.count >= 2, aligns.contains(rest[rest.startIndex + 1]) {
      fill = rest.removeFirst()
      align = rest.removeFirst()
    } else if let first = rest.first, aligns.contains(first) {
      align = rest.removeFirst()
    }
    if let first = rest.first, first == "+" || first == "-" || first == " " {
      sign = rest.removeFirst()
    }
    if rest.first == "#" {
      alternate = true
      rest.removeFirst()
    }
    if rest.first == "0" {
      zero = true
      rest.removeFirst()
    }
    width = try FormatSpec.number(&rest)
    if let first = rest.first, first == "," || first == "_" { grouping = rest.removeFirst() }
    if rest.first == "." {
      rest.removeFirst()
      guard let digits = try FormatSpec.number(&rest) else {
        throw FormatError(.value, "Format specifier missing precision")
      }
      precision = digits
    }
    type = rest.popFirst()
    guard rest.isEmpty else {
      throw FormatError(.value, "Invalid format specifier \(QuotedText.quoted(text))")
    }
  }

  /// A number at the start of `text`, nil when there is none.
  static func number(_ text: inout ArraySlice<Unicode.Scalar>) throws(FormatError) -> Int? {
    var number: Int?
    while let digit = text.first, ("0"..."9").contains(digit) {
      text.removeFirst()
      number = (number ?? 0) * 10 + Int(digit.value - 48)
      if let number, number > longest {
        throw FormatError(.value, "Too large a width or precision in format: \(longest) at most")
      }
    }
    return number
  }
}

extension FormatSpec {
  /// The value in this format.
  func format(_ value: FormatArgument) throws(FormatError) -> String {
    switch value {
    case .number(let number): return try format(number: number)
    case .bool(let truth):
      if type == nil && precision == nil { return padded(value.text, defaultAlign: "<") }
      return try format(number: truth ? 1 : 0)
    case .string(let string): return try format(string: string)
    case .other(let type, _, _):
      throw FormatError(.type, "unsupported format string passed to \(type).__format__")
    }
  }

  private func format(string: String) throws(FormatError) -> String {
    if let type, type != "s" { throw unknownType("str") }
    if sign != nil { throw FormatError(.value, "Sign not allowed in string format specifier") }
    if alternate {
      throw FormatError(.value, "Alternate form (#) not allowed in string format specifier")
    }
    if let grouping { throw FormatError(.value, "Cannot specify '\(grouping)' with 's'.") }
    if align == "=" {
      throw FormatError(.value, "'=' alignment not allowed in string format specifier")
    }
    var text = string
    if let precision {
      text = ""
      text.unicodeScalars.append(contentsOf: string.unicodeScalars.prefix(precision))
    }
    return padded(text, defaultAlign: "<")
  }

  func unknownType(_ name: String) -> FormatError {
    FormatError(
      .value, "Unknown format code '\(type.map(String.init) ?? "")' for object of type '\(name)'")
  }

  /// Filled to the width; code points count, as in Python.
  private func padded(_ text: String, defaultAlign: Unicode.Scalar) -> String {
    guard let width else { return text }
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    let filler = fill ?? (zero ? "0" : " ")
    func space(_ count: Int) -> String { String(repeating: String(filler), count: count) }
    switch align ?? defaultAlign {
    case "<": return text + space(missing)
    case "^": return space(missing / 2) + text + space(missing - missing / 2)
    default: return space(missing) + text
    }
  }

  /// A number from its sign, a prefix such as `0x`, its digits and what follows them.
  func assembled(sign: String, prefix: String, whole: String, rest: String) -> String {
    let filler = fill ?? (zero ? "0" : " ")
    let side = align ?? (zero ? "=" : ">")
    let group = type.map { "xXbo".unicodeScalars.contains($0) } == true ? 4 : 3
    var whole = whole
    if side == "=", filler == "0", let width {
      // Zeros belong to the digits, so they are grouped with them.
      let taken = sign.utf8.count + prefix.utf8.count + rest.utf8.count
      whole = grouped(whole, by: group, atLeast: width - taken)
    } else {
      whole = grouped(whole, by: group, atLeast: 0)
    }
    let digits = whole + rest
    guard side == "=" else { return padded(sign + prefix + digits, defaultAlign: ">") }
    let head = sign + prefix
    let missing = max(0, (width ?? 0) - head.utf8.count - digits.utf8.count)
    return head + String(repeating: String(filler), count: missing) + digits
  }

  /// The digits with separators, and zeros before them up to a number of characters.
  private func grouped(_ digits: String, by size: Int, atLeast count: Int) -> String {
    guard let grouping else {
      return String(repeating: "0", count: max(0, count - digits.utf8.count)) + digits
    }
    var reversed: [Unicode.Scalar] = []
    var placed = 0
    var source = Array(digits.unicodeScalars)
    while !source.isEmpty || reversed.count < count {
      if placed > 0 && placed % size == 0 { reversed.append(grouping) }
      reversed.append(source.popLast() ?? "0")
      placed += 1
    }
    var text = ""
    text.unicodeScalars.append(contentsOf: reversed.reversed())
    return text
  }
}

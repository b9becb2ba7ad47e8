extension TextFormat {
  /// The template with its `%` items filled in, as the `%` operator of strings does it.
  ///
  /// Every argument must be used. A single value is a list of one.
  public static func percent(
    _ template: String, _ arguments: [FormatArgument]
  ) throws(FormatError) -> String {
    var filler = PercentFiller(template, arguments: arguments, lookup: nil)
    return try filler.text()
  }

  /// The template with its `%(key)` items filled in from a dictionary.
  ///
  /// `lookup` gives nil for a key that is not there.
  public static func percent(
    _ template: String, lookup: (String) -> FormatArgument?
  ) throws(FormatError) -> String {
    try withoutActuallyEscaping(lookup) { lookup throws(FormatError) in
      var filler = PercentFiller(template, arguments: [], lookup: lookup)
      return try filler.text()
    }
  }
}

private struct PercentFiller {
  private var rest: ArraySlice<Unicode.Scalar>
  private var arguments: ArraySlice<FormatArgument>
  private let lookup: ((String) -> FormatArgument?)?
  private var result = ""

  init(
    _ template: String, arguments: [FormatArgument], lookup: ((String) -> FormatArgument?)?
  ) {
    rest = Array(template.unicodeScalars)[...]
    self.arguments = arguments[...]
    self.lookup = lookup
  }

  mutating func text() throws(FormatError) -> String {
    while let scalar = rest.popFirst() {
      if scalar == "%" { try item() } else { result.unicodeScalars.append(scalar) }
    }
    guard arguments.isEmpty else {
      throw FormatError(.type, "not all arguments converted during string formatting")
    }
    return result
  }

  private mutating func next() throws(FormatError) -> FormatArgument {
    guard let argument = arguments.popFirst() else {
      throw FormatError(
        .type,
        lookup == nil ? "not enough arguments for format string" : "format requires a key: %(name)s"
      )
    }
    return argument
  }

  private mutating func item() throws(FormatError) {
    let named = try key()
    var spec = FormatSpec()
    flags: while let flag = rest.first {
      switch flag {
      case "-": spec.align = "<"
      case "0": spec.zero = true
      case "+": spec.sign = "+"
      case " ": if spec.sign == nil { spec.sign = " " }
      case "#": spec.alternate = true
      default: break flags
      }
      rest.removeFirst()
    }
    if let width = try star() {
      spec.width = abs(width)
      if width < 0 { spec.align = "<" }
    } else {
      spec.width = try FormatSpec.number(&rest)
    }
    if rest.first == "." {
      rest.removeFirst()
      if let precision = try star() {
        spec.precision = max(precision, 0)
      } else {
        spec.precision = try FormatSpec.number(&rest) ?? 0
      }
    }
    // C's length modifiers mean nothing here.
    while let modifier = rest.first, "hlL".unicodeScalars.contains(modifier) { rest.removeFirst() }
    guard let type = rest.popFirst() else { throw FormatError(.value, "incomplete format") }
    if type == "%" {
      result += "%"
      return
    }
    let argument = if let named { named } else { try next() }
    // Zeros fill on the left only.
    if spec.align == "<" { spec.zero = false }
    result += try filled(argument, type, spec)
  }

  /// The value named by `(key)`, when there is one.
  private mutating func key() throws(FormatError) -> FormatArgument? {
    guard rest.first == "(" else { return nil }
    rest.removeFirst()
    guard let end = rest.firstIndex(of: ")") else {
      throw FormatError(.value, "incomplete format key")
    }
    var key = ""
    key.unicodeScalars.append(contentsOf: rest[..<end])
    rest = rest[(end + 1)...]
    guard let lookup else { throw FormatError(.type, "format requires a mapping") }
    guard let argument = lookup(key) else {
      throw FormatError(.key, QuotedText.quoted(key))
    }
    return argument
  }

  /// The number that a `*` takes from the arguments.
  private mutating func star() throws(FormatError) -> Int? {
    guard rest.first == "*" else { return nil }
    rest.removeFirst()
    guard case .number(let number) = try next(), let width = Int(exactly: number) else {
      throw FormatError(.type, "* wants int")
    }
    guard width.magnitude <= UInt(FormatSpec.longest) else {
      throw FormatError(
        .value, "Too large a width or precision in format: \(FormatSpec.longest) at most")
    }
    return width
  }

  private func filled(
    _ argument: FormatArgument, _ type: Unicode.Scalar, _ spec: FormatSpec
  ) throws(FormatError) -> String {
    var spec = spec
    switch type {
    case "s", "r", "a":
      spec.zero = false
      spec.sign = nil
      spec.alternate = false
      if spec.align == nil { spec.align = ">" }
      return try spec.format(.string(type == "s" ? argument.text : argument.representation))
    case "c":
      let text = try character(argument)
      spec.precision = nil
      spec.zero = false
      if spec.align == nil { spec.align = ">" }
      return try spec.format(.string(text))
    case "d", "i", "u", "x", "X", "o":
      let number = try number(argument, type)
      guard number.isFinite else {
        throw FormatError(.value, "cannot convert float \(argument.text) to integer")
      }
      spec.type = type == "i" || type == "u" ? "d" : type
      // A precision asks for at least so many digits.
      let digits = spec.precision ?? 1
      spec.precision = nil
      return try spec.integer(number.rounded(.towardZero), minimumDigits: digits)
    case "e", "E", "f", "F", "g", "G":
      spec.type = type
      return try spec.format(number: number(argument, type))
    default:
      throw FormatError(.value, "unsupported format character '\(type)'")
    }
  }

  private func number(
    _ argument: FormatArgument, _ type: Unicode.Scalar
  ) throws(FormatError) -> Double {
    switch argument {
    case .number(let number): return number
    case .bool(let truth): return truth ? 1 : 0
    default:
      let wanted = "%\(type) format: a real number is required, not \(argument.typeName)"
      throw FormatError(
        .type,
        "eEfFgG".unicodeScalars.contains(type)
          ? "must be real number, not \(argument.typeName)" : wanted)
    }
  }

  private func character(_ argument: FormatArgument) throws(FormatError) -> String {
    switch argument {
    case .string(let text) where text.unicodeScalars.count == 1: return text
    case .number(let number):
      if let code = UInt32(exactly: number), let scalar = Unicode.Scalar(code) {
        return String(scalar)
      }
    default: break
    }
    throw FormatError(.type, "%c requires an int or a unicode character")
  }
}

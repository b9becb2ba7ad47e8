extension Methods {
  /// Methods of strings that look at letters, and those that fill up to a width.
  static var letters: [Builtin] {
    [
      Builtin("upper", "text", "In capital letters.") { call, _ throws(Failure) in
        .string(try call.string(0).uppercased())
      },
      Builtin("lower", "text", "In small letters.") { call, _ throws(Failure) in
        .string(try call.string(0).lowercased())
      },
      Builtin("casefold", "text", "In letters for comparison.") { call, _ throws(Failure) in
        .string(try call.string(0).lowercased())
      },
      Builtin("swapcase", "text", "Capital letters small and the reverse.") {
        call, _ throws(Failure) in
        var result = ""
        for character in try call.string(0) {
          result += character.isUppercase ? character.lowercased() : character.uppercased()
        }
        return .string(result)
      },
      Builtin("capitalize", "text", "The first letter capital, the others small.") {
        call, _ throws(Failure) in
        let text = try call.string(0)
        return .string(text.prefix(1).uppercased() + text.dropFirst().lowercased())
      },
      Builtin("title", "text", "Each word with a capital letter.") { call, _ throws(Failure) in
        var result = ""
        var isInWord = false
        for character in try call.string(0) {
          result += isInWord ? character.lowercased() : character.uppercased()
          isInWord = character.isLetter
        }
        return .string(result)
      },
      test("isdigit", "digits") {
        $0.properties.numericType == .digit || $0.properties.numericType == .decimal
      },
      test("isdecimal", "decimal digits") { $0.properties.numericType == .decimal },
      test("isnumeric", "numerals") { $0.properties.numericType != nil },
      test("isalpha", "letters") { $0.isLetter },
      test("isalnum", "letters and digits") { $0.isLetter || $0.properties.numericType != nil },
      test("isspace", "white space") { $0.properties.isWhitespace },
      Builtin("isupper", "text", "Whether all its letters are capital.") {
        call, _ throws(Failure) in
        let cased = try call.string(0).unicodeScalars.filter { $0.properties.isCased }
        return .boolean(!cased.isEmpty && cased.allSatisfy { $0.properties.isUppercase })
      },
      Builtin("islower", "text", "Whether all its letters are small.") {
        call, _ throws(Failure) in
        let cased = try call.string(0).unicodeScalars.filter { $0.properties.isCased }
        return .boolean(!cased.isEmpty && cased.allSatisfy { $0.properties.isLowercase })
      },
      Builtin("isidentifier", "text", "Whether it could be a name.") {
        call, _ throws(Failure) in
        let scalars = Scalars(try call.string(0))
        guard let first = scalars.first, first == "_" || first.properties.isXIDStart else {
          return .boolean(false)
        }
        return .boolean(scalars.allSatisfy { $0.properties.isXIDContinue })
      },
      filling("ljust") { missing, _ in (0, missing) },
      filling("rjust") { missing, _ in (missing, 0) },
      filling("center") { missing, width in
        // As Python shares out an odd rest.
        let left = missing / 2 + (missing & width & 1)
        return (left, missing - left)
      },
      Builtin("zfill", "text, width", "Filled with zeros after its sign.") {
        call, _ throws(Failure) in
        let text = try call.string(0)
        let missing = try width(call, 1) - text.unicodeScalars.count
        guard missing > 0 else { return .string(text) }
        let zeros = String(repeating: "0", count: missing)
        if let sign = text.first, sign == "-" || sign == "+" {
          return .string("\(sign)\(zeros)\(text.dropFirst())")
        }
        return .string(zeros + text)
      },
      Builtin("expandtabs", "text, tabsize=8", "With spaces for tabs.") {
        call, _ throws(Failure) in
        let size = try width(call, 1)
        var result = String.UnicodeScalarView()
        var column = 0
        for scalar in try call.string(0).unicodeScalars {
          if scalar == "\t" {
            let count = size > 0 ? size - column % size : 0
            result.append(contentsOf: String(repeating: " ", count: count).unicodeScalars)
            column += count
          } else {
            result.append(scalar)
            column = scalar == "\n" ? 0 : column + 1
          }
        }
        return .string(String(result))
      },
    ]
  }

  /// A width that is no slip: at most a million.
  private static func width(_ call: BoundArguments, _ index: Int) throws(Failure) -> Int {
    let width = try call.int(index, default: 8)
    guard width <= 1_000_000 else {
      throw Failure(.value, "a width of \(width) is more than 1000000")
    }
    return width
  }

  private static func test(
    _ name: String, _ what: String, _ holds: @escaping (Unicode.Scalar) -> Bool
  ) -> Builtin {
    Builtin(name, "text", "Whether it is made of \(what) alone.") { call, _ throws(Failure) in
      let scalars = try call.string(0).unicodeScalars
      return .boolean(!scalars.isEmpty && scalars.allSatisfy(holds))
    }
  }

  private static func filling(
    _ name: String, _ shares: @escaping (_ missing: Int, _ width: Int) -> (left: Int, right: Int)
  ) -> Builtin {
    Builtin(name, "text, width, filler=' '", "Filled to a width.") { call, _ throws(Failure) in
      let text = try call.string(0)
      let filler = try call.string(2, default: " ")
      guard filler.unicodeScalars.count == 1 else {
        throw Failure(.type, "\(name)() fills with one character, not \(Printing.quoted(filler))")
      }
      let width = try width(call, 1)
      let missing = width - text.unicodeScalars.count
      guard missing > 0 else { return .string(text) }
      let (left, right) = shares(missing, width)
      return .string(
        String(repeating: filler, count: left) + text + String(repeating: filler, count: right))
    }
  }
}

extension Unicode.Scalar {
  /// Whether it is a letter by its general category.
  fileprivate var isLetter: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}

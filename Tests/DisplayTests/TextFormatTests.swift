import Testing

@testable import Display

/// Expected texts are those that Python 3 gives.
@Suite("Format specifications")
struct TextFormatTests {
  @Test(
    "Numbers are written as Python writes them",
    arguments: [
      (3.14159, ".3f", "3.142"),
      (3.14159, "8.2f", "    3.14"),
      (3.14159, "<8.2f", "3.14    "),
      (3.14159, "^9.2f", "  3.14   "),
      (3.14159, "*>9.2f", "*****3.14"),
      (3.14159, "+.1f", "+3.1"),
      (-3.14159, " .1f", "-3.1"),
      (3.14159, " .1f", " 3.1"),
      (1234567.891, ",.2f", "1,234,567.89"),
      (1234567.891, "_.1f", "1_234_567.9"),
      (1_234_567, ",", "1,234,567"),
      (1234, "012,d", "0,000,001,234"),
      (123, "04,", "0,123"),
      (-42, "06d", "-00042"),
      (-42, "*=6d", "-***42"),
      (42, "#x", "0x2a"),
      (255, "#X", "0XFF"),
      (255, "08b", "11111111"),
      (8, "#o", "0o10"),
      (65535, "_x", "ffff"),
      (1.234e-05, "e", "1.234000e-05"),
      (12345.678, ".2e", "1.23e+04"),
      (12345.678, ".3E", "1.235E+04"),
      (0.0001, "g", "0.0001"),
      (1e-05, "g", "1e-05"),
      (1000000.0, "g", "1e+06"),
      (123456, "g", "123456"),
      (1.5, "#g", "1.50000"),
      (123456.7, ".6", "1.23457e+05"),
      (1234.5678, ".3", "1.23e+03"),
      (2.0000001, ".3", "2.0"),
      (0.5, "%", "50.000000%"),
      (0.1234, ".1%", "12.3%"),
      (2, ".0%", "200%"),
      (3, "5", "    3"),
      (3, "<5", "3    "),
      (0.1, "", "0.1"),
      (1e-05, "", "1e-05"),
      (1e+22, ".0f", "10000000000000000000000"),
      (0.1, ".20f", "0.10000000000000000555"),
      (2.5, ".0f", "2"),
      (3.5, ".0f", "4"),
      (2.675, ".2f", "2.67"),
      (1.005, ".2f", "1.00"),
      (.nan, "08.2f", "00000nan"),
      (.infinity, "+F", "+INF"),
      (-.infinity, "e", "-inf"),
      (.leastNonzeroMagnitude, ".3e", "4.941e-324"),
      (0.5, ".0f", "0"),
      (7, "#.0f", "7."),
      (7, "#.0e", "7.e+00"),
      (1234.5, "n", "1234.5"),
      (1e20, "d", "100000000000000000000"),
    ] as [(Double, String, String)])
  func numbers(_ number: Double, _ spec: String, _ expected: String) throws {
    #expect(try TextFormat.format(value: number, spec: spec) == expected)
  }

  @Test(
    "Strings are cut, filled and aligned",
    arguments: [
      ("ab", "5", "ab   "),
      ("ab", ">5", "   ab"),
      ("ab", "^5", " ab  "),
      ("ab", ".1", "a"),
      ("ab", "*<5s", "ab***"),
      ("가나", "5", "가나   "),
      ("abc", "05", "abc00"),
      ("abc", ">4.2", "  ab"),
    ])
  func strings(_ string: String, _ spec: String, _ expected: String) throws {
    #expect(try TextFormat.format(.string(string), spec: spec) == expected)
  }

  @Test("Truth values are words without a type and numbers with one")
  func truthValues() throws {
    #expect(try TextFormat.format(.bool(true), spec: "") == "True")
    #expect(try TextFormat.format(.bool(true), spec: "d") == "1")
    #expect(try TextFormat.format(.bool(false), spec: ".1f") == "0.0")
  }

  @Test(
    "A specification that does not fit is an error that says why",
    arguments: [
      (.number(3.5), "d", "Unknown format code 'd' for object of type 'float'"),
      (.number(3), ".2d", "Precision not allowed in integer format specifier"),
      (.number(3), "s", "Unknown format code 's' for object of type 'int'"),
      (.number(3), "q", "Unknown format code 'q' for object of type 'int'"),
      (.number(3), "5.", "Format specifier missing precision"),
      (.number(3), "dd", "Invalid format specifier 'dd'"),
      (.number(3), ",x", "Cannot specify ',' with 'x'."),
      (.number(3), ",n", "Cannot specify ',' with 'n'."),
      (.number(1e300), "x", "1e+300 is too large for this format"),
      (
        .number(3), "9999999999999999999999",
        "Too large a width or precision in format: 100000 at most"
      ),
      (.string("a"), "d", "Unknown format code 'd' for object of type 'str'"),
      (.string("a"), "+", "Sign not allowed in string format specifier"),
      (.string("a"), "=5", "'=' alignment not allowed in string format specifier"),
      (.string("a"), ",", "Cannot specify ',' with 's'."),
      (.string("a"), "#", "Alternate form (#) not allowed in string format specifier"),
    ] as [(FormatArgument, String, String)])
  func errors(_ value: FormatArgument, _ spec: String, _ message: String) {
    #expect(throws: FormatError(.value, message)) {
      try TextFormat.format(value, spec: spec)
    }
  }

  @Test("Values of other types take no specification")
  func otherTypes() throws {
    let list = FormatArgument.other(type: "list", text: "[1]", representation: "[1]")
    #expect(try TextFormat.format(list, spec: "") == "[1]")
    #expect(throws: FormatError(.type, "unsupported format string passed to list.__format__")) {
      try TextFormat.format(list, spec: "5")
    }
  }

  @Test(
    "The percent operator fills in what Python fills in",
    arguments: [
      ("%d %.3f %s", [.number(3), .number(0.5), .string("x")], "3 0.500 x"),
      ("%5.2e|", [.number(12345.678)], "1.23e+04|"),
      ("%-6d|", [.number(42)], "42    |"),
      ("%06d", [.number(-42)], "-00042"),
      ("%+d", [.number(7)], "+7"),
      ("% d", [.number(7)], " 7"),
      ("%d", [.number(3.99)], "3"),
      ("%d", [.number(-3.99)], "-3"),
      ("%.4d", [.number(42)], "0042"),
      ("%5s|%-5s|", [.string("ab"), .string("cd")], "   ab|cd   |"),
      ("%.2s", [.string("abc")], "ab"),
      ("%r %s", [.string("it's"), .string("x")], "\"it's\" x"),
      ("%x %X %#o", [.number(255), .number(255), .number(8)], "ff FF 0o10"),
      ("100%%", [], "100%"),
      ("%*d|%-*d|", [.number(5), .number(42), .number(5), .number(42)], "   42|42   |"),
      ("%.*f", [.number(2), .number(3.14159)], "3.14"),
      ("%c%c", [.number(65), .string("b")], "Ab"),
      ("%g %G", [.number(1e-10), .number(1e+20)], "1e-10 1E+20"),
      ("%i %u", [.number(1), .number(2)], "1 2"),
      ("%ld", [.number(5)], "5"),
      ("%s", [.number(0.1)], "0.1"),
      ("%s", [.number(3)], "3"),
      ("%s", [.bool(true)], "True"),
      ("%d", [.bool(true)], "1"),
      (
        "loss: %.6f (%d/%d)", [.number(2.302585), .number(10), .number(100)],
        "loss: 2.302585 (10/100)"
      ),
      ("%s%%", [.number(50)], "50%"),
    ] as [(String, [FormatArgument], String)])
  func percent(_ template: String, _ arguments: [FormatArgument], _ expected: String) throws {
    #expect(try TextFormat.percent(template, arguments) == expected)
  }

  @Test("The percent operator finds keys")
  func percentKeys() throws {
    let values: [String: FormatArgument] = ["a": .number(1), "b": .string("x")]
    #expect(try TextFormat.percent("%(b)s=%(a).2f", lookup: { values[$0] }) == "x=1.00")
    #expect(throws: FormatError(.key, "'c'")) {
      try TextFormat.percent("%(c)s", lookup: { values[$0] })
    }
  }

  @Test(
    "Arguments of the percent operator must fit",
    arguments: [
      ("%d", [], .type, "not enough arguments for format string"),
      (
        "%d", [.number(1), .number(2)], .type,
        "not all arguments converted during string formatting"
      ),
      ("%d", [.string("x")], .type, "%d format: a real number is required, not str"),
      ("%f", [.string("x")], .type, "must be real number, not str"),
      ("%z", [.number(1)], .value, "unsupported format character 'z'"),
      ("%", [.number(1)], .value, "incomplete format"),
      ("%(a)d", [.number(1)], .type, "format requires a mapping"),
      ("%*d", [.string("a"), .number(1)], .type, "* wants int"),
      ("%d", [.number(.infinity)], .value, "cannot convert float inf to integer"),
      ("%d", [.number(.nan)], .value, "cannot convert float nan to integer"),
    ] as [(String, [FormatArgument], FormatError.Kind, String)])
  func percentErrors(
    _ template: String, _ arguments: [FormatArgument], _ kind: FormatError.Kind, _ message: String
  ) {
    #expect(throws: FormatError(kind, message)) { try TextFormat.percent(template, arguments) }
  }
}

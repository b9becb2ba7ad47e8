import Testing

@testable import Display

@Suite("Templates of str.format")
struct FormatTemplateTests {
  private func resolve(
    _ source: FormatTemplate.Source, _ path: [FormatTemplate.Step]
  ) throws -> FormatArgument {
    switch (source, path) {
    case (.position(0), []): return .number(3.14159)
    case (.position(1), []): return .string("ab")
    case (.position(2), []): return .number(7)
    case (.keyword("w"), []): return .number(10)
    case (.keyword("p"), []): return .number(2)
    case (.keyword("name"), []): return .string("Nabla")
    case (.keyword("n"), [.index(0)]): return .number(1)
    case (.keyword("n"), [.key("k")]): return .number(2)
    case (.keyword("o"), [.attribute("real")]): return .number(2.5)
    default: throw FormatError(.key, "\(source) \(path)")
    }
  }

  @Test(
    "Fields take their values by turn, number, name and path",
    arguments: [
      ("{} {}", "3.14159 ab"), ("{0} {1} {0}", "3.14159 ab 3.14159"), ("{name}", "Nabla"),
      ("{:.2f}", "3.14"), ("{0:>8.3f}|", "   3.142|"), ("{:{w}.{p}f}|", "      3.14|"),
      ("{{}} {}", "{} 3.14159"), ("{1!r:>6}|", "  'ab'|"), ("{name:^9}|", "  Nabla  |"),
      ("{n[0]} {n[k]}", "1 2"), ("{o.real}", "2.5"), ("", ""), ("가{}나", "가3.14159나"),
    ])
  func fields(_ template: String, _ expected: String) throws {
    #expect(try FormatTemplate(template).text(resolve: resolve) == expected)
  }

  @Test(
    "A malformed template is a ValueError that says why",
    arguments: [
      ("{", "Single '{' encountered in format string"),
      ("}", "Single '}' encountered in format string"),
      (
        "{0} {}",
        "cannot switch from manual field specification to automatic field numbering"
      ),
      (
        "{} {0}",
        "cannot switch from automatic field numbering to manual field specification"
      ),
      ("{a!}", "conversion must be !r, !s or !a in format string"),
      ("{0!rx}", "conversion must be !r, !s or !a in format string"),
      ("{:{:{}}}", "Max string recursion exceeded"), ("{a", "expected '}' before end of string"),
      ("{a:", "expected '}' before end of string"), ("{0[", "Missing ']' in format string"),
      ("{0.}", "Empty attribute in format string"), ("{0[]}", "Empty attribute in format string"),
      ("{99999999999999999999}", "Too many decimal digits in format string"),
    ])
  func errors(_ template: String, _ message: String) {
    #expect(throws: FormatError(.value, message)) { try FormatTemplate(template) }
  }

  @Test(
    "Strings are quoted as Python quotes them",
    arguments: [
      ("a", "'a'"), ("it's", "\"it's\""), ("'\"", "'\\'\"'"), ("a\nb\t\\", "'a\\nb\\t\\\\'"),
      ("\u{1B}é가", "'\\x1bé가'"), ("\u{202E}", "'\\u202e'"), ("\u{7F}\u{A0}", "'\\x7f\\xa0'"),
    ])
  func quoting(_ string: String, _ expected: String) {
    #expect(QuotedText.quoted(string) == expected)
  }
}

import Testing

@testable import Syntax

@Suite("Literals")
struct LiteralTests {
  @Test(
    "Numbers have the value that they write",
    arguments: [
      ("0", 0), ("00", 0), ("1_000_000", 1e6), ("12345678901234567890", 12_345_678_901_234_567_168),
      ("0.1", 0.1), ("1.", 1), (".5e1", 5), ("1E+2", 100), ("5e-324", .leastNonzeroMagnitude),
      ("1e400", .infinity),
      ("0XfF", 255), ("0b1_0", 2), ("0o777", 511),
      // 2^53 + 1 lies between two numbers and rounds to the even one, 2^53 + 3 to 2^53 + 4.
      ("0x20000000000001", 9_007_199_254_740_992), ("0x20000000000003", 9_007_199_254_740_996),
      ("0x10000000000000000000000000000000", 0x1p124),
      ("0x1000000000000080000000000000000001", 0x1.0000000000001p132),
    ] as [(String, Double)])
  func numbers(source: String, expected: Double) throws {
    #expect(Lexer.value(ofNumber: Array(source.utf8)[...]) == expected)
    #expect(tokens(of: source).map(\.kind) == [.number, .newline])
  }

  @Test("A hexadecimal number past the range is infinite")
  func hugeHexadecimal() {
    let digits = Array(("0x" + String(repeating: "f", count: 100_000)).utf8)
    #expect(Lexer.value(ofNumber: digits[...]) == .infinity)
  }

  @Test(
    "Strings have the value that they write",
    arguments: [
      (#"'a\tb\n'"#, "a\tb\n"), (#""it's""#, "it's"), (#"'\'\"\\'"#, "'\"\\"),
      (#"'\x41\u00e9\U0001F600\101\0'"#, "Aé😀A\0"), (#"r'\n\''"#, #"\n\'"#),
      (#"'\d\ '"#, #"\d\ "#), ("'''a\n'b''c'''", "a\n'b''c"), ("'''a\r\nb'''", "a\nb"),
      ("'a\\\nb'", "ab"), ("'a' \"b\" '''c'''", "abc"), ("('a'\n 'b')", "ab"),
      ("'가나'", "가나"), ("''", ""), ("''''''", ""), ("R'\\'", "error"), ("u'a'", "a"),
      (#"'\a\b\f\v\r'"#, "\u{7}\u{8}\u{C}\u{B}\r"),
    ])
  func strings(source: String, expected: String) {
    #expect(
      tree(source)
        == (expected == "error" ? "error: this string was never closed" : "'\(expected)'"))
  }

  @Test(
    "F-strings have their texts and fields",
    arguments: [
      ("f'a{x}b'", "(f 'a' {x} 'b')"), ("f''", "(f )"), ("f'{{}}'", "(f '{}')"),
      ("f'{x!r:>10}'", "(f {x!r:'>10'})"), ("f'{x:{w}.{p}f}'", "(f {x:{w} '.' {p} 'f'})"),
      ("f'{x = }'", "(f {'x = ' x})"), ("f'{x=!s:5}'", "(f {'x=' x!s:'5'})"),
      ("f'{x == y}{x != y}'", "(f {(compare x == y)} {(compare x != y)})"),
      ("f\"{d['a']}\"", "(f {(at d 'a')})"), ("f'{d['a']}'", "(f {(at d 'a')})"),
      ("f'{f'{x}'}'", "(f {(f {x})})"), ("f'{(lambda y: y)(1)}'", "(f {(call (lambda {y} y) 1)})"),
      ("f'{x, y}'", "(f {(tuple x y)})"), ("f'{ {1: 2}[1] }'", "(f {(at (dict 1:2) 1)})"),
      ("f'{x[1:2]}'", "(f {(at x (slice 1 2 -))})"), ("'a' f'{x}' 'b'", "(f 'a' {x} 'b')"),
      ("f'a' f'b{x}c' f'd'", "(f 'ab' {x} 'cd')"), (#"f'\t{x}\\'"#, "(f '\t' {x} '\\')"),
      (#"rf'\t{x}'"#, #"(f '\t' {x})"#), ("f'''{\nx\n}'''", "(f {x})"),
      ("f'{x:%H:%M}'", "(f {x:'%H:%M'})"), ("F'{x:=5}'", "(f {x:'=5'})"),
      ("f'{a if b else c:.3f}'", "(f {(ifelse b a c):'.3f'})"),
    ])
  func formatted(source: String, expected: String) {
    #expect(tree(source) == expected)
  }
}

import Testing

@testable import JSON

/// Texts and what RFC 8259 makes of them.
@Suite struct ParsingTests {
  @Test(
    "RFC 8259 accepts",
    arguments: [
      ("null", JSON.null),
      (" true ", true),
      ("\t\r\n false\n", false),
      ("0", 0),
      ("-0", .number(JSON.Number(verbatim: "-0"))),
      ("1E+2", .number(JSON.Number(verbatim: "1E+2"))),
      ("-12.50e-3", .number(JSON.Number(verbatim: "-12.50e-3"))),
      (
        "123456789012345678901234567890",
        .number(JSON.Number(verbatim: "123456789012345678901234567890"))
      ),
      ("\"\"", ""),
      ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\u{8}\u{C}\n\r\t"),
      ("\"\\u00e9\\u20AC\"", "é€"),
      ("\"\\ud834\\uDD1E\"", "\u{1D11E}"),
      ("\"가중치 \u{1F600} \u{7F}\"", "가중치 \u{1F600} \u{7F}"),
      ("\"\\u0000\"", "\0"),
      ("[]", []),
      ("[ ]", []),
      ("{}", [:]),
      ("{ }", [:]),
      ("[1,[2,{\"a\":[]}],\"x\"]", [1, [2, ["a": []]], "x"]),
      (" { \"b\" : 1 , \"a\" : { } } ", ["b": 1, "a": [:]]),
      ("{\"\":0}", ["": 0]),
    ] as [(String, JSON)])
  func accepts(text: String, value: JSON) throws {
    #expect(try JSON(parsing: text) == value)
    #expect(try JSON.parse(Array(text.utf8)) == value)
    #expect(try JSON.parse(Array("xx\(text)".utf8)[2...]) == value)
  }

  @Test(
    "RFC 8259 rejects, at the place named",
    arguments: [
      ("", 0), (" ", 1), ("nul", 0), ("nulll", 4), ("True", 0), ("NaN", 0), ("Infinity", 0),
      ("-", 1), ("+1", 0), ("01", 0), ("-01", 0), (".5", 0), ("1.", 2), ("1.e2", 2), ("1e", 2),
      ("1e+", 3), ("0x10", 1), ("1_000", 1), ("--1", 1),
      ("\"", 0), ("\"a", 0), ("'a'", 0), ("\"\\", 1), ("\"\\x\"", 1), ("\"\\u12\"", 1),
      ("\"\\u12g4\"", 1), ("\"\\U0041\"", 1), ("\"a\nb\"", 2), ("\"\t\"", 1), ("\"\0\"", 1),
      ("[", 1), ("]", 0), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3),
      ("[1}", 2), ("[1]]", 3), ("[1],", 3), ("{", 1), ("{\"a\"}", 4), ("{\"a\":}", 5),
      ("{\"a\":1,}", 7), ("{a:1}", 1), ("{1:1}", 1), ("{\"a\" 1}", 5), ("{\"a\":1", 6),
      ("{\"a\":1]", 6), ("{\"a\",1}", 4), ("// c\n1", 0), ("1 /* c */", 2), ("1 2", 2),
      ("\u{FEFF}1", 0), ("\u{A0}1", 0), ("[\u{C}]", 1),
    ])
  func rejects(text: String, offset: Int) throws {
    let error = try #require(throws: JSON.ParseError.self) { try JSON(parsing: text) }
    #expect(error.offset == offset, "\(error)")
    #expect(!error.message.isEmpty)
  }

  @Test(
    "bytes that are not UTF-8 are an error where they stand",
    arguments: [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
      [0xF5, 0x80, 0x80, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF], [0xC3],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) throws {
    let text: [UInt8] = Array("[\"é".utf8) + bytes + Array("\"]".utf8)
    let error = try #require(throws: JSON.ParseError.self) { try JSON.parse(text) }
    #expect(error.offset == 4)
    #expect(error.column == 4)
    #expect(String(validating: bytes, as: UTF8.self) == nil)
  }

  @Test(
    "half of a surrogate pair becomes U+FFFD, whatever follows it",
    arguments: [
      ("\\ud800", "\u{FFFD}"), ("\\udc00x", "\u{FFFD}x"), ("\\ud800\\n", "\u{FFFD}\n"),
      ("\\ud800\\u0041", "\u{FFFD}A"), ("\\ud800\\ud834\\udd1e", "\u{FFFD}\u{1D11E}"),
      ("\\ud800\\", nil), ("\\uDFFF\\uD800", "\u{FFFD}\u{FFFD}"),
    ] as [(String, String?)])
  func loneSurrogates(body: String, expected: String?) throws {
    #expect((try? JSON(parsing: "\"\(body)\""))?.string == expected)
  }

  @Test("nesting is bounded, and the bound is exact")
  func depth() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array(repeating: UInt8(ascii: "["), count: depth)
        + Array(repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(throws: Never.self) { try JSON.parse(nested(512)) }
    #expect(throws: JSON.ParseError.self) { try JSON.parse(nested(513)) }
    #expect(throws: Never.self) { try JSON.parse(nested(3), maximumDepth: 3) }
    let deep = Array(repeating: Array("{\"a\":[".utf8), count: 100_000).flatMap { $0 }
    let error = try #require(throws: JSON.ParseError.self) { try JSON.parse(deep) }
    #expect(error.message.contains("512"))
  }

  @Test("an error names its line and its column in code points")
  func position() throws {
    let error = try #require(throws: JSON.ParseError.self) {
      try JSON(parsing: "{\n  \"é가\": x\n}")
    }
    #expect(error.line == 2)
    #expect(error.column == 9)
    #expect(error.description == "line 2, column 9: a value is expected here")
  }

  @Test("every prefix of a text is an error and never a crash")
  func prefixes() {
    let text = Array(#"{"a":[1.5e3,"\ud834\udd1e é",true,null],"b":{"c":-0}}"#.utf8)
    for count in 0..<text.count {
      #expect(throws: JSON.ParseError.self) { try JSON.parse(text[..<count]) }
    }
  }
}

import JSON
import Testing

@Suite struct ValueTests {
  @Test("a repeated key keeps its first place and its last value")
  func repeatedKey() throws {
    let object = try #require(JSON(parsing: #"{"a":1,"b":2,"a":3}"#).object)
    #expect(object.keys == ["a", "b"])
    #expect(object["a"] == 3)
  }

  @Test("keys are told apart by their bytes", arguments: [0, 40])
  func canonicalEquivalence(others: Int) throws {
    let composed = "\u{E9}"
    let decomposed = "e\u{301}"
    var object = JSON.Object((0..<others).map { ("key \($0)", .number($0)) })
    object[composed] = 1
    object[decomposed] = 2
    #expect(object.count == others + 2)
    #expect(object[composed] == 1)
    #expect(object[decomposed] == 2)
    object[composed] = nil
    #expect(object[composed] == nil)
    #expect(object[decomposed] == 2)
  }

  @Test("a large object finds, changes and removes members as a small one does")
  func largeObject() {
    var object = JSON.Object()
    for key in 0..<1_000 { object["\(key)"] = .number(key) }
    for key in stride(from: 0, to: 1_000, by: 2) { object["\(key)"] = nil }
    object["1"] = "one"
    #expect(object.count == 500)
    #expect(object["998"] == nil)
    #expect(object["999"] == 999)
    #expect(object["1"] == "one")
    #expect(object.keys.prefix(3) == ["1", "3", "5"])
  }

  @Test(
    "numbers keep their text and give their value",
    arguments: [
      ("1.0", 1.0, 1), ("1e3", 1000.0, 1000), ("-0", 0.0, 0),
      ("9007199254740993", 9007199254740992.0, 9_007_199_254_740_993),
      ("0.1", 0.1, nil), ("1e400", Double.infinity, nil), ("99999999999999999999", 1e20, nil),
    ] as [(String, Double, Int?)])
  func numbers(text: String, double: Double, int: Int?) throws {
    let value = try JSON(parsing: text)
    #expect(value.serializedString() == text)
    #expect(value.double == double)
    #expect(value.int == int)
  }

  @Test("non-finite numbers are the strings of a data resource")
  func nonFinite() {
    #expect(JSON.number(.nan) == "NaN")
    #expect(JSON.number(.infinity) == "INF")
    #expect(JSON.number(-.infinity) == "-INF")
    #expect(JSON.number(JSON.Number(.infinity)).serializedString() == "null")
  }

  @Test("the compact form has no spaces and escapes what must be")
  func compact() {
    let value: JSON = ["a": [1, "\u{1}\"\\/\n\u{7F}é\u{2028}"], "b": .null, "c": [:], "d": []]
    #expect(
      value.serializedString()
        == #"{"a":[1,"\u0001\"\\/\n"# + "\u{7F}é\u{2028}" + #""],"b":null,"c":{},"d":[]}"#)
  }

  @Test("the pretty form is the one of Jupyter's notebooks")
  func pretty() {
    let value: JSON = ["b": [1, [], [:]], "a": ["é": true]]
    #expect(
      value.prettyString() == """
        {
         "b": [
          1,
          [],
          {}
         ],
         "a": {
          "é": true
         }
        }
        """)
    #expect(
      String(decoding: JSON.array([1]).pretty(indent: 1, level: 2), as: UTF8.self) == "[\n   1\n  ]"
    )
  }

  @Test("what is written reads back as the same value")
  func roundTrip() throws {
    let value: JSON = [
      "text": .string(
        String(String.UnicodeScalarView((0...0x2FF).compactMap(Unicode.Scalar.init)))),
      "numbers": [
        .number(0.1), .number(-0.0), .number(1e300), .number(Double.leastNonzeroMagnitude),
      ],
      "deep": [[[["x": [.null, false]]]]],
    ]
    #expect(try JSON.parse(value.serialized()) == value)
    #expect(try JSON.parse(value.pretty(indent: 3)) == value)
  }
}

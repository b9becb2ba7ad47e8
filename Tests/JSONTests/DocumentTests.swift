import JSON
import Testing

@Suite struct DocumentTests {
  private static let text = """
    {
       "a" : [ 1.50, {"x":"\\u00e9"} ,[] ],
      "b":null, "a\\u0062": "last",
      "c": {"d": {"e": -0}}, "b": [true]
    }

    """

  @Test("elements are found by name and place, with their bytes")
  func navigation() throws {
    let document = try JSON.Document(Array(Self.text.utf8))
    let root = document.root
    #expect(root.kind == .object)
    #expect(root.members.map(\.key) == ["a", "b", "ab", "c", "b"])
    let first = try #require(root["a"])
    #expect(first.elements.map { $0.value.serializedString() } == ["1.50", "{\"x\":\"é\"}", "[]"])
    #expect(
      String(decoding: document.bytes[first.elements[1].range], as: UTF8.self) == #"{"x":"\u00e9"}"#
    )
    #expect(root["ab"]?.string == "last")
    #expect(root["b"]?.value == [true])
    #expect(root["c"]?["d"]?["e"]?.value.serializedString() == "-0")
    #expect(root["c"]?["nothing"] == nil)
    #expect(root["ab"]?["x"] == nil)
    #expect(root["ab"]?.elements.isEmpty == true)
  }

  @Test("the value of the root is what the parser gives")
  func sameAsParser() throws {
    #expect(try JSON.Document(Array(Self.text.utf8)).root.value == JSON(parsing: Self.text))
  }

  @Test("replacing a part leaves every other byte as it was")
  func replacing() throws {
    let document = try JSON.Document(Array(Self.text.utf8))
    let inner = try #require(document.root["a"]?.elements.last)
    let last = try #require(document.root["ab"])
    let edited = document.replacing([
      .init(last.range, Array("2".utf8)), .init(inner.range, Array("[0]".utf8)),
    ])
    let expected = Self.text.replacing(",[] ]", with: ",[0] ]").replacing("\"last\"", with: "2")
    #expect(String(decoding: edited, as: UTF8.self) == expected)
    #expect(document.replacing([]) == document.bytes)
  }

  @Test("insertions at one place keep the order of the list")
  func insertions() throws {
    let document = try JSON.Document(Array("[]".utf8))
    let edited = document.replacing([.init(1..<1, [0x31]), .init(1..<1, [0x32])])
    #expect(edited == Array("[12]".utf8))
  }

  @Test("what is not JSON makes no document", arguments: ["", "{", "[1,]", "{} x"])
  func broken(text: String) {
    #expect(throws: JSON.ParseError.self) { try JSON.Document(Array(text.utf8)) }
  }
}

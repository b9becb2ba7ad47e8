import JSON
import Notebook
import Testing

@Suite struct ParameterTests {
  @Test(
    "a word is read as papermill's -p reads it",
    arguments: [
      ("True", "True"), ("False", "False"), ("None", "None"), ("true", "\"true\""),
      ("7", "7"), ("-7", "-7"), ("+7", "7"), ("007", "7"), ("-0", "0"), ("1_000", "1000"),
      (" 12 ", "12"), ("123456789012345678901234567890", "123456789012345678901234567890"),
      ("_1", "\"_1\""), ("1__0", "\"1__0\""), ("-", "\"-\""), ("", "\"\""),
      ("0.5", "0.5"), (".5", "0.5"), ("5.", "5.0"), ("1e-3", "0.001"), ("-1E3", "-1000.0"),
      ("1_0.5", "10.5"), ("nan", "float('nan')"), ("inf", "float('inf')"),
      ("-Infinity", "float('-inf')"), ("0x10", "\"0x10\""), ("nan(1)", "\"nan(1)\""),
      ("1e400", "float('inf')"), ("relu", "\"relu\""), ("a b", "\"a b\""),
    ])
  func words(word: String, source: String) {
    #expect(ParameterValue(word: word).source == source)
  }

  @Test("a string is a literal of ASCII, the one that Python's unicode_escape gives")
  func strings() {
    #expect(
      ParameterValue.string("a\"b\\c\n\r\t\u{0}é€😀").source
        == #""a\"b\\c\n\r\t\x00\xe9\u20ac\U0001f600""#)
  }

  private func source(_ name: String, _ text: String) throws -> String {
    var set = ParameterSet()
    try set.add(file: name, bytes: Array(text.utf8))
    return set.source
  }

  @Test("a file of JSON")
  func json() throws {
    let text = #"{"a": 1, "b": 1.50, "c": [true, null, "x"], "d": {"k": -2}, "e": 1e2}"#
    #expect(
      try source("p.json", text)
        == """
        # Parameters
        a = 1
        b = 1.5
        c = [True, None, "x"]
        d = {"k": -2}
        e = 100.0

        """)
  }

  @Test("a file of YAML, with the ways in which it writes values")
  func yaml() throws {
    let text = """
      # settings
      steps: 10
      rate: 1e-3
      small: .5
      on_gpu: no
      nothing: ~
      empty:
      name: 'relu'
      number_as_text: "10"
      forced: !!str 10
      real: !!float 3
      date: 2024-01-02
      hexadecimal: 0xff
      limit: -.inf
      missing: .nan
      shape: &shape [2, 3]
      same: *shape
      nested: {a: {b: c}, 1: x}
      text: |
        two
        lines
      """
    #expect(
      try source("p.yaml", text)
        == """
        # Parameters
        steps = 10
        rate = 0.001
        small = 0.5
        on_gpu = False
        nothing = None
        empty = None
        name = "relu"
        number_as_text = "10"
        forced = "10"
        real = 3.0
        date = "2024-01-02"
        hexadecimal = 255
        limit = float('-inf')
        missing = float('nan')
        shape = [2, 3]
        same = [2, 3]
        nested = {"a": {"b": "c"}, "1": "x"}
        text = "two\\nlines"

        """)
    #expect(try source("p.yml", "# nothing\n") == "# Parameters\n")
  }

  @Test(
    "what cannot be used gets one line with the file and the place",
    arguments: [
      ("p.json", "{", "line 1"), ("p.json", "[1]", "names and their values"),
      ("p.yaml", "- 1", "names and their values"), ("p.yaml", "a: [1\nb: 2", "line "),
      ("p.yaml", "a: 1\na: 2", "line 2: a is given twice"),
      ("p.yaml", "a: *b", "stands for nothing"),
      ("p.yaml", "a: 1\n---\nb: 2", "second document"), ("p.yaml", "a b: 1", "'a b' is not"),
      ("p.yaml", "[a]: 1", "a key is a single word"), ("p.yaml", "a: !!int x", "'x' is no"),
      ("p.yaml", "a: &a {<<: *a}", "are not read"),
      ("p.yaml", "a: " + String(repeating: "[", count: 100), "deeper than 64"),
      (
        "p.yaml",
        "a: &a [1,1,1,1,1,1,1,1,1]\n"
          + zip("bcdefgh", "abcdefg").map { new, old in
            "\(new): &\(new) [\(Array(repeating: "*\(old)", count: 9).joined(separator: ","))]\n"
          }.joined(), "more than 100000 values"
      ),
    ])
  func failures(name: String, text: String, message: String) throws {
    let error = try #require(throws: ParameterSet.Failure.self) { try source(name, text) }
    #expect(error.description.contains(message))
    #expect(error.description.hasPrefix(name))
    #expect(!error.description.contains("\n"))
  }

  @Test("bytes that are not UTF-8 are no YAML")
  func notUTF8() {
    var set = ParameterSet()
    #expect(throws: ParameterSet.Failure.self) {
      try set.add(file: "p.yaml", bytes: Array("a: ".utf8) + [0xFF])
    }
  }

  @Test("a name that was given before keeps its place and gets the new value")
  func order() throws {
    var set = ParameterSet()
    try set.set("a", to: .integer("1"))
    try set.set("b", to: .integer("2"))
    try set.set("a", to: .string("x"))
    #expect(set.source == "# Parameters\na = \"x\"\nb = 2\n")
    for name in ["", "1a", "a b", "a.b", "a=b"] {
      #expect(throws: ParameterSet.Failure.self) { try set.set(name, to: .none) }
    }
  }
}

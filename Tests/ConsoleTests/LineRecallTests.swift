import Testing

@testable import Console

@Suite struct LineRecallTests {
  private let lines = ["x = 1", "def f(x):\n    return x", "y = 2", "y = 2", "x = 3"]

  private func steps(_ recall: inout LineRecall, _ older: [Bool]) -> [String?] {
    var found: [String?] = []
    for older in older { found.append(recall.next(older: older)) }
    return found
  }

  @Test("older lines come one by one, and the draft comes back")
  func order() {
    var recall = LineRecall(lines, draft: "", prefix: "")
    let found = steps(&recall, [false, true, true, true, true, true])
    #expect(found == [nil, "x = 3", "y = 2", "def f(x):\n    return x", "x = 1", nil])
    #expect(recall.shown == "x = 1")
    let back = steps(&recall, [false, false, false, false, false])
    #expect(back == ["def f(x):\n    return x", "y = 2", "x = 3", "", nil])
  }

  @Test("only lines that begin with what was typed come")
  func prefix() {
    var recall = LineRecall(lines, draft: "x", prefix: "x")
    let found = steps(&recall, [true, true, true, false, false])
    #expect(found == ["x = 3", "x = 1", nil, "x = 3", "x"])
  }

  @Test("a search finds the newest line first, then older ones, and goes back")
  func search() {
    var search = LineSearch(lines)
    search.extend("x")
    #expect(search.found?.line == "x = 3")
    search.extend(" = ")
    #expect(search.found?.line == "x = 3")
    search.next(older: true)
    #expect(search.found?.line == "x = 1")
    search.next(older: true)
    #expect(search.hasFailed)
    #expect(search.found?.line == "x = 1")
    search.next(older: false)
    #expect(search.found?.line == "x = 3")
    search.shorten()
    search.shorten()
    search.shorten()
    search.shorten()
    #expect(search.pattern.isEmpty)
    search.extend("return")
    #expect(search.found?.line == "def f(x):\n    return x")
    search.extend("?")
    #expect(search.hasFailed)
  }

  @Test("a search tells lines apart that are written in other code points alone")
  func otherCodePoints() {
    var search = LineSearch(["'\u{E9}' + tail", "1", "'e\u{301}' + tail"])
    search.extend("tail")
    search.next(older: true)
    // To a reader both are the same line, which is shown once.
    #expect(search.hasFailed)
    #expect(search.found?.line == "'e\u{301}' + tail")
  }

  @Test("a search in nothing fails quietly")
  func nothing() {
    var search = LineSearch([])
    search.next(older: true)
    search.extend("x")
    #expect(search.hasFailed)
    search.shorten()
    #expect(!search.hasFailed)
  }

  @Test(
    "pasted text has one kind of line end, and none at its end",
    arguments: [
      ("a\r\nb\rc\nd\n", "a\nb\nc\nd"), ("\tx\r\r", "\tx"), ("a\0b", "ab"), ("", ""),
      ("  a\n    b", "  a\n    b"),
    ])
  func paste(typed: String, expected: String) {
    #expect(PastedText.text(Array(typed.utf8)) == expected)
  }
}

import Testing

@testable import Syntax

@Suite("Diagnostics as text")
struct RenderingTests {
  private func block(_ text: String, width: Int = 100) -> String {
    do {
      _ = try Parser.parse(Source(name: "Cell In[3]", text: text))
      return "no error"
    } catch {
      return error.rendered(width: width).joined(separator: "\n")
    }
  }

  @Test("A block has the kind, the place, the underlined line and the hint")
  func plain() {
    #expect(
      block("x = 1\nif x = 3:\n    y") == """
        SyntaxError: '=' assigns and cannot stand in the condition of if
         --> Cell In[3], line 2
        2 | if x = 3:
          |      ^
        hint: use == to compare
        """)
  }

  @Test("Wide characters, combining marks and emoji take the columns that they are shown in")
  func wide() {
    #expect(
      block("가중치 = '값' + e\u{301}👩‍👩‍👧 + (1 2)") == """
        SyntaxError: the character '👩' (U+1F469, woman) cannot stand in a program
         --> Cell In[3], line 1
        1 | 가중치 = '값' + e\u{301}👩‍👩‍👧 + (1 2)
          |                  ^~
        """)
    #expect(
      block("손실 = 더하기(가, 나 다라)") == """
        SyntaxError: expected ',' or ')' before '다라'
         --> Cell In[3], line 1
        1 | 손실 = 더하기(가, 나 다라)
          |                      ^~~~
        hint: perhaps a comma is missing
        """)
  }

  @Test("Tabs are blanks and control characters escapes")
  func control() {
    #expect(
      block("if a:\n\tx = '\u{1B}[31m' b") == """
        SyntaxError: expected an operator or the end of the line before 'b'
         --> Cell In[3], line 2
        2 |     x = '\\x1b[31m' b
          |                    ^
        """)
    #expect(
      block("a\u{A0}= 1") == """
        SyntaxError: an invisible character stands here: no-break space (U+00A0)
         --> Cell In[3], line 1
        1 | a\\u00a0= 1
          |  ^~~~~~
        hint: replace it by an ordinary space
        """)
  }

  @Test("An error at the end of a line points behind it")
  func endOfLine() {
    #expect(
      block("while x\n    y") == """
        SyntaxError: expected ':' after the condition of while
         --> Cell In[3], line 1
        1 | while x
          |        ^
        """)
  }

  @Test("A long line is cut around the span")
  func window() {
    let text =
      "x = [" + (0..<50).map(String.init).joined(separator: ", ") + " 50"
      + (51..<90).map { ", \($0)" }.joined() + "]"
    #expect(
      block(text, width: 44) == """
        SyntaxError: expected ',' or ']' before '50'
         --> Cell In[3], line 1
        1 | …, 47, 48, 49 50, 51, 52, 53, 54, 55, 5…
          |               ^~
        hint: perhaps a comma is missing
        """)
  }

  @Test("A line of fifty thousand characters is shown in part", arguments: ["a", "가", "👩‍👩‍👧"])
  func hugeLine(character: String) {
    let text = "x = '" + String(repeating: character, count: 50_000) + "' + $ + 1"
    let lines = block(text).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines.allSatisfy { displayWidth(of: $0) <= 100 })
    #expect(lines[3].hasSuffix("^"))
  }

  @Test("A span over several lines is underlined to the end of the first")
  func manyLines() {
    let source = Source(name: "a.nabla", text: "f(1,\n  2)")
    let error = Diagnostic(
      kind: "ValueError", message: "no\nway",
      frames: [Diagnostic.Frame(source: source, span: Span(0, 9))])
    #expect(
      error.rendered().joined(separator: "\n") == """
        ValueError: no
        way
         --> a.nabla, line 1
        1 | f(1,
          | ^~~~
        """)
  }

  @Test("A diagnostic without message, place and hint is its kind")
  func bare() {
    #expect(Diagnostic(kind: "AssertionError", message: "").rendered() == ["AssertionError"])
  }

  private static let source = Source(
    name: "Cell In[4]",
    text: "def f(n):\n    return g(n)\ndef g(n):\n    return f(n + w)\n\n\n\n\n\ny = f(1)\n")

  private func frame(_ text: String, _ function: String?) throws -> Diagnostic.Frame {
    let bytes = Self.source.utf8
    let wanted = Array(text.utf8)
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: wanted) })
    return Diagnostic.Frame(
      source: Self.source, span: Span(start, start + wanted.count), function: function)
  }

  @Test("The calls that led to an error follow it, from the inside out")
  func calls() throws {
    let error = Diagnostic(
      kind: "NameError", message: "'w' is not defined",
      frames: [try frame("w", "g"), try frame("g(n)", "f"), try frame("f(1)", nil)],
      hint: "did you mean 'W'?")
    #expect(
      error.rendered().joined(separator: "\n") == """
        NameError: 'w' is not defined
          --> Cell In[4], line 4, in g
         4 |     return f(n + w)
           |                  ^
          --> called from Cell In[4], line 2, in f
         2 |     return g(n)
           |            ^~~~
          --> called from Cell In[4], line 10
        10 | y = f(1)
           |     ^~~~
        hint: did you mean 'W'?
        """)
  }

  @Test("Rounds of recursion are folded", arguments: [1, 2])
  func recursion(length: Int) throws {
    let round = [try frame("g(n)", "f"), try frame("f(n + w)", "g")].prefix(length)
    let frames = (0..<(1_000 / length)).flatMap { _ in round } + [try frame("f(1)", nil)]
    let error = Diagnostic(kind: "RecursionError", message: "too deep", frames: frames)
    let lines = error.rendered()
    #expect(lines.count == 1 + 3 * length + 1 + 3)
    #expect(lines[1 + 3 * length] == "… \(1_000 - length) more calls")
    #expect(lines.last == "   |     ^~~~")
  }

  @Test("A long chain of different calls keeps both ends")
  func longChain() throws {
    let frames = (0..<40).map {
      Diagnostic.Frame(source: Self.source, span: Span($0, $0 + 1), function: "f\($0)")
    }
    let lines = Diagnostic(kind: "ValueError", message: "no", frames: frames).rendered()
    #expect(lines.contains("… 29 more calls"))
    #expect(lines.contains { $0.hasSuffix("in f0") })
    #expect(lines.contains { $0.hasSuffix("in f39") })
  }

  @Test("In a terminal the parts have colours, and the text stays the same")
  func colours() {
    let source = Source(name: "a", text: "x = y")
    let error = Diagnostic(
      kind: "NameError", message: "no", frames: [.init(source: source, span: Span(4, 5))],
      hint: "yes")
    let painted = error.rendered(style: .ansi)
    #expect(painted[0] == "\u{1B}[1;38;5;167mNameError:\u{1B}[0m no")
    #expect(painted[3].hasSuffix("    \u{1B}[1;38;5;167m^\u{1B}[0m"))
    let plain = painted.map { line in
      line.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated().map {
        $0.offset == 0 ? String($0.element) : String($0.element.drop { $0 != "m" }.dropFirst())
      }.joined()
    }
    #expect(plain == error.rendered())
  }

  @Test(
    "Characters have the width of a terminal",
    arguments: [
      ("abc", 3), ("", 0), ("가나", 4), ("日本", 4), ("e\u{301}", 1), ("ｱ", 1), ("Ａ", 2), ("σ∇±", 3),
      ("👩‍👩‍👧", 2), ("❤️", 2), ("❤", 1), ("🇰🇷", 2), ("👍🏽", 2), ("\u{1112}\u{1161}\u{11AB}", 2),
      ("│┼", 2), ("\u{200B}", 0), ("a\tb", 2), ("…", 1), ("１", 2), ("😀!", 3),
    ])
  func widths(text: String, expected: Int) {
    #expect(displayWidth(of: text) == expected)
  }
}

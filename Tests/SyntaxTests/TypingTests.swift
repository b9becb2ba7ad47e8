import Testing

@testable import Syntax

@Suite("Text that is being typed")
struct TypingTests {
  @Test(
    "A text that can run is complete",
    arguments: [
      "", "x = 1", "x = 1\n", "# note", "if x: y", "def f(): return 1", "f(\n1)",
      "if x:\n    y\n\n", "if x:\n    y\n", "if x:\n    y\n    ", "for x in y:\n  z\nq",
      "1\\\n+2", "'''a\nb'''", "%time x", "x?", "%%time\nx = 1\n\n", "class A: pass",
      "gate g(x):\n  forward: return x\n  backward(d): return d\n",
      "try:\n  x\nfinally:\n  y\n",
    ])
  func complete(text: String) {
    #expect(codeState(of: text) == .complete)
  }

  @Test(
    "A text that must go on is incomplete, with the indentation of the next line",
    arguments: [
      ("for a in range(5):", "    "), ("for a in range(5):\n    if a > 0:", "        "),
      ("if x:\n", "    "), ("if x:\n  y\nelse:", "    "), ("def f(\n    a):", "    "),
      ("class A:  # note", "    "), ("a = [1,\n2,", ""), ("x = (", ""),
      ("f({1:", ""), ("a = '''\n   hi", "   "), ("f'''{x", ""), ("f'''a", ""), ("x = 1 + \\", ""),
      ("x = 1 + \\\n", ""), ("if x:\n    y", "    "), ("if x:\n  # note", "  "),
      ("if x:\n    y\n    if z:\n        w", "        "), ("if x:\n    f(1,\n      2)", "      "),
      ("try:\n  x", "  "), ("try:\n  x\n", ""), ("try:\n  x\n\n", ""), ("%%time", ""),
      ("%%time\nx = 1", ""), ("gate g(x):", "    "), ("gate g(x):\n    forward:", "        "),
      ("gate g(x):\n    forward:\n        return x", "        "),
    ])
  func incomplete(text: String, indent: String) {
    #expect(codeState(of: text) == .incomplete(indent: indent))
  }

  @Test(
    "A text that nothing can mend is invalid",
    arguments: [
      "raise = 2", "x = )", "(\n))", "a \\ ", "x = 'abc", "if x\n", "x = 1 +", "return 3",
      "x = 3 4",
      "if x:\ny", "def f():\n x=1\ny = $", "f(1 2", "x = [1,\n$", "f'{x", "  x = 1", "%",
    ])
  func invalid(text: String) {
    #expect(codeState(of: text) == .invalid)
  }

  @Test(
    "The nearest name is found within a third of the letters",
    arguments: [
      ("fro", ["for", "from"], "for"), ("whlie", ["while", "with"], "while"),
      ("xs", ["x", "y"], "x"), ("x", ["y", "zz"], nil), ("x", ["X", "y"], "X"),
      ("softmx", ["softmax", "softplus"], "softmax"),
      ("maxmium", ["maximum", "minimum"], "maximum"),
      ("abc", ["xyz"], nil), ("가중", ["가중치", "나"], "가중치"), ("", ["a"], nil),
      ("relu", ["relu"], nil), ("Sigmoid", ["sigmoid", "sigmoids"], "sigmoid"),
    ] as [(String, [String], String?)])
  func nearestName(name: String, candidates: [String], expected: String?) {
    #expect(nearest(to: name, among: candidates) == expected)
  }

  @Test("Tokens are read on behind what cannot be read")
  func tolerantTokens() {
    let text = "a = $ + (b # c\nf'x{y"
    let list = tokens(of: text)
    let source = Source(name: "", text: text)
    #expect(list.filter { $0.kind == .name }.map { source.text($0.span) } == ["a", "b", "y"])
    #expect(list.contains { $0.kind == .comment && source.text($0.span) == "# c" })
    #expect(list.contains { $0.kind == .invalid && source.text($0.span) == "$" })
    #expect(tokens(of: "x = 'abc").contains(Token(.openString, Span(4, 8))))
    #expect(tokens(of: ")))").count == 4)
  }

  @Test(
    "Places count code points, not bytes or characters",
    arguments: [
      (0, 0), (1, 3), (2, 4), (3, 6), (4, 10), (9, 10),
    ])
  func positions(codePoints: Int, utf8: Int) {
    let text = "가e\u{301}😀"
    #expect(CursorPosition.utf8Offset(codePoints, in: text) == utf8)
    #expect(CursorPosition.codePoints(utf8, in: text) == min(codePoints, 4))
  }
}

@Suite("The cursor")
struct CursorTests {
  /// Reads a text with the cursor where `|` stands.
  private func context(_ text: String) -> CursorContext {
    let before = text.prefix { $0 != "|" }
    let after = text[before.endIndex...].dropFirst()
    return CursorContext(String(before + after), cursor: before.unicodeScalars.count)
  }

  @Test(
    "The chain and the prefix are those before the cursor",
    arguments: [
      ("np.random.ra|", ["np", "random"], true, "ra"), ("x|", [], false, "x"),
      ("x.|", ["x"], true, ""), ("f(a, b.c|", ["b"], true, "c"), ("f().g|", [], true, "g"),
      ("x[0].g|", [], true, "g"), ("'a'.jo|", [], true, "jo"), ("x = |", [], false, ""),
      ("f'{np.s|", ["np"], true, "s"), ("f'{a}{b.c|}'", ["b"], true, "c"), ("in|", [], false, "in"),
      ("가중치.모|", ["가중치"], true, "모"), ("if x:\n    y.z|\nw", ["y"], true, "z"),
      ("%time np.s|", ["np"], true, "s"), ("%%time\nx = np.s|", ["np"], true, "s"),
      ("%%time\n%timeit np.s|", ["np"], true, "s"),
      ("a.b(c).d = e.|\n", ["e"], true, ""), ("x = $ + y.z|", ["y"], true, "z"),
      ("|", [], false, ""),
    ] as [(String, [String], Bool, String)])
  func chains(text: String, chain: [String], isAttribute: Bool, prefix: String) {
    let context = context(text)
    #expect(context.place == .code)
    #expect(context.chain == chain)
    #expect(context.isAttribute == isAttribute)
    #expect(context.prefix == prefix)
  }

  @Test("A completion replaces the prefix, counted in code points")
  func range() {
    #expect(context("'가😀'; np.값ra|x").replaceRange == 9..<12)
    #expect(context("%time 가.s|").replaceRange == 8..<9)
    #expect(context("%ti|").replaceRange == 1..<3)
    #expect(CursorContext("abc", cursor: 99).replaceRange == 0..<3)
    #expect(CursorContext("abc", cursor: -1).replaceRange == 0..<0)
  }

  @Test(
    "The place says what kind of text the cursor is in",
    arguments: [
      ("'ab|", .string), ("x = f('a|', 2)", .string), ("'''a\nb|", .string), ("f'ab|", .string),
      ("f'{x} b|'", .string), ("x # a|", .comment), ("x # a\n|", .code), ("12|", .number),
      ("1.|", .number), ("'a'|", .code), ("%ti|", .magic), ("%%|", .magic), ("import nu|", .module),
      ("import a, b|", .module), ("from nu|", .module),
      ("from a.b import c, d|", .imported(path: ["a", "b"])),
      ("from math import (a,\n b|", .imported(path: ["math"])), ("import a as b|", .code),
    ] as [(String, CursorContext.Place)])
  func places(text: String, place: CursorContext.Place) {
    #expect(context(text).place == place)
  }

  @Test(
    "The whole name at the cursor goes on behind it",
    arguments: [
      ("np.ran|dom.randn", ["np", "random"]), ("|abc", ["abc"]), ("ab|", ["ab"]), ("f(|)", []),
      ("f().a|b", []), ("가|중치 + 1", ["가중치"]), ("a.|b", ["a", "b"]),
    ])
  func wholeNames(text: String, name: [String]) {
    #expect(context(text).name == name)
  }

  @Test(
    "The call around the cursor has its function and argument",
    arguments: [
      ("f(|", ["f"], 0, nil), ("np.sum(x, |", ["np", "sum"], 1, nil),
      ("f(a, g(b), axis=|", ["f"], 2, "axis"), ("f(g(b, |", ["g"], 1, nil),
      ("f([1, 2, |", ["f"], 0, nil), ("f((1, 2), 'a, |", ["f"], 1, nil), ("x()(a, |", [], 1, nil),
      ("f(x, axis=(1, |", ["f"], 1, "axis"),
    ] as [(String, [String], Int, String?)])
  func calls(text: String, function: [String], index: Int, keyword: String?) throws {
    let call = try #require(context(text).call)
    #expect(call.function == function)
    #expect(call.argumentIndex == index)
    #expect(call.keyword == keyword)
  }

  @Test("A hundred thousand magics in one line are read like any text", arguments: ["%a ", "%%a "])
  func magicChain(part: String) {
    let text = String(repeating: part, count: 100_000) + "np.s"
    #expect(CursorContext(text, cursor: text.utf8.count).prefix == "s")
  }

  @Test("Outside of calls there is none", arguments: ["f(x)|", "(a, |", "def f(a|", "[f, |", "x|"])
  func noCall(text: String) {
    #expect(context(text).call == nil)
  }
}

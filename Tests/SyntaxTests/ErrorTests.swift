import Testing

@testable import Syntax

@Suite("Errors")
struct ErrorTests {
  @Test(
    "A text that is no program is met with what is wrong, where, and a mend",
    arguments: ErrorCase.all)
  func message(expected: ErrorCase) throws {
    let source = Source(name: "a", text: expected.source)
    do {
      _ = try Parser.parse(source)
      Issue.record("this parses")
    } catch {
      #expect(error.kind == "SyntaxError")
      #expect(error.message == expected.message)
      #expect(error.hint == expected.hint)
      let frame = try #require(error.frames.first)
      #expect(source.text(frame.span) == expected.marked)
    }
  }

  @Test(
    "The error lies at the right place among equals",
    arguments: [
      ("f(g(1)\nx = (2)", 1), ("if a:\n    b\n  c", 12), ("a = 1\nb = = 2", 10), ("x\ny z", 4),
      ("def f():\n    return 1\nreturn 2", 22), ("x = '가나' 다", 13),
    ])
  func place(text: String, start: Int) {
    do {
      _ = try Parser.parse(Source(name: "a", text: text))
      Issue.record("this parses")
    } catch {
      #expect(error.frames.first?.span.start == start)
    }
  }

  @Test("Every prefix of a program is accepted or refused, and never worse")
  func prefixes() {
    let text = """
      import numpy as np
      gate multiply(x, y):
          'product'
          forward: return x * y
          backward(dz): return y * dz, x * dz
      def f(a, *b, c=1, **d):
          with no_grad() as e, g: a += f'{x!r:>{w}} {{}} {y = }' 'z' '''t
      u'''
          try: return [i ** 2 for i in a if not i in b][1:2, ..., ::3]
          except (A, B) as h: raise C from D
          finally: del a.b, c[0]
      class K(L):
          x: int = {1: 2, **m} if 가중치 else lambda q: -q @ r // 2e-3
      for i, (j, *k) in z: print(i <= j is not k or l and m, file=stderr);
      %time x
      np.sum?

      """
    let bytes = Array(text.utf8)
    var accepted = 0
    for end in 0...bytes.count {
      let prefix = String(decoding: bytes[..<end], as: UTF8.self)
      if !tree(prefix).hasPrefix("error") { accepted += 1 }
      _ = codeState(of: prefix)
      _ = CursorContext(prefix, cursor: end)
    }
    #expect(!tree(text).hasPrefix("error"))
    #expect(accepted > 20)
  }

  @Test("Text made of random pieces is accepted or refused, and never worse")
  func randomText() {
    let pieces = [
      "(", ")", "[", "]", "{", "}", "'", "\"", "'''", "f'", "f\"\"\"", "\\", "\n", "\n    ", "\t",
      "  ",
      "x", "1", ".", "..", ",", ":", ";", "=", "==", "!", "!r", "%", "%%", "?", "@", "**", "->",
      "if ",
      "else", "for ", " in ", "not ", "lambda ", "def ", "class ", "gate ", "forward:", "backward(",
      "try:",
      "except ", "#", "\r", "\r\n", "\0", "가", "😀", "\u{301}", "∇", "0x", "1e", "1_", "_", "and ",
      "is ",
      "import ", "from ", "return ", "e\u{301}", "\u{FEFF}", "\u{2028}", "$", "`", "match ", "~",
      "<<", "<",
    ]
    var state: UInt64 = 42
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<3_000 {
      let text = (0..<random(30)).map { _ in pieces[random(pieces.count)] }.joined()
      let source = Source(name: "a", text: text)
      do {
        _ = try Parser.parse(source)
      } catch {
        #expect(!error.message.isEmpty)
        #expect(error.rendered(width: 40).count >= 4)
        #expect(
          error.frames.allSatisfy {
            $0.span.start >= 0 && $0.span.start <= $0.span.end && $0.span.end <= source.utf8.count
          })
      }
      let list = tokens(of: text)
      #expect(zip(list, list.dropFirst()).allSatisfy { $0.span.start <= $1.span.start })
      _ = codeState(of: text)
      _ = CursorContext(text, cursor: random(40))
    }
  }
}

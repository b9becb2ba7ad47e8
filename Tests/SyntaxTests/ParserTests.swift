import Testing

@testable import Syntax

/// The tree of a text, or its error.
func tree(_ text: String) -> String {
  do {
    return Dump.text(try Parser.parse(Source(name: "test", text: text)))
  } catch {
    return "error: \(error.message)"
  }
}

@Suite("Trees")
struct ParserTests {
  @Test("Operators bind as Python's ast says", arguments: PythonShapes.rows)
  func precedence(source: String, expected: String) {
    #expect(tree(source) == expected)
  }

  @Test(
    "Expressions have the tree that they read as",
    arguments: [
      ("1_000 + 0x1F + 0b101 + 0o17", "(+ (+ (+ 1000 31) 5) 15)"),
      ("[1e-3, .5, 1., 1e999]", "[0.001 0.5 1 inf]"),
      ("σ + ∇L * 가중치", "(+ σ (* ∇L 가중치))"),
      ("not not a", "(not (not a))"),
      ("-2 ** -2", "(- (** 2 (- 2)))"),
      ("a if b else c if d else e", "(ifelse b a (ifelse d c e))"),
      ("a < b <= c not in d is not e", "(compare a < b <= c not in d is not e)"),
      ("a and b and c or d", "(or (and a b c) d)"),
      (
        "x[1:2, ::-1, ..., None, :]",
        "(at x (tuple (slice 1 2 -) (slice - - (- 1)) ... None (slice - - -)))"
      ),
      ("x[i]", "(at x i)"),
      ("x[i,]", "(at x (tuple i))"),
      ("scores[range(N), y]", "(at scores (tuple (call range N) y))"),
      ("f(a, *b, k=1, **c)", "(call f a *b k=1 **c)"),
      ("f(a,)", "(call f a)"),
      ("a.b(c)[d].e", "(. (at (call (. a b) c) d) e)"),
      ("gate(x) + forward * backward", "(+ (call gate x) (* forward backward))"),
      ("()", "(tuple)"), ("(a,)", "(tuple a)"), ("(a)", "a"), ("a, *b", "(tuple a *b)"),
      ("[a, *b]", "[a *b]"), ("{}", "(dict)"), ("{a}", "{a}"),
      ("{a: 1, **b, 'c': d}", "(dict a:1 **:b 'c':d)"),
      ("[x for x in y if a if b for z in w]", "(list x for x y if a if b for z w)"),
      ("{x for x in y}", "(set x for x y)"),
      ("{a: b for a, b in c}", "(dictcomp a b for (tuple a b) c)"),
      ("sum(x * x for x in y)", "(call sum (generator (* x x) for x y))"),
      ("lambda: 0", "(lambda {} 0)"),
      ("lambda x, *y, z=1, **k: x", "(lambda {x *y z=1 **k} x)"),
      ("lambda x: lambda y: x + y", "(lambda {x} (lambda {y} (+ x y)))"),
      ("1if a else 2", "(ifelse a 1 2)"),
      ("(a\n+ b # why\n)", "(+ a b)"),
      ("a + \\\n b", "(+ a b)"),
      ("x @ w.T", "(@ x (. w T))"),
    ])
  func expressions(source: String, expected: String) {
    #expect(tree(source) == expected)
  }

  @Test(
    "Statements have the tree that they read as",
    arguments: [
      ("x = -2; y = 5", "(= x (- 2)) (= y 5)"),
      ("a = b = c", "(= a b c)"),
      ("a, *b = c", "(= (tuple a *b) c)"),
      ("(a, [b, c.d]), e[0] = f", "(= (tuple (tuple a [b (. c d)]) (at e 0)) f)"),
      (
        "for k in W: W[k] -= lr * W[k].grad",
        "(for k W [(-= (at W k) (* lr (. (at W k) grad)))])"
      ),
      ("x @= 1; x **= 2; x //= 3; x %= 4", "(@= x 1) (**= x 2) (//= x 3) (%= x 4)"),
      ("x: int = 3\ny: list[float]", "(= x 3) pass"),
      ("if a: b\nelif c: d\nelse: e", "(if (a [b]) (c [d]) else [e])"),
      ("for i, j in a, b:\n  break\nelse:\n  c", "(for (tuple i j) (tuple a b) [break] else [c])"),
      ("while a:\n  continue\nelse:\n  pass", "(while a [continue] else [pass])"),
      (
        "def f(a: float, b=2, *c, d, e=3, **g) -> float:\n  return a, b",
        "(def f{a b=2 *c d e=3 **g} [(return (tuple a b))])"
      ),
      ("def f(a, *, b): return", "(def f{a * b} [(return -)])"),
      (
        "def f():\n  \"\"\"One.\n\n     Two.\n  \"\"\"\n  return",
        "(def f{} 'One.\n\nTwo.' [(return -)])"
      ),
      (
        "class A: pass\nclass B(A):\n  def __init__(self): self.x = 1",
        "(class A - [pass]) (class B A [(def __init__{self} [(= (. self x) 1)])])"
      ),
      ("global a, b", "(global a b)"),
      ("def f():\n  nonlocal a", "(def f{} [(nonlocal a)])"),
      ("assert a, 'b'", "(assert a 'b')"),
      ("raise A('b') from c\nraise", "(raise (call A 'b') c) (raise - -)"),
      (
        "try: a\nexcept (B, C) as d: e\nexcept: f\nelse: g\nfinally: h",
        "(try [a] (except (tuple B C) d [e]) (except - - [f]) else [g] finally [h])"
      ),
      ("del a, b[0], (c.d, e)", "(del a (at b 0) (. c d) e)"),
      ("import numpy as np, a.b", "(import numpy:np a.b)"),
      ("from a.b import (c as d,\n e,)", "(from a.b c:d e)"),
      ("from a import *", "(from a)"),
      ("with no_grad(), a as b: pass", "(with ((call no_grad) -) (a b) [pass])"),
      ("f(x);  # quiet", "(silent (call f x))"),
      ("f(x); g(y);", "(call f x) (silent (call g y))"),
      ("f(x); g(y)", "(call f x) (call g y)"),
      ("gate = 3; forward = gate", "(= gate 3) (= forward gate)"),
      ("if a:\n\tb\n\n    # far\n\tc", "(if (a [b c]))"),
      ("a\r\nif b:\r\n  c\r\n", "a (if (b [c]))"),
      ("\u{FEFF}a\u{0C}\n", "a"),
    ])
  func statements(source: String, expected: String) {
    #expect(tree(source) == expected)
  }

  @Test("A gate has its inputs, forward, upstream and backward")
  func gate() {
    let source = """
      gate multiply(x, y):
          '''Multiplies.'''
          forward:
              z = x * y
              return z
          backward(dz):
              return y * dz, x * dz

      multiply(2, 3)
      """
    #expect(
      tree(source) == "(gate multiply{x y} 'Multiplies.' [(= z (* x y)) (return z)] {dz} "
        + "[(return (tuple (* y dz) (* x dz)))]) (call multiply 2 3)")
  }

  @Test("The blocks of a gate stand in either order and on one line")
  func gateOrder() {
    #expect(
      tree("gate g(x):\n  backward(*d): return d\n  forward: return x")
        == "(gate g{x} [(return x)] {*d} [(return d)])")
  }

  @Test(
    "Magics and requests for help are statements",
    arguments: [
      ("%time f(x) # y", "(magic time 'f(x) # y')"),
      ("%who\nx", "(magic who '') x"),
      ("%%time -n 3\na = 1\n\nb", "(magic time '-n 3' 'a = 1\n\nb')"),
      ("if a:\n  %time b\nelse: c\n%who", "(if (a [(magic time 'b')]) else [c]) (magic who '')"),
      ("x = (1\n%2)", "(= x (% 1 2))"),
      ("np.sum?", "(help1 (. np sum))"), ("sum??", "(help2 sum)"), ("?sum", "(help1 sum)"),
    ])
  func magics(source: String, expected: String) {
    #expect(tree(source) == expected)
  }

  @Test("Where magics are turned off, a line that starts with % is an error")
  func noMagics() {
    #expect(throws: Diagnostic.self) {
      try Parser.parse(
        Source(name: "a", text: "%who"), options: Parser.Options(allowsMagics: false))
    }
  }

  @Test(
    "Spans hold the text of a node with its parentheses",
    arguments: [
      ("q = (a + b) * c", "(a + b) * c"), ("q = f(x)[1:2].y", "f(x)[1:2].y"),
      ("q = -x ** 2", "-x ** 2"), ("q = 가 if 나 else 다", "가 if 나 else 다"),
      ("q = not a", "not a"), ("q = 1, 2,", "1, 2,"), ("q = (a + b)", "a + b"),
    ])
  func spans(source: String, expected: String) throws {
    let program = try Parser.parse(Source(name: "a", text: source))
    guard case .assignment(_, let value) = program.statements[0].kind else {
      Issue.record("no assignment")
      return
    }
    #expect(program.source.text(value.span) == expected)
    #expect(program.source.text(program.statements[0].span) == source)
  }

  @Test("The span of a definition ends with its body")
  func definitionSpan() throws {
    let text = "def f(x):\n    if x:\n        return x\n\n\n# end\ny = 1"
    let program = try Parser.parse(Source(name: "a", text: text))
    #expect(
      program.source.text(program.statements[0].span) == "def f(x):\n    if x:\n        return x")
  }

  @Test("The keywords are those of the language")
  func keywords() {
    #expect(Keyword.names.contains("gate"))
    #expect(Keyword.names.contains("lambda"))
    #expect(!Keyword.names.contains("yield"))
    #expect(Keyword.names == Keyword.names.sorted())
  }
}

import EngineInterface
import Foundation
import Interpreter
import Testing

@Suite("interact and progress without a front end")
struct InteractionTests {
  @Test func `where no widgets are to be had, the result is shown once as it is`() async {
    let ran = await Cells().run(
      """
      def f(x, n=2):
          print('at', x)
          table(x=x)
          return eye(2) * x * n
      h = interact(f, x=(0, 4), n=[1, 2, 3])
      print(h.value.shape, h.arguments)
      """)
    #expect(ran.outcome.error == nil, "\(ran.block)")
    #expect(ran.output.stdout == "at 2\n(2, 2) {'x': 2, 'n': 2}\n")
    #expect(ran.output.shown.count == 2)
    #expect(ran.output.comms.isEmpty)
    #expect(
      ran.output.shown.allSatisfy { $0.bundle.data.keys.allSatisfy { !$0.contains("widget") } })
  }

  @Test func `a backward pass in the function is shown as its table`() async {
    let code = """
      def f(x, y=3):
          q = x + y
          z = q * q
          z += 1
          n = 7
          for i in range(3): pass
          inner = lambda: q
          backward(z)
      h = interact(f, x=(-5, 5))
      """
    let ran = await Cells().run(code)
    #expect(
      ran.output.texts.first?.withoutTrailingBlanks == """
         name │ computed as │ shape │ value │ gradient
        ──────┼─────────────┼───────┼───────┼─────────
         x    │ leaf        │ ()    │     0 │        6
         y    │ leaf        │ ()    │     3 │        6
         q    │ x + y       │ ()    │     3 │        6
         z    │ add         │ ()    │    10 │        1
        also: n
        """)
    let silent = await Cells().run("%tables off\n" + code)
    #expect(silent.output.shown.isEmpty)
    let own = await Cells().run(code.replacing("backward(z)", with: "backward(z); table(q=q)"))
    #expect(own.output.shown.count == 1)
    let quiet = await Cells().run(code.replacing("backward(z)", with: "return z"))
    #expect(quiet.output.texts == ["10"])
  }

  @Test func `there, an error is an error of the cell`() async {
    let ran = await Cells().run("def f(x):\n    return [1][x]\ninteract(f, x=(2, 6))")
    #expect(ran.errorName == "IndexError")
  }

  @Test(
    "a wrong form is an error that names the argument",
    arguments: [
      ("interact(f, x=None)", "TypeError", "x"), ("interact(f, x=(5, -5))", "ValueError", "x"),
      ("interact(f, x=(0, 1, 0))", "ValueError", "x"), ("interact(f, x=[])", "ValueError", "x"),
      ("interact(f, x=(0, inf))", "ValueError", "x"), ("interact(f, x=nan)", "ValueError", "x"),
      ("interact(f, x=f)", "TypeError", "x"), ("interact(f, x={})", "ValueError", "x"),
      ("interact(f, x=range(10 ** 12))", "ValueError", "x"), ("interact(f)", "TypeError", "x"),
      ("interact(f, z=(0, 1))", "TypeError", "z"), ("interact(3, x=(0, 1))", "TypeError", "3"),
      ("interact(f(1), x=(0, 1))", "TypeError", "1"), ("interact(f, x=param(1))", "TypeError", "x"),
    ])
  func wrongForms(code: String, kind: String, name: String) async throws {
    let ran = await Cells().run("def f(x, n=1): return x\n" + code)
    let error = try #require(ran.outcome.error, "\(code)")
    #expect(error.name == kind)
    #expect(error.message.contains(name))
    #expect(ran.output.shown.isEmpty)
  }

  @Test func `a bar is shown at its start and at its end`() async throws {
    let ran = await Cells().run("for i in progress(range(1000), desc='train'):\n    pass")
    let bars = ran.output.bars
    #expect(bars.first?.stage == .first)
    #expect(bars.last?.stage == .last)
    #expect(bars.last?.text.hasPrefix("train 100%") == true)
    #expect(bars.last?.text.contains("1000/1000") == true)
    // At most ten in a second, whatever the machine does.
    #expect(bars.count <= 2 + 600)
    #expect(Set(bars.map(\.id)).count == 1)
  }

  @Test(
    "a bar counts whatever can be walked",
    arguments: [
      ("progress([1, 2, 3])", "3/3"), ("progress((x for x in [1, 2]))", "2"),
      ("progress((x for x in [1, 2]), total=4)", "2/4"), ("progress(zip([1, 2], [3, 4]))", "2"),
      ("progress(enumerate('abc'), total=3)", "3/3"), ("progress({'a': 1})", "1/1"),
      ("progress(eye(4))", "4/4"), ("progress([])", "0/0"), ("progress('ab')", "2/2"),
    ])
  func counts(code: String, figure: String) async throws {
    let ran = await Cells().run(
      "n = 0\nfor i in \(code):\n    n += 1\nprint(n)")
    #expect(ran.outcome.error == nil, "\(ran.block)")
    let last = try #require(ran.output.bars.last)
    #expect(last.stage == .last)
    #expect(last.text.contains(figure + ","))
    #expect(ran.output.stdout == figure.prefix { $0 != "/" } + "\n")
  }

  @Test(
    "a bar that is left shows where",
    arguments: [
      "for i in progress(range(10)):\n    if i == 4: break",
      "for i in progress(range(10)):\n    if i == 4: 1 + None",
      "p = progress(range(10))\nfor i in p:\n    if i == 4: break",
      "def f():\n    for i in progress(range(10)):\n        if i == 4: return i\nf()",
    ])
  func stops(code: String) async throws {
    let session = Cells()
    let ran = await session.run(code)
    let last = try #require(ran.output.bars.last)
    #expect(last.stage == .last)
    #expect(last.text.contains("4/10") && last.text.contains("stopped"))
    #expect(await session.run("for i in progress(range(3)): pass").output.bars.last?.stage == .last)
  }

  @Test func `bars within a bar share one display`() async {
    let ran = await Cells().run(
      "for a in progress(range(5)):\n    for b in progress(range(3)):\n        pass")
    #expect(Set(ran.output.bars.map(\.id)).count == 2)
    #expect(ran.output.bars.filter { $0.stage == .first }.count == 2)
    #expect(ran.output.bars.last?.text.contains("5/5") == true)
  }

  @Test(
    "wrong arguments of progress are errors",
    arguments: [
      ("progress(5)", "TypeError"), ("progress([1], total=-1)", "ValueError"),
      ("progress([1], total=1.5)", "TypeError"), ("progress([1], desc=3)", "TypeError"),
      ("progress()", "TypeError"),
    ])
  func wrongBars(code: String, kind: String) async {
    let ran = await Cells().run("for i in \(code): pass")
    #expect(ran.errorName == kind)
    #expect(ran.output.bars.isEmpty)
  }
}

import EngineInterface
import Foundation
import Interpreter
import Testing

@Suite("Completion knows what can follow")
struct CompletionTests {
  /// Completes at the `|` of a text; gives the texts and the range that they replace.
  private func complete(
    _ text: String, after code: String = "", folder: URL = ScriptFile.folder
  ) async throws -> (texts: [String], matches: [Completions.Match], replaced: String) {
    let session = Cells(folder: folder)
    #expect(await session.run(code).outcome.error == nil)
    let parts = text.components(separatedBy: "|")
    let typed = Array(parts[0].unicodeScalars)
    let found = session.engine.complete(parts.joined(), cursor: typed.count)
    let replaced = String(String.UnicodeScalarView(typed[found.range]))
    return (found.matches.map(\.text), found.matches, replaced)
  }

  @Test(
    "magics are offered behind their marks",
    arguments: [
      ("%ti|", ["%time", "%timeit"]), ("%%ti|", ["%%time", "%%timeit"]), ("x = 1\n%wh|", ["%who"]),
      ("%%|", ["%%time", "%%timeit"]), ("%nothing|", []),
    ])
  func magics(text: String, expected: [String]) async throws {
    let found = try await complete(text)
    #expect(found.texts == expected)
    #expect(expected.isEmpty || text.hasSuffix(found.replaced + "|"))
    #expect(found.matches.allSatisfy { $0.type == "magic" })
  }

  @Test(
    "parameters are offered inside of calls, before all else",
    arguments: [
      ("conv2d(x, w, str|", "stride="), ("np.sum(x, ax|", "axis="), ("f(1, sec|", "second="),
      ("f(g(1), sec|", "second="), ("C(si|", "size="), ("C(1).m(fa|", nil), ("c.m(fa|", "factor="),
      ("mul(le|", "left="), ("f(1, second=|", nil), ("f(1, second=sec|", nil), ("f(|", "first="),
      ("d.m(|", "a="), ("D(|", "b="), ("d.all(|", nil), ("d.b.append(|", "item="),
      ("D.m(|", "it="),
    ] as [(String, String?)])
  func parameters(text: String, expected: String?) async throws {
    let found = try await complete(
      text,
      after: """
        def f(first, second=', third=', *rest, **more): return first
        class C:
            def __init__(self, size): self.size = size
            def m(self, factor=1): return factor
        gate mul(left, right):
            forward: return left * right
            backward(d): return right * d, left * d
        c = C(1)
        class D:
            def __init__(it, b): it.b = b
            def m(it, a, sep=', '): return a
            def all(*parts): return parts
        d = D([])
        """)
    let named = found.matches.filter { $0.type == "param" }
    #expect(named.first?.text == expected, "\(found.texts.prefix(5))")
    #expect(expected == nil || found.texts.first == expected)
    #expect(!found.texts.contains("third="))
  }

  @Test(
    "imports offer modules and what they hold",
    arguments: [
      ("import ti|", ["time"]), ("import numpy.ra|", ["random"]), ("from np.li|", ["linalg"]),
      ("import module_h|", ["module_helpers"]), ("from np.linalg import lst|", ["lstsq"]),
      ("from module_helpers import sca|", ["scale", "scaled"]),
      ("from module_helpers import L|", ["Layer"]), ("from no_such_module import x|", []),
      ("import no_such|", []),
    ])
  func imports(text: String, expected: [String]) async throws {
    let found = try await complete(text, folder: ScriptFile.folder.appending(path: "language"))
    #expect(found.texts == expected)
  }

  @Test func `a module is not run to tell what it holds`() async {
    let session = Cells(folder: ScriptFile.folder.appending(path: "language"))
    _ = session.engine.complete("from module_helpers import s", cursor: 28)
    let ran = await session.run("import module_helpers")
    #expect(ran.output.stdout == "helpers runs once\n")
  }

  @Test(
    "strings offer files to loaders and keys in brackets",
    arguments: [
      ("load_csv('fl|", ["flowers.csv"]), ("load_csv(\"po|", ["points.txt"]),
      ("np.loadtxt('po|", ["points.txt"]),
      ("load_csv('../files/num|", ["../files/numbers.csv"]), ("print('fl|", []),
      ("load_csv('../fil|", ["../files/"]), ("net['w|", ["w1", "w2"]), ("net[\"b|", ["b1"]),
      ("a.net['w|", ["w1", "w2"]), ("[1]['w|", []), ("%run tab|", ["tables.nabla"]),
      ("%load arr|", ["arrays.nabla"]), ("f'{net[\"w|", ["w1", "w2"]),
    ])
  func strings(text: String, expected: [String]) async throws {
    let found = try await complete(
      text,
      after: """
        net = {'w1': 1, 'w2': 2, 'b1': 3, 4: 5}
        class A: pass
        a = A()
        a.net = net
        """, folder: ScriptFile.folder.appending(path: "files"))
    #expect(found.texts == expected)
  }

  @Test func `types and signatures come with what can be called`() async throws {
    let found = try await complete("soft|", after: "def softly(x, by=2): return x")
    let match = try #require(found.matches.first { $0.text == "softly" })
    #expect(match.type == "function")
    #expect(match.signature == "(x, by=2)")
    #expect(found.matches.first { $0.text == "softmax" }?.signature?.hasPrefix("(x") == true)
  }

  @Test(
    "the name of a magic is inspected",
    arguments: [
      ("%time|", "%time statement"), ("%ti|me x", "%time statement"), ("%|who", "%who: a table"),
      ("x = 1\n%tables|", "%tables auto|all|off"), ("%%timeit|\nx", "%timeit [-n turns]"),
      ("%ti|", nil), ("%nothing|", nil), ("%time ti|me", "module time"),
    ] as [(String, String?)])
  func magicPages(text: String, expected: String?) async throws {
    let session = Cells()
    await session.run("import time")
    let at = try #require(text.firstIndex(of: "|"))
    let code = String(text[..<at] + text[text.index(after: at)...])
    let page = session.engine.inspect(
      code, cursor: text[..<at].unicodeScalars.count, detail: 0)?.bundle.plain
    #expect(page?.hasPrefix(expected ?? "?") ?? (expected == nil), "\(page ?? "nothing")")
  }

  @Test func `more is told at the second level`() async throws {
    let session = Cells()
    await session.run(
      """
      def f(x, by=2):
          \"\"\"Doubles.\"\"\"
          return x * by
      class C:
          \"\"\"Holds.\"\"\"
          def m(self):
              return 1
      """)
    func page(_ name: String, _ detail: Int) -> String {
      session.engine.inspect(name, cursor: name.count, detail: detail)?.bundle.plain ?? ""
    }
    #expect(page("f", 0) == "def f(x, by=2)\n\nDoubles.")
    #expect(page("f", 1).contains("    return x * by"))
    #expect(page("f", 1).contains("Cell In[1]"))
    #expect(page("C", 0).contains("members: m"))
    #expect(page("C.m", 1).hasPrefix("def m(self):\n    return 1"))
    #expect(page("relu", 0).contains("local gradient"))
    #expect(!page("relu", 0).contains("source:"))
    #expect(page("relu", 1).contains("source:"))
  }
}

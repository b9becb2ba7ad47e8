import Files
import Interpreter
import JSON

extension EvaluatorTarget {
  /// The scripts of the tests and the cells of the notebooks, whole where they are short and in
  /// pieces.
  ///
  /// They are read from the tree, so the fuzzer starts in its root.
  static var seeds: [[UInt8]] {
    let scripts = files(below: "Tests/InterpreterTests/Scripts", ending: ".nabla").map(script)
    let notebooks = files(below: "notebooks", ending: ".ipynb").map(notebook)
    let sessions = scripts + notebooks
    let short = sessions.filter { $0.utf8.count < 800 }
    let parts = sessions.filter { $0.utf8.count >= 800 }.flatMap(pieces)
    return (short + parts + odd).map { Array($0.utf8) }
  }

  /// What the grammar has, and all names that are there at the start.
  static var words: [String] {
    let engine = NablaEngine(version: "fuzz")
    let names = engine.complete("", cursor: 0).matches.map(\.text)
    let gates = engine.complete("np.", cursor: 3).matches.map(\.text)
    let known = (names + gates).filter { $0.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 34 } }
    return Array(Set(known).union(tokens)).filter { !$0.contains("\\") && $0.utf8.count < 60 }
      .sorted()
  }

  private static let tokens = [
    "**", "//", "<<", ">>", "<=", ">=", "==", "!=", "->", ":=", "+=", "-=", "*=", "/=", "//=",
    "**=",
    "%=", "@=", "&=", "|=", "^=", ">>=", "<<=", "...", "[:]", "[::-1]", "[None]", "()", "[]", "{}",
    "f'{", "r'", "'''", "lambda x: ", "for x in ", "if x:", "else:", "def f(x):", "class A:",
    "return ", "yield ", "try:", "except:", "finally:", "with no_grad():", "@gate", "%time ",
    "%timeit ", "%tables ", "# %%", "param(", "grad(", "jacobian(", "0x", "1e308", "1e-308", "inf",
    "nan", "-1", "9223372036854775807", "axis=", "keepdims=True", ".T", ".shape", ".reshape(",
    "__init__", "self.", "dx", "backward(", "not ", " in ", " is ", " and ", " or ", "*args",
  ]

  /// What no script has because it is wrong.
  private static let odd = [
    "x = [[1, 2], [3", "(((((((((((", "def f(:\n  return", "'\u{1F600}\u{301}'[::-1]", "\u{0}",
    "class A:\n  def __init__(self): self.__init__()\nA()", "f = lambda: f()\nf()",
    "x = param([1., 2.])\n# %%\ny = x @ x\nbackward(y)\n# %%\ndx.reshape(3)", "while True: pass",
    "x = zeros((1000000, 1000000))", "[0] * 10 ** 12", "9 ** 9 ** 9", "print('a' * 10 ** 9)",
    "x = range(10 ** 18)\nlist(x)", "f'{1:{2}{3!r:>{4}}}'", "%timeit -n 0 1", "a = b = a",
  ]

  private static func files(below folder: String, ending: String) -> [String] {
    DiskFile.names(inFolder: folder).sorted().flatMap { name in
      let path = "\(folder)/\(name)"
      return DiskFile(path).isFolder
        ? files(below: path, ending: ending) : name.hasSuffix(ending) ? [path] : []
    }
  }

  /// A script without what its comments expect.
  private static func script(_ path: String) -> String {
    let bytes = (try? DiskFile(path).read()) ?? []
    return text(of: bytes).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("# ") || $0 == "# %%" }.joined(separator: "\n")
  }

  /// The code cells of a notebook as one session.
  private static func notebook(_ path: String) -> String {
    let bytes = (try? DiskFile(path).read()) ?? []
    let cells = (try? JSON.parse(bytes))?["cells"]?.array ?? []
    return cells.filter { $0["cell_type"]?.string == "code" }.compactMap { cell in
      cell["source"]?.string ?? cell["source"]?.array.map { $0.compactMap(\.string).joined() }
    }.joined(separator: "\n# %%\n")
  }

  /// Parts of a session, each of whole statements.
  private static func pieces(_ session: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    for line in session.split(separator: "\n", omittingEmptySubsequences: false) {
      let isInside = line.first.map { $0.isWhitespace || ")]}".contains($0) } ?? true
      if piece.utf8.count > 300, !isInside, !line.hasPrefix("e") {
        pieces.append(piece)
        piece = ""
      }
      piece += line + "\n"
    }
    return pieces + [piece]
  }
}

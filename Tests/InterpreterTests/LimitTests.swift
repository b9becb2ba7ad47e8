import EngineInterface
import Foundation
import Interpreter
import Synchronization
import Testing

@Suite("Limits end in errors and sessions go on", .serialized)
struct LimitTests {
  /// Cells that never end by themselves, or not soon.
  static let endless: [String] = [
    "while True: pass",
    "i = 0\nwhile True:\n    i += 1",
    "for i in range(10 ** 15): pass",
    "x = [i for i in range(10 ** 15)]",
    "x = sum(i for i in range(10 ** 15))",
    "x = {i: i for i in range(10 ** 15)}",
    "def f():\n    while True:\n        g()\ndef g(): return 1\nf()",
    "while True: print('line')",
    "x = 1.0\nwhile True: x = tanh(x)",
    "W = rand(400, 400)\nwhile True: W = tanh(W @ W)",
    "A = ones((3000, 3000))\nwhile True: A @ A",
    "A = rand(1500, 1500)\nwhile True: np.linalg.svd(A)",
    "A = rand(1500, 1500)\nwhile True: np.linalg.eigh(A)",
    "A = rand(2000, 2000)\nwhile True: np.linalg.qr(A)",
    "A = rand(1500, 1500)\nwhile True: np.linalg.lstsq(A, A[0])",
    "A = rand(2000, 2000)\nwhile True: np.linalg.solve(A, A)",
    "A = rand(3000, 3000)\nwhile True: np.linalg.inv(A)",
    "A = rand(400000, 3, 3)\nwhile True: np.linalg.svd(A)",
    "x = rand(64, 16, 64, 64)\nw = param(rand(32, 16, 3, 3))\n"
      + "while True: backward(sum(conv2d(x, w)))",
    "x = rand(64, 16, 64, 64)\nwhile True: max_pool2d(x, 3, 1)",
    "x = rand(200000)\nwhile True: sort(x)",
    "xs = list(range(1000000))\nwhile True: xs.sort(key=lambda v: -v)",
    "while True:\n    try:\n        1 / undefined\n    except NameError:\n        pass",
    "while True:\n    try:\n        1 / undefined\n    except:\n        pass",
    "while True:\n    try:\n        pass\n    finally:\n        pass",
    "xs = [1]\nfor x in xs: xs.append(x)",
    "class C:\n    def __iter__(self): return self\n    def __next__(self): return 1\n"
      + "for x in C(): pass",
    "f = lambda n: f(n - 1) if n else 0\nwhile True: f(100)",
    "import time\ntime.sleep(1000)",
    "x = 2\nwhile True:\n    y = x * x\n    backward(y)",
    "y = 1\nfor i in range(10 ** 15): y = y + 1",
    "list(map(lambda v: v, range(10 ** 15)))",
    "sorted(range(10 ** 9))",
    "xs = [[1] * 1000 + [i] for i in range(2000)] * 500\nxs.sort()\nwhile True: xs == list(xs)",
    "max(range(10 ** 15))",
    "any(v < 0 for v in range(10 ** 15))",
    "'x' in (str(v) for v in range(10 ** 15))",
    "np.array([v for v in range(10 ** 15)])",
    "tuple(range(10 ** 15))",
    "dict(zip(range(10 ** 15), range(10 ** 15)))",
    "-1 in [v for v in range(10 ** 15)]",
    "while True: permutation(2000000)",
    "while True: rand(1000000)",
    "gate g(x):\n    forward:\n        return x\n    backward(d):\n        while True: pass\n"
      + "v = 3\nbackward(g(v))",
    "%timeit sum(range(1000000))",
  ]

  @Test(arguments: endless)
  func `an interrupt ends it and the session goes on`(_ code: String) async throws {
    let session = Cells()
    await session.run("kept = 42\nimport numpy as np")
    let engine = session.engine
    let requested = Mutex<ContinuousClock.Instant?>(nil)
    let interrupter = Task.detached {
      try await Task.sleep(for: .milliseconds(300))
      requested.withLock { $0 = .now }
      engine.interrupt()
    }
    let ran = await session.run(code)
    let ended = ContinuousClock.now
    _ = try await interrupter.value
    #expect(ran.errorName == "KeyboardInterrupt", "\(ran.block)")
    let start = try #require(requested.withLock { $0 })
    // Far more than what is promised: a guard against a hang, not a measurement.
    #expect(ended - start < .seconds(10), "took \(ended - start)")
    #expect(await session.run("print(kept)").output.stdout == "42\n")
  }

  @Test func `an interrupt between cells is forgotten`() async {
    let session = Cells()
    session.engine.interrupt()
    #expect(await session.run("1 + 1").output.result == "2")
  }

  @Test func `an interrupt ends a handler of all exceptions too`() async throws {
    let session = Cells()
    let engine = session.engine
    let interrupter = Task.detached {
      try await Task.sleep(for: .milliseconds(200))
      engine.interrupt()
    }
    let ran = await session.run(
      "try:\n    while True: pass\nexcept Exception:\n    print('wrong')\nfinally:\n    done = 1")
    _ = try await interrupter.value
    #expect(ran.errorName == "KeyboardInterrupt")
    #expect(ran.output.stdout.isEmpty)
    #expect(await session.run("done").output.result == "1")
  }

  @Test func `an interrupt that is caught is answered`() async throws {
    let session = Cells()
    await session.run("A = rand(700, 700)")
    let engine = session.engine
    let interrupter = Task.detached {
      try await Task.sleep(for: .milliseconds(300))
      engine.interrupt()
    }
    let ran = await session.run(
      "try:\n    while True: np.linalg.svd(A)\nexcept KeyboardInterrupt:\n"
        + "    print('stopped')\nfor i in range(3): n = i\nprint(n)")
    _ = try await interrupter.value
    #expect(ran.outcome.error == nil)
    #expect(ran.output.stdout == "stopped\n2\n")
  }

  @Test func `a hundred thousand open parentheses are an error`() async {
    let session = Cells()
    for open in ["(", "[", "{", "-", "not ", "lambda: ", "f(", "x[", "{1: "] {
      let ran = await session.run(String(repeating: open, count: 100_000))
      #expect(ran.errorName == "SyntaxError", "\(open)")
    }
    let closed =
      String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000)
    #expect(await session.run(closed).errorName == "SyntaxError")
    #expect(await session.run("1").output.result == "1")
  }

  @Test func `a long sum, a long elif and a long chain of calls run`() async {
    let session = Cells()
    let sum = (0..<900).map { _ in "1" }.joined(separator: " + ")
    #expect(await session.run(sum).output.result == "900")
    let branches =
      "v = 700\nif v == 0: r = 0\n"
      + (1..<1_000).map { "elif v == \($0): r = \($0)" }.joined(separator: "\n")
    #expect(await session.run(branches + "\nr").output.result == "700")
    let calls = "x = 'a'\nx" + String(repeating: ".upper()", count: 200)
    #expect(await session.run(calls).output.result == "'A'")
    let statements = (0..<20_000).map { "a\($0) = \($0)" }.joined(separator: "\n")
    #expect(await session.run(statements + "\na19999 + 1").output.result == "20000")
  }

  @Test func `ten thousand cells run in one session`() async {
    let session = Cells()
    await session.run("total = 0\nw = param(1.0)")
    for count in 1...10_000 {
      let ran = await session.run("total += \(count)\ny = w * total\nbackward(y)", count: count)
      if let error = ran.outcome.error {
        Issue.record("cell \(count): \(error.message)")
        return
      }
    }
    #expect(await session.run("print(total, dw)").output.stdout == "50005000 50005000\n")
  }

  @Test func `code that is no text of the language is an error`() async {
    let session = Cells()
    for code in ["\u{0}", "x = \u{0}1", "$", "é̂ ≠ 1", "\u{FEFF}x = = 1", "\u{202E}x", "`x`"] {
      let ran = await session.run(code)
      #expect(ran.outcome.error != nil, "\(code.debugDescription)")
    }
    #expect(await session.run("\u{FEFF}1 + 1").output.result == "2")
    #expect(await session.run("1 + 1\r\n").output.result == "2")
    #expect(await session.run("").outcome.error == nil)
    #expect(await session.run("# only a comment").outcome.error == nil)
  }
}

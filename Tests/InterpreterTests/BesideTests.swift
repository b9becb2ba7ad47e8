import EngineInterface
import Foundation
import Interpreter
import Testing

@Suite("A cell beside the running one sees a copy of its values", .serialized)
struct BesideTests {
  /// Runs `body` while a cell runs that first runs `setup` and ends when it is interrupted.
  private func whileRunning(
    _ setup: String, loop: String = "while True: n += 1", on session: Cells = Cells(),
    _ body: (Cells) async -> Void
  ) async {
    async let ended = session.run("n = 0\n" + setup + "\nprint('ready')\n" + loop)
    // Until the loop runs there may be no cell, or one that has not come to its names yet.
    for _ in 0..<2000 {
      let sink = CollectingSink()
      let outcome = session.engine.executeBeside(.init(code: "n"), to: sink) { false }
      if let outcome, outcome.error == nil,
        sink.output.result.map({ $0 != "0" || loop != "while True: n += 1" }) == true
      {
        break
      }
      try? await Task.sleep(for: .milliseconds(5))
    }
    await body(session)
    session.engine.interrupt()
    _ = await ended
  }

  private func beside(
    _ session: Cells, _ code: String, isInterrupted: Bool = false
  ) -> Cells.Ran? {
    let sink = CollectingSink()
    let request = ExecutionRequest(code: code)
    return session.engine.executeBeside(request, to: sink) { isInterrupted }.map {
      Cells.Ran(outcome: $0, output: sink.output)
    }
  }

  @Test func `interrupted before it begins, it does not run`() async {
    await whileRunning("x = 3") { session in
      let ran = beside(session, "print(x)", isInterrupted: true)
      #expect(ran?.outcome.error?.name == "KeyboardInterrupt")
      #expect(ran?.output.stdout == "")
      #expect(beside(session, "print(x)")?.output.stdout == "3\n")
    }
  }

  @Test func `without a running cell there is nothing to run beside`() async {
    let session = Cells()
    #expect(beside(session, "1 + 1") == nil)
    await session.run("x = 3")
    #expect(beside(session, "x") == nil)
  }

  @Test func `it sees values as they are now, and they move on`() async throws {
    await whileRunning("x = array([1, 2]); s = 'text'; t = (1, [2, {'k': 3}]); np2 = np") {
      session in
      #expect(
        beside(session, "print(x, s, t, np2.sqrt(4))")?.output.stdout
          == "[1 2] text (1, [2, {'k': 3}]) 2\n")
      let first = beside(session, "n")?.output.result.flatMap { Double($0) }
      try? await Task.sleep(for: .milliseconds(20))
      let second = beside(session, "n")?.output.result.flatMap { Double($0) }
      #expect((first ?? 0) > 0)
      #expect((second ?? 0) > (first ?? 0))
    }
  }

  @Test func `params have their gradients`() async {
    await whileRunning("w = param(3.0); y = w * w; backward(y)") { session in
      #expect(beside(session, "print(w, w.grad, dw)")?.output.stdout == "3 6 6\n")
      #expect(beside(session, "z = w * w * w; backward(z); print(dw)")?.output.stdout == "27\n")
      #expect(beside(session, "print(dw)")?.output.stdout == "6\n")
    }
  }

  @Test func `what it assigns is not kept, and it says so`() async {
    let session = Cells()
    await whileRunning("x = [1]; y = zeros(3)", on: session) { session in
      let ran = beside(session, "x.append(2); y[0] = 7; v = 5\nprint(x, y)")
      #expect(ran?.output.stdout == "[1, 2] [7 0 0]\n")
      #expect(ran?.output.stderr.contains("v are not kept") == true)
      #expect(beside(session, "print(x, y)")?.output.stdout == "[1] [0 0 0]\n")
    }
    #expect(await session.run("print(x, y)").output.stdout == "[1] [0 0 0]\n")
    #expect(await session.run("v").errorName == "NameError")
  }

  @Test func `a function of the session is named as what was not copied`() async {
    await whileRunning("def f(x): return x") { session in
      let ran = beside(session, "f(1)")
      #expect(ran?.errorName == "NameError")
      #expect(ran?.errorMessage?.contains("f is a function of the session") == true)
    }
  }

  @Test func `it answers while the cell sleeps`() async {
    let session = Cells()
    await session.run("import time")
    await whileRunning("k = 5", loop: "time.sleep(1000)", on: session) { session in
      #expect(beside(session, "k")?.output.result == "5")
    }
  }

  @Test func `an interrupt ends it too`() async throws {
    await whileRunning("k = 1") { session in
      let interrupter = Task.detached { [engine = session.engine] in
        try await Task.sleep(for: .milliseconds(200))
        engine.interrupt()
      }
      #expect(beside(session, "while True: pass")?.errorName == "KeyboardInterrupt")
      _ = try? await interrupter.value
    }
  }

  @Test func `many at once do not disturb the running cell`() async {
    let session = Cells()
    await whileRunning("x = rand(1000); xs = list(range(100))", on: session) { session in
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask {
            (0..<20).allSatisfy { _ in
              beside(session, "print(sum(sort(x)) == sum(sort(x)), sum(xs))")?.output.stdout
                == "True 4950\n"
            }
          }
        }
        for await ok in group { #expect(ok) }
      }
    }
    #expect(await session.run("print(n > 0)").output.stdout == "True\n")
  }
}

import EngineInterface
import Testing

@testable import Interpreter

@Suite("What nothing reaches is freed")
struct ReleaseTests {
  /// A way to lose an object: code that keeps it as `kept`, and may run many times.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String

    init(_ description: String, _ code: String) {
      testDescription = description
      self.code = code
    }
  }

  static let cases = [
    Case(
      "a list that an inner function captured, which calls itself",
      """
      def outer():
          global kept
          box = [1]; kept = box
          def go(n):
              box.append(n)
              return go(n - 1) if n > 0 else len(box)
          return go(3)
      outer()
      """),
    Case(
      "a list that two inner functions captured, which call each other",
      """
      def outer():
          global kept
          box = [1]; kept = box
          def even(n): return len(box) if n == 0 else odd(n - 1)
          def odd(n): return even(n - 1)
          return even(4)
      outer()
      """),
    Case(
      "a class with methods",
      """
      class A:
          def f(self): return 1
      kept = A
      del A
      """),
    Case(
      "a class whose method calls super()",
      """
      class A:
          def __init__(self): self.x = 1
      class B(A):
          def __init__(self):
              super().__init__()
      B()
      kept = B
      del A, B
      """),
  ]

  @Test("Freed", arguments: cases)
  func freed(_ lost: Case) async throws {
    let cells = Cells()
    #expect(await cells.run(lost.code).errorMessage == nil)
    let session = cells.engine.session
    weak let object = Self.kept(in: session)
    #expect(object != nil)
    // The last result is held under `_`.
    #expect(await cells.run("kept = None; 0").errorMessage == nil)
    #expect(object == nil)
  }

  private static func kept(in session: Session) -> Object? {
    guard case .object(let object)? = session.globals["kept"] else { return nil }
    return object
  }

  @Test func `inner functions that got out go on working`() async {
    let ran = await Cells().run(
      """
      def counter():
          count = 0
          def down(n):
              nonlocal count
              count += 1
              return down(n - 1) if n > 0 else count
          alias = down
          def both(n): return down(n) + alias(n)
          return both
      f = counter()
      print(f(2), f(2))

      def memo(g):
          seen = {}
          def h(n):
              if n not in seen: seen[n] = g(n)
              return seen[n]
          return h
      def make():
          def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
          fib = memo(fib)
          return fib
      print(make()(60))

      class Base:
          def name(self): return "base"
      class Middle(Base):
          def name(self): return "middle of " + super().name()
      class Top(Middle):
          def name(self): return "top of " + super().name()
      method = Top.name
      top = Top()
      del Base, Middle, Top
      print(method(top))
      """)
    #expect(ran.errorMessage == nil)
    #expect(ran.output.stdout == "9 21\n1548008755920\ntop of middle of base\n")
  }

  @Test func `an engine that is gone frees what its names hold`() {
    var engine: NablaEngine? = NablaEngine(version: "test", folder: ScriptFile.folder.path)
    let code = """
      kept = [1]
      def f(): return kept
      class A:
          def g(self): return A
      a = A()
      gate double(x):
          forward: return x * 2
          backward(dy): return dy * 2
      y = double(param(3))
      """
    let outcome = engine?.execute(ExecutionRequest(code: code), to: CollectingSink())
    #expect(outcome?.error == nil)
    weak let kept = engine?.session.globals["kept"]?.object(ListObject.self)
    weak let instance = engine?.session.globals["a"]?.object(InstanceObject.self)
    weak let session = engine?.session
    #expect(kept != nil && instance != nil && session != nil)
    engine = nil
    #expect(kept == nil)
    #expect(instance == nil)
    #expect(session == nil)
  }

  @Test func `an engine that is gone leaves no thread`() async {
    var engine: NablaEngine? = NablaEngine(version: "test")
    _ = engine?.execute(ExecutionRequest(code: "1"), to: CollectingSink())
    // Its thread holds it.
    weak let watch = engine?.memoryWatch
    #expect(watch != nil)
    engine = nil
    let deadline = ContinuousClock.now + .seconds(60)
    while watch != nil, ContinuousClock.now < deadline {
      try? await Task.sleep(for: .milliseconds(10))
    }
    #expect(watch == nil)
  }

  @Test func `what values in a list stand for is kept, however much is reclaimed between`() async {
    let ran = await Cells().run(
      """
      x = 3
      kept = []
      for i in range(300000):
          y = x * i + 1
          z = y * y
          if i % 10000 == 7: kept.append(z)
      for k in range(len(kept)):
          i = k * 10000 + 7
          backward(kept[k])
          assert dx == 2 * (x * i + 1) * i
      print(len(kept))
      """)
    #expect(ran.errorMessage == nil)
    #expect(ran.output.stdout == "30\n")
  }

  @Test("The tape does not grow with cells", arguments: ["w = param(randn(3))", "w = 1"])
  func tape(_ code: String) async {
    let cells = Cells()
    let filler = "; w2 = w * 2; f = sum(w2 * w2); backward(f)"
    for _ in 0..<400 { await cells.run(code + filler) }
    let early = cells.engine.session.tape.pointee.heldBytes
    for _ in 0..<1_500 { await cells.run(code + filler) }
    // A look comes when 64 KiB were recorded, and a chunk or two are not yet full.
    #expect(cells.engine.session.tape.pointee.heldBytes <= early + 128 << 10)
    let gradient = await cells.run("print(dw - 8 * w)")
    #expect(gradient.errorMessage == nil)
    #expect(gradient.output.stdout == (code == "w = 1" ? "0\n" : "[0 0 0]\n"))
  }
}

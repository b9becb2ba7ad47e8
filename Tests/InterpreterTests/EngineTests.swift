import EngineInterface
import Foundation
import Interpreter
import Testing

@Suite("An engine answers as hosts ask")
struct EngineTests {
  @Test func `user expressions are evaluated after the cell, each by itself`() async {
    let session = Cells()
    let ran = await session.run(
      ExecutionRequest(
        code: "x = 3\ny = x * 2", executionCount: 1,
        userExpressions: [
          ("double", "y * 2"), ("wrong", "nothing"), ("text", "'a' + 'b'"), ("none", "1 +"),
        ]))
    let values = ran.outcome.userExpressions
    #expect(values.map(\.name) == ["double", "wrong", "text", "none"])
    guard values.count == 4 else { return }
    #expect((try? values[0].value.get())?.plain == "12")
    #expect(throws: ErrorReport.self) { try values[1].value.get() }
    #expect((try? values[2].value.get())?.plain == "'ab'")
    #expect(throws: ErrorReport.self) { try values[3].value.get() }
    if case .failure(let report) = values[1].value { #expect(report.name == "NameError") }
    if case .failure(let report) = values[3].value { #expect(report.name == "SyntaxError") }
  }

  @Test func `after an error no user expression is evaluated`() async {
    let ran = await Cells().run(
      ExecutionRequest(
        code: "nothing", executionCount: 1, userExpressions: [("two", "1 + 1")]))
    #expect(ran.errorName == "NameError")
    #expect(ran.outcome.userExpressions.isEmpty)
  }

  @Test func `a silent cell shows nothing and still runs`() async {
    let session = Cells()
    let ran = await session.run(
      ExecutionRequest(code: "x = 4\nprint(x)\nx", executionCount: nil, silent: true))
    #expect(ran.output.stdout.isEmpty)
    #expect(ran.output.shown.isEmpty)
    #expect(await session.run("print(x)").output.stdout == "4\n")
  }

  @Test func `a silent cell leaves the last result alone`() async {
    let session = Cells()
    await session.run("7")
    _ = await session.run(ExecutionRequest(code: "8", silent: true))
    #expect(await session.run("_").output.result == "7")
  }

  @Test(arguments: ["relu?", "x?", "f?", "np?", "math?", "W.T?"])
  func `a question mark gives a page`(_ code: String) async {
    let session = Cells()
    await session.run("x = 3\nW = eye(2)\ndef f(a):\n    \"\"\"Doubles.\"\"\"\n    return 2 * a")
    let ran = await session.run("import math\nimport numpy as np\n" + code)
    #expect(ran.outcome.error == nil, "\(ran.block)")
    guard case .page(let page)? = ran.outcome.payloads.first else {
      Issue.record("\(code) gives no page")
      return
    }
    #expect(page.plain?.isEmpty == false)
    if code == "f?" { #expect(page.plain?.contains("Doubles.") == true) }
    if code == "relu?" { #expect(page.plain?.contains("local gradient") == true) }
  }

  @Test(
    arguments: [
      ("exit", .init(code: 0)), ("quit", .init(code: 0)), ("exit()", .init(code: 0)),
      ("exit(None)", .init(code: 0)), ("exit(True)", .init(code: 1)),
      ("exit(-1)", .init(code: 255)),
      ("exit(300)", .init(code: 44)), ("exit('why')", .init(code: 1, message: "why")),
      ("exit(1.5)", .init(code: 1, message: "1.5")),
      ("import sys\nsys.exit(2)", .init(code: 2)), ("raise SystemExit", .init(code: 0)),
      ("raise SystemExit(3)", .init(code: 3)),
      ("class Done(SystemExit):\n    pass\nraise Done(4)", .init(code: 4)),
    ] as [(String, ExecutionOutcome.Exit)])
  func `a word leaves the session`(_ code: String, _ exit: ExecutionOutcome.Exit) async {
    let session = Cells()
    let ran = await session.run(code)
    #expect(ran.outcome.exit == exit)
    // A host that knows no exit codes sees an error where all is not well.
    #expect((ran.outcome.error == nil) == (exit.code == 0))
    #expect(ran.output.shown.isEmpty)
    #expect(await session.run("6 * 7").output.result == "42")
  }

  @Test func `leaving can be kept, and a name of one's own leaves nothing`() async {
    let session = Cells()
    let kept = await session.run("try:\n    exit(1)\nexcept SystemExit as e:\n    print(e.args)")
    #expect(kept.outcome.exit == nil && kept.output.stdout == "(1,)\n")
    #expect(await session.run("exit = 5\nexit").output.result == "5")
  }

  @Test func `the words of a command line are in argv until others come`() async {
    let session = Cells()
    #expect(await session.run("argv").output.result == "['']")
    let request = ExecutionRequest(code: "a = argv", arguments: ["-c", "one"])
    _ = await session.run(request)
    #expect(await session.run("import sys\nsys.argv").output.result == "['-c', 'one']")
    _ = await session.run(ExecutionRequest(code: "x = 1", file: "f.nabla"))
    #expect(await session.run("argv").output.result == "['f.nabla']")
  }

  @Test func `input asks the host, and without one is an error`() async {
    let session = Cells()
    let answered = await session.run(
      ExecutionRequest(code: "name = input('who? ')\nprint('hi ' + name)", allowsInput: true),
      sink: CollectingSink(answers: ["Ada"]))
    #expect(answered.output.stdout == "hi Ada\n")
    let refused = await session.run("input()")
    #expect(refused.outcome.error != nil)
  }

  @Test func `results come in every representation that a front end may pick`() async {
    let ran = await Cells().run("x = array([1, 2])\ny = sum(x)\nbackward(y)")
    let bundle = ran.output.shown.first?.bundle
    for type in ["text/plain", "text/html", "text/latex", "application/vnd.dataresource+json"] {
      #expect(bundle?.data[type] != nil, "\(type)")
    }
  }

  @Test func `names are published with their kinds`() async {
    let session = Cells()
    await session.run(
      """
      x = 3
      W = eye(2)
      p = param(1)
      def f(a): return a
      class C: pass
      s = 'text'
      d = {'k': 1}
      """)
    let names = Dictionary(
      uniqueKeysWithValues: session.engine.variables().map { ($0.name, $0.type) })
    #expect(names["x"] == "number")
    #expect(names["W"] == "tensor")
    #expect(names["p"] == "param")
    #expect(names["f"] == "function")
    #expect(names["C"] == "class")
    #expect(names["s"] == "string")
    #expect(names["d"] == "dict")
    #expect(names["__name__"] == nil)
  }

  @Test func `an error's block is whole and its parts agree`() async throws {
    let ran = await Cells().run("x = zeros((2, 3))\nx @ x", count: 7)
    let error = try #require(ran.outcome.error)
    #expect(error.name == "ShapeError")
    #expect(ran.block.hasPrefix("ShapeError: \(error.message)"))
    #expect(ran.block.contains("Cell In[7], line 2"))
    #expect(ran.block.contains("x @ x"))
  }

  @Test func `display handles update what they showed`() async {
    let ran = await Cells().run(
      "h = display(1, display_id=True)\nh.update(2)\nclear_output(wait=True)")
    #expect(ran.outcome.error == nil, "\(ran.block)")
    #expect(ran.output.updates == ["2"])
    #expect(ran.output.clears == [true])
  }
}

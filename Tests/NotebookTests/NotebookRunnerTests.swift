import EngineInterface
import Notebook
import Testing

@Suite struct NotebookRunnerTests {
  /// A notebook of code cells, each with its tags.
  private func notebook(_ cells: [(source: String, tags: String)]) throws -> Notebook {
    let list = cells.enumerated().map { index, cell in
      """
      {"cell_type":"code","execution_count":null,"id":"c\(index)","metadata":{"tags":[\(cell.tags)]},\
      "outputs":[],"source":"\(cell.source)"}
      """
    }
    return try Notebook(
      parsing: Array(
        #"{"cells":[\#(list.joined(separator: ","))],"metadata":{},"nbformat":4,"nbformat_minor":5}"#
          .utf8))
  }

  private func outputs(_ source: String) throws -> [Output] {
    var notebook = try notebook([(source, "")])
    _ = NotebookRunner(host: EngineHost(ScriptedEngine())).run(&notebook)
    return notebook.cells[0].outputs
  }

  @Test("text is joined while it stays on one stream")
  func streams() throws {
    #expect(
      try outputs(#"out a\nout b\nerr c\nout d"#) == [
        .stream(.stdout, "a\nb\n"), .stream(.stderr, "c\n"), .stream(.stdout, "d\n"),
      ])
    #expect(
      try outputs(#"out a\ndisplay x\nout b"#) == [
        .stream(.stdout, "a\n"), .display(MIMEBundle(plain: "x")), .stream(.stdout, "b\n"),
      ])
  }

  @Test("the result has the count of its cell")
  func result() throws {
    var notebook = try notebook([("out", ""), ("result 7", "")])
    let report = NotebookRunner(host: EngineHost(ScriptedEngine())).run(&notebook)
    #expect(report.ran == 2)
    #expect(notebook.cells.map(\.executionCount) == [1, 2])
    #expect(notebook.cells[1].outputs == [.result(MIMEBundle(plain: "7"), executionCount: 2)])
  }

  @Test("clearing removes what was shown, at once or when the next output comes")
  func clear() throws {
    #expect(try outputs(#"out a\nclear\nout b"#) == [.stream(.stdout, "b\n")])
    #expect(try outputs(#"out a\nclear wait\nout b"#) == [.stream(.stdout, "b\n")])
    #expect(try outputs(#"out a\ndisplay x\nclear wait"#).count == 2)
    #expect(
      try outputs(#"named x\nclear\ndisplay y\nupdate z"#) == [.display(MIMEBundle(plain: "y"))])
  }

  @Test("a display is updated wherever it stands, also from a later cell")
  func updates() throws {
    var notebook = try notebook([(#"named x\nnamed y"#, ""), ("update z", ""), ("named w", "")])
    _ = NotebookRunner(host: EngineHost(ScriptedEngine())).run(&notebook)
    let shown = Output.display(MIMEBundle(plain: "z"))
    #expect(notebook.cells[0].outputs == [shown, shown])
    #expect(notebook.cells[1].outputs.isEmpty)
    #expect(notebook.cells[2].outputs == [.display(MIMEBundle(plain: "w"))])
  }

  @Test("the first error stops the run and is the last output of its cell")
  func failure() throws {
    var notebook = try notebook([("out a", ""), (#"out b\nfail ShapeError"#, ""), ("out c", "")])
    let report = NotebookRunner(host: EngineHost(ScriptedEngine())).run(&notebook)
    #expect(report.failure?.index == 1)
    #expect(report.failure?.error?.name == "ShapeError")
    #expect(
      notebook.cells[1].outputs.last
        == .error(name: "ShapeError", message: "no", traceback: ["ShapeError: no"]))
    #expect(notebook.cells[2].run == nil)
  }

  @Test("the tags of nbclient pass a cell or let it fail")
  func tags() throws {
    let engine = ScriptedEngine()
    var notebook = try notebook([
      ("out a", #""skip-execution""#), ("fail TypeError", #""x","raises-exception""#),
      ("out c", ""),
    ])
    let report = NotebookRunner(host: EngineHost(engine)).run(&notebook)
    #expect(report.failure == nil)
    #expect(report.ran == 2)
    #expect(notebook.cells[0].run == nil)
    #expect(notebook.cells[1].outputs.count == 1)
    #expect(engine.requests.withLock { $0.map(\.code) } == ["fail TypeError", "out c"])
    #expect(engine.requests.withLock { $0.map(\.cellID) } == ["c1", "c2"])
  }

  @Test("an interrupt stops the run even where errors are allowed")
  func interrupt() throws {
    var notebook = try notebook([("fail KeyboardInterrupt", #""raises-exception""#), ("out", "")])
    let report = NotebookRunner(host: EngineHost(ScriptedEngine())).run(&notebook)
    #expect(report.failure?.index == 0)
    #expect(notebook.cells[1].run == nil)
  }

  @Test("a cell without code is not run and loses its outputs")
  func blank() throws {
    let engine = ScriptedEngine()
    var notebook = try notebook([(#" \n"#, ""), ("result 1", "")])
    #expect(NotebookRunner(host: EngineHost(engine)).run(&notebook).ran == 1)
    #expect(notebook.cells[0].executionCount == nil)
    #expect(notebook.cells[1].executionCount == 1)
  }

  @Test("a run has nobody to ask for input")
  func input() throws {
    #expect(try outputs("ask") == [.stream(.stdout, "unavailable")])
  }

  @Test("a script is one request with its file, and tables when asked")
  func script() throws {
    let engine = ScriptedEngine()
    let script = try Script(path: "a.nabla", bytes: Array("out a\nout b".utf8))
    let host = EngineHost(engine)
    #expect(
      script.run(on: host).cells.map(\.outputs) == [[.stream(.stdout, "a\nb\n")]])
    #expect(script.run(on: host, showsTables: true).cells.map(\.status) == [.passed])
    let requests = engine.requests.withLock { $0 }
    #expect(requests.map(\.file) == ["a.nabla", "a.nabla"])
    #expect(requests.map(\.showsTables) == [false, true])
    #expect(requests.map(\.executionCount) == [nil, nil])
    #expect(throws: NotebookError.self) { try Script(path: "a.nabla", bytes: [0x61, 0xFF]) }
  }
}

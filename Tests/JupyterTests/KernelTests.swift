import JSON
import JupyterProtocol
import TestSupport
import Testing

@testable import JupyterKernel

@Suite("A kernel on a loopback transport")
struct KernelTests {
  let client: LoopbackClient

  init() throws { client = try LoopbackClient() }

  @Test("puts busy first, idle last, and all output between, in the order of writing")
  func order() throws {
    let messages = try client.execute("print:1\nstderr:2\nprint:3\ndisplay:d\nclear:wait\nvalue")
    #expect(
      messages.iopub == [
        "status", "execute_input", "stream", "stream", "stream", "display_data", "clear_output",
        "execute_result", "status",
      ])
    #expect(messages.text() == "1\n3\n")
    #expect(messages.text("stderr") == "2\n")
    #expect(messages.first?.content == ["execution_state": "busy"])
    #expect(messages.last?.content == ["execution_state": "idle"])
    #expect(messages.last { $0.channel != .iopub }?.type == "execute_reply")
    #expect(messages.dropLast().last?.type == "execute_reply")
  }

  @Test("joins lines that pile up, and loses none")
  func joining() throws {
    let messages = try client.execute("lines:20000")
    let expected = (0..<20_000).map { "line \($0)\n" }.joined()
    #expect(messages.text() == expected)
    #expect(messages.iopub.count { $0 == "stream" } <= 200)
  }

  @Test("keeps a writer from running ahead without bound, and loses nothing of a flood")
  func flood() throws {
    let messages = try client.execute("flood:12000")
    #expect(messages.text().utf8.count == 12_000 * 1024)
    let longest = messages.compactMap { $0.content["text"]?.string?.utf8.count }.max()
    #expect((longest ?? 0) <= Outbox.textMessageSize + 1024)
  }

  @Test("counts cells, but neither silent nor unstored ones")
  func counts() throws {
    #expect(try client.execute("pass").reply["execution_count"] == 1)
    #expect(try client.execute("pass").reply["execution_count"] == 2)
    #expect(try client.execute("pass", ["silent": true]).reply["execution_count"] == 2)
    #expect(try client.execute("pass", ["store_history": false]).reply["execution_count"] == 2)
    #expect(try client.execute("error:x").reply["execution_count"] == 3)
    #expect(try client.ask("execute_request").reply["execution_count"] == 3)
    #expect(try client.execute("pass").reply["execution_count"] == 4)
  }

  @Test("shows nothing of a silent cell")
  func silence() throws {
    for code in ["print:x\nvalue\ndisplay:d\nclear", "error:x"] {
      #expect(try client.execute(code, ["silent": true]).iopub == ["status", "status"])
    }
  }

  @Test("answers user expressions one by one, and pages")
  func reply() throws {
    let messages = try client.execute(
      "page:help", ["user_expressions": ["good": "7", "bad": "error!"]])
    let expressions = messages.reply["user_expressions"]
    #expect(expressions?["good"]?["data"] == ["text/plain": "7"])
    #expect(expressions?["bad"]?["status"] == "error")
    #expect(expressions?["bad"]?["ename"] == "EchoError")
    #expect(
      messages.reply["payload"]
        == [["source": "page", "data": ["text/plain": "help"], "start": 0]])
    let metadata = messages.first { $0.type == "execute_reply" }?.metadata
    #expect(metadata?["started"]?.string.flatMap { Timestamp($0) } != nil)
  }

  @Test("hands the engine what the request says")
  func request() throws {
    let engine = EchoEngine(keepsRequests: true)
    let client = try LoopbackClient(engine: engine)
    let id = client.send(
      "execute_request", ["code": "pass", "allow_stdin": true], metadata: ["cellId": "c-1"])
    _ = try client.receive(id)
    _ = try client.execute("pass", ["silent": true])
    let requests = engine.requests.withLock { $0 }
    #expect(requests.map(\.executionCount) == [1, nil])
    #expect(requests.map(\.cellID) == ["c-1", nil])
    #expect(requests.map(\.allowsInput) == [true, false])
    #expect(requests.map(\.silent) == [false, true])
  }

  @Test("says an error once")
  func error() throws {
    let messages = try client.execute("print:x\nerror:bad")
    #expect(messages.iopub == ["status", "execute_input", "stream", "error", "status"])
    #expect(messages.reply["evalue"] == "bad")
    #expect(messages.reply["status"] == "error")
  }

  @Test("stops the cells behind a failed one, and serves what is no cell")
  func stopping() throws {
    let failed = client.sendExecute("compute:50\nerror:x")
    let stopped = [client.sendExecute("print:no"), client.sendExecute("print:no")]
    let query = client.send("kernel_info_request")
    let comm = client.send("comm_open", ["comm_id": "c", "target_name": "echo", "data": [:]])
    let all = [failed] + stopped + [query, comm]
    let messages = try client.receive { messages in
      all.allSatisfy { id in
        messages.contains { $0.parentID == id && $0.content["execution_state"] == "idle" }
      }
    }
    func of(_ id: String) -> [LoopbackClient.Message] { messages.filter { $0.parentID == id } }
    for id in stopped {
      #expect(of(id).iopub == ["status", "status"])
      #expect(of(id).reply["status"] == "error")
    }
    #expect(of(query).reply["status"] == "ok")
    #expect(of(comm).iopub == ["status", "comm_msg", "status"])
    #expect(try client.execute("print:yes").text() == "yes\n")
  }

  @Test("stops a cell that was sent before the failure and arrives after it")
  func stoppingLate() throws {
    let sent = Timestamp.now()
    let failed = client.send("execute_request", ["code": "compute:60\nerror:x"], date: sent)
    _ = try client.receive(failed)
    func later(_ milliseconds: Int64, _ session: String) throws -> JSON? {
      let date = Timestamp(nanoseconds: sent.nanoseconds + milliseconds * 1_000_000)
      let id = client.send(
        "execute_request", ["code": "pass", "stop_on_error": false], date: date, session: session)
      return try client.receive(id).reply["status"]
    }
    #expect(try later(1, "session") == "error")
    #expect(try later(1, "another") == "ok")
    #expect(try later(1500, "session") == "ok")
  }

  @Test("runs the cells behind a failed one when asked to")
  func goingOn() throws {
    let failed = client.sendExecute("error:x", ["stop_on_error": false])
    let next = client.sendExecute("print:yes")
    #expect(try client.receive(failed).reply["status"] == "error")
    #expect(try client.receive(next).text() == "yes\n")
  }

  @Test("answers queries while a cell computes")
  func queries() throws {
    let running = client.sendExecute("loop")
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    let complete = try client.ask("complete_request", ["code": "é pa", "cursor_pos": 4])
    #expect(complete.reply["matches"] == ["page", "password", "pass"])
    #expect(complete.reply["cursor_start"] == 2)
    #expect(complete.reply["cursor_end"] == 4)
    #expect(
      complete.reply["metadata"]?["_jupyter_types_experimental"]?.array?.first
        == ["start": 2, "end": 4, "text": "page", "type": "function", "signature": "(text)"])
    let inspect = try client.ask("inspect_request", ["code": "print", "detail_level": 1])
    #expect(inspect.reply["data"] == ["text/plain": "prints, 1"])
    #expect(try client.ask("is_complete_request", ["code": "{"]).reply["indent"] == "  ")
    #expect(try client.ask("connect_request").reply["shell_port"] == 7)
    #expect(try client.ask("usage_request", on: .control).reply["status"] == "ok")
    client.pressInterrupt()
    #expect(try client.receive(running).reply["ename"] == "KeyboardInterrupt")
  }

  @Test("knows the cells of the session")
  func history() throws {
    for code in ["one", "two", "one", "print:three"] { _ = try client.execute(code) }
    func rows(_ content: JSON.Object) throws -> JSON? {
      try client.ask("history_request", .object(content)).reply["history"]
    }
    #expect(
      try rows(["hist_access_type": "tail", "n": 2]) == [[1, 3, "one"], [1, 4, "print:three"]])
    #expect(
      try rows(["hist_access_type": "tail", "n": 2, "output": true])
        == [[1, 3, ["one", "one"]], [1, 4, ["print:three", .null]]])
    #expect(
      try rows(["hist_access_type": "range", "session": 1, "start": 2, "stop": 3])
        == [[1, 2, "two"]])
    #expect(try rows(["hist_access_type": "range", "start": 3])?.array?.count == 2)
    #expect(try rows(["hist_access_type": "range", "session": 2, "start": 1]) == [])
    #expect(
      try rows(["hist_access_type": "search", "pattern": "o?e"])
        == [[1, 1, "one"], [1, 3, "one"]])
    #expect(
      try rows(["hist_access_type": "search", "pattern": "o?e", "unique": true])
        == [[1, 3, "one"]])
    #expect(
      try rows(["hist_access_type": "search", "pattern": "*", "n": 1]) == [[1, 4, "print:three"]])
    #expect(try rows(["hist_access_type": "tail", "n": -1]) == [])
    let long = JSON.string(String(repeating: "x", count: 50_001))
    for wrong: JSON.Object in [
      ["hist_access_type": "x"], ["hist_access_type": "search", "pattern": long],
      ["hist_access_type": "search", "pattern": "a\0"],
    ] {
      #expect(try client.ask("history_request", .object(wrong)).reply["status"] == "error")
    }
  }

  @Test("asks the client whose cell runs for input, and no other")
  func input() throws {
    let id = client.send("execute_request", ["code": "password:pin", "allow_stdin": true])
    let asked = try client.receive { $0.contains { $0.type == "input_request" } }
    let question = try #require(asked.first { $0.type == "input_request" })
    #expect(question.channel == .stdin)
    #expect(question.content == ["prompt": "pin", "password": true])
    #expect(question.identities == [Array("client".utf8)])
    let parent: JSON = ["msg_id": .string(question.id)]
    client.send("input_reply", ["value": "a"], on: .stdin, parent: parent, identity: "stranger")
    client.send("input_reply", ["value": "b"], on: .stdin, parent: ["msg_id": "stale"])
    client.send("input_reply", ["value": "1234"], on: .stdin, parent: parent)
    #expect(try client.receive(id).text() == "got 1234\n")
    #expect(client.log.text.contains("no cell waits for this input"))
  }

  @Test("refuses input that the client does not allow, and ends it on an interrupt")
  func noInput() throws {
    #expect(try client.execute("input:x").reply["evalue"] == "unavailable")
    let id = client.send("execute_request", ["code": "input:x", "allow_stdin": true])
    _ = try client.receive { $0.contains { $0.type == "input_request" } }
    #expect(try client.ask("interrupt_request", on: .control).reply == ["status": "ok"])
    #expect(try client.receive(id).reply["ename"] == "KeyboardInterrupt")
  }

  @Test("keeps a register of comms")
  func comms() throws {
    let opened = try client.ask(
      "comm_open", ["comm_id": "a", "target_name": "echo", "data": ["x": 1]])
    #expect(opened.iopub == ["status", "comm_msg", "status"])
    #expect(opened[1].content == ["comm_id": "a", "data": ["x": 1]])
    _ = try client.execute("comm-open:b")
    #expect(
      try client.ask("comm_info_request").reply["comms"]
        == ["a": ["target_name": "echo"], "b": ["target_name": "echo"]])
    #expect(try client.ask("comm_info_request", ["target_name": "x"]).reply["comms"] == [:])
    let refused = try client.ask("comm_open", ["comm_id": "c", "target_name": "none"])
    #expect(refused.iopub == ["status", "comm_close", "status"])
    _ = try client.ask("comm_close", ["comm_id": "a"])
    _ = try client.execute("comm-close:b")
    #expect(try client.ask("comm_info_request").reply["comms"] == [:])
    #expect(try client.ask("comm_msg", ["comm_id": "gone"]).iopub == ["status", "status"])
  }

  @Test("shows displays by id, and updates them")
  func displays() throws {
    let messages = try client.execute("show:d\nupdate:d")
    #expect(messages.iopub.dropFirst(2).first == "display_data")
    for message in messages.filter({ $0.type.hasSuffix("display_data") }) {
      #expect(message.content["transient"] == ["display_id": "d"])
      #expect(message.content["metadata"] == [:])
    }
    #expect(messages.contains { $0.type == "update_display_data" })
  }

  @Test("welcomes a subscriber by its topic")
  func welcome() throws {
    client.subscribe("status")
    let message = try #require(try client.receive { !$0.isEmpty }.first)
    #expect(message.type == "iopub_welcome")
    #expect(message.identities == [Array("status".utf8)])
    #expect(message.content == ["subscription": "status"])
    #expect(message.parent == [:])
  }

  @Test("has one route for each type, and only for types that name their channels")
  func routes() {
    #expect(Set(Routes.all.map(\.type)).count == Routes.all.count)
    #expect(Routes.all.allSatisfy { !$0.channels.isEmpty })
  }
}

import EngineInterface
import JSON
import JupyterProtocol
import TestSupport
import Testing

@testable import JupyterKernel

@Suite("Subshells")
struct SubshellTests {
  let client: LoopbackClient

  init() throws { client = try LoopbackClient() }

  /// Makes a subshell; gives its id.
  private func create() throws -> JSON {
    try #require(try client.ask("create_subshell_request", on: .control).reply["subshell_id"])
  }

  private func list() throws -> JSON? {
    try client.ask("list_subshell_request", on: .control).reply["subshell_id"]
  }

  /// Starts an endless cell in the main shell; gives its id once it runs.
  private func startLoop() throws -> String {
    let id = client.sendExecute("loop")
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    return id
  }

  @Test("are created, listed in order and deleted")
  func registry() throws {
    #expect(try list() == [])
    let first = try create()
    let second = try create()
    #expect(first.string?.utf8.count == 36)
    #expect(try list() == .array([first, second]))
    let deleted = try client.ask("delete_subshell_request", ["subshell_id": first], on: .control)
    #expect(deleted.reply == ["status": "ok"])
    #expect(try list() == .array([second]))
    let again = try client.ask("delete_subshell_request", ["subshell_id": first], on: .control)
    #expect(again.reply["ename"] == "UnknownSubshell")
    #expect(
      try client.ask("delete_subshell_request", on: .control).reply["ename"] == "MalformedRequest")
    let info = try client.ask("kernel_info_request").reply
    #expect(info["supported_features"] == ["kernel subshells"])
    #expect(try client.ask("create_subshell_request").reply["ename"] == "WrongChannel")
  }

  @Test("are bounded in number")
  func bound() throws {
    for _ in 0..<Subshells.maximum { _ = try create() }
    let refused = try client.ask("create_subshell_request", on: .control)
    #expect(refused.reply["ename"] == "TooManySubshells")
    guard case .array(let ids)? = try list() else { return #expect(Bool(false)) }
    _ = try client.ask("delete_subshell_request", ["subshell_id": ids[0]], on: .control)
    _ = try create()
  }

  @Test("that are unknown or no string are an error, null is the main shell")
  func unknown() throws {
    for type in ["execute_request", "kernel_info_request", "comm_msg", "no_request"] {
      let id = client.send(type, ["code": "print:no"], subshell: "never made")
      let messages = try client.receive(id)
      #expect(messages.iopub == ["status", "status"])
      #expect(messages.reply["ename"] == "UnknownSubshell")
    }
    let odd = try client.receive(client.sendExecute("print:no", subshell: 7))
    #expect(odd.reply["ename"] == "MalformedHeader")
    #expect(try client.receive(client.sendExecute("print:x", subshell: .null)).text() == "x\n")
    // Control messages are for the kernel as a whole.
    let id = client.send("kernel_info_request", on: .control, subshell: "never made")
    #expect(try client.receive(id).reply["status"] == "ok")
  }

  @Test("run a cell beside the running one, with the request's header as parent")
  func beside() throws {
    let loop = try startLoop()
    let id = client.sendExecute("beside\nprint:1\nvalue", subshell: try create())
    let messages = try client.receive(id)
    #expect(messages.iopub == ["status", "execute_input", "stream", "execute_result", "status"])
    #expect(messages.reply["status"] == "ok")
    // Numbers are those of the session.
    #expect(messages.reply["execution_count"] == 2)
    client.pressInterrupt()
    #expect(try client.receive(loop).reply["execution_count"] == 1)
    #expect(try client.execute("pass").reply["execution_count"] == 3)
  }

  @Test("take turns with the main shell, each shell in its order")
  func turns() throws {
    let subshells = try [create(), create()]
    let mains = (0..<4).map { _ in client.sendExecute("compute:10") }
    let turns = subshells.map { subshell in
      (0..<3).map { _ in client.sendExecute("value", subshell: subshell) }
    }
    let messages = try client.receive(all: mains + turns.flatMap { $0 })
    for ids in [mains] + turns {
      #expect(messages.replied.filter { ids.contains($0) } == ids)
    }
    #expect(
      messages.filter { $0.type == "execute_reply" }.allSatisfy { $0.content["status"] == "ok" })
  }

  @Test("have one turn each after a cell, and the next cell comes after those that waited")
  func order() throws {
    let queue = try SessionQueue()
    let shell = try Shell(id: nil)
    let log = Held<[String]>([])
    func cell(_ name: String) -> Exchange {
      Exchange(
        channel: .shell, shell: shell, identities: [], parent: [], type: name, messageID: name,
        session: "", date: nil, arrival: .now(), parentPart: [], metadataPart: [], contentPart: [])
    }
    func turn(_ name: String, then: String? = nil) -> Bool {
      queue.append(turn: {
        log.value.append(name)
        // A subshell hands in its next cell when this one is over.
        if let then { _ = queue.append(turn: { log.value.append(then) }) }
      })
    }
    for name in ["1", "2", "3"] { #expect(queue.append(cell(name))) }
    #expect(turn("a", then: "a2"))
    #expect(turn("b"))
    for _ in 0..<6 {
      switch try #require(queue.next()) {
      case .cell(let exchange): log.value.append(exchange.type)
      case .turn(let run): run()
      }
    }
    #expect(log.value == ["1", "a", "b", "2", "a2", "3"])
    queue.close()
    #expect(!turn("late"))
    #expect(!queue.append(cell("late")))
    #expect(queue.next() == nil)
  }

  @Test("answer queries at once, while their own cell waits and the main shell computes")
  func queries() throws {
    let subshell = try create()
    let loop = try startLoop()
    let waiting = client.sendExecute("print:x", subshell: subshell)
    let query = client.send("complete_request", ["code": "pri"], subshell: subshell)
    #expect(try client.receive(query).reply["matches"] == ["print"])
    client.pressInterrupt()
    _ = try client.receive(all: [loop, waiting])
  }

  @Test("are interrupted with the main shell: beside it, waiting for a turn, and at input")
  func interrupt() throws {
    let subshells = try (0..<3).map { _ in try create() }
    let loop = try startLoop()
    let beside = client.sendExecute("beside\nloop", subshell: subshells[0])
    let waiting = client.sendExecute("print:never", subshell: subshells[1])
    let asking = client.sendExecute(
      "beside\ninput:?", ["allow_stdin": true], subshell: subshells[2])
    _ = try client.receive { messages in
      messages.count { $0.type == "execute_input" } == 3
        && messages.contains { $0.type == "input_request" }
    }
    client.pressInterrupt()
    let messages = try client.receive(all: [loop, beside, waiting, asking])
    for id in [loop, beside, waiting, asking] {
      #expect(messages.of(id).reply["ename"] == "KeyboardInterrupt")
      #expect(messages.of(id).iopub.count { $0 == "error" } == 1)
    }
    #expect(messages.text() == "")
    for subshell in subshells {
      #expect(
        try client.receive(client.sendExecute("print:on", subshell: subshell)).text() == "on\n")
    }
  }

  @Test("stop the cells behind a failed one in their own shell only")
  func stopping() throws {
    let subshells = try [create(), create()]
    let failed = client.sendExecute("compute:50\nerror:x", subshell: subshells[0])
    let stopped = client.sendExecute("print:no", subshell: subshells[0])
    let other = client.sendExecute("print:yes", subshell: subshells[1])
    let main = client.sendExecute("print:yes")
    let messages = try client.receive(all: [failed, stopped, other, main])
    #expect(messages.of(failed).reply["evalue"] == "x")
    #expect(messages.of(stopped).reply["ename"] == "Aborted")
    #expect(messages.of(stopped).iopub == ["status", "status"])
    #expect(messages.of(other).text() == "yes\n")
    #expect(messages.of(main).text() == "yes\n")
  }

  @Test("ask for input on their own, whatever the main shell waits for")
  func input() throws {
    let subshell = try create()
    let main = client.sendExecute("input:main", ["allow_stdin": true])
    _ = try client.receive { $0.contains { $0.type == "input_request" } }
    let beside = client.sendExecute("beside\ninput:sub", ["allow_stdin": true], subshell: subshell)
    let asked = try client.receive { $0.contains { $0.type == "input_request" } }
    let question = try #require(asked.first { $0.type == "input_request" })
    #expect(question.content["prompt"] == "sub")
    #expect(question.parent["subshell_id"] == subshell)
    // One that names its shell and no question, and one that names its question and no shell.
    client.send("input_reply", ["value": "b"], on: .stdin, subshell: subshell)
    #expect(try client.receive(beside).text() == "got b\n")
    client.send(
      "input_reply", ["value": "a"], on: .stdin, parent: ["msg_id": .string(main)])
    #expect(try client.receive(main).text() == "got a\n")
  }

  @Test("pass comm messages on between the main shell's cells")
  func comms() throws {
    let subshell = try create()
    let running = client.sendExecute("compute:60\nprint:main")
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    let behind = client.sendExecute("print:behind")
    let comm = client.send(
      "comm_open", ["comm_id": "c", "target_name": "echo", "data": ["x": 1]], subshell: subshell)
    let messages = try client.receive(all: [running, behind, comm])
    // When another cell ends meanwhile, the kernel says once more that this one keeps it busy.
    let about = messages.of(comm).iopub
    #expect(about.filter { $0 != "status" } == ["comm_msg"])
    #expect(about.first == "status" && about.last == "status")
    let place = { (id: String, type: String) in
      try #require(messages.firstIndex { $0.parentID == id && $0.type == type })
    }
    #expect(try place(running, "execute_reply") < place(comm, "comm_msg"))
    #expect(try place(comm, "comm_msg") < place(behind, "execute_reply"))
    #expect(try client.ask("comm_info_request").reply["comms"] == ["c": ["target_name": "echo"]])
  }

  @Test("that are deleted refuse what waits in them; the running cell goes on to its end")
  func deletion() throws {
    let subshell = try create()
    let loop = try startLoop()
    let beside = client.sendExecute("beside\ncompute:700\nprint:end", subshell: subshell)
    let waiting = client.sendExecute("print:no", subshell: subshell)
    let comm = client.send(
      "comm_open", ["comm_id": "c", "target_name": "echo", "data": [:]], subshell: subshell)
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    _ = try client.ask("delete_subshell_request", ["subshell_id": subshell], on: .control)
    let late = client.sendExecute("print:no", subshell: subshell)
    let messages = try client.receive(all: [beside, waiting, comm, late])
    #expect(messages.of(beside).text() == "end\n")
    #expect(messages.of(waiting).reply["ename"] == "SubshellDeleted")
    #expect(messages.of(comm).iopub == ["status", "status"])
    #expect(messages.of(late).reply["ename"] == "UnknownSubshell")
    client.pressInterrupt()
    _ = try client.receive(loop)
  }

  @Test("end with the kernel, also while they run or wait for a turn")
  func shutdown() throws {
    let subshells = try [create(), create()]
    let loop = try startLoop()
    let beside = client.sendExecute("beside\nloop", subshell: subshells[0])
    let waiting = client.sendExecute("print:no", subshell: subshells[1])
    let behind = client.sendExecute("print:no", subshell: subshells[1])
    _ = try client.receive { $0.count { $0.type == "execute_input" } == 2 }
    client.send("shutdown_request", on: .control)
    let (ending, messages) = try client.waitForEnd()
    #expect(ending == .stopped)
    for id in [loop, beside, waiting, behind] {
      #expect(messages.of(id).reply["status"] == "error")
      #expect(messages.of(id).last?.content["execution_state"] == "idle")
    }
    #expect(messages.text() == "")
  }

  @Test("print at once with the main shell in few messages, each in its order")
  func streams() throws {
    let subshell = try create()
    // The main cell runs as long as the other writes beside it.
    let main = client.sendExecute("compute:100\nlines:20000\ncompute:300")
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    let beside = client.sendExecute(
      "beside\ncompute:100\nlines:20000\nalternate:100", subshell: subshell)
    let messages = try client.receive(all: [main, beside])
    let lines = (0..<20_000).map { "line \($0)\n" }.joined()
    #expect(messages.of(main).text() == lines)
    #expect(messages.of(beside).text() == lines + (0..<50).map { "\($0 * 2)\n" }.joined())
    #expect(messages.count { $0.type == "stream" } < 1000)
    let order = messages.of(beside).filter { $0.type == "stream" }.suffix(100)
      .flatMap { ($0.content["text"]?.string ?? "").split(separator: "\n") }.suffix(100)
    #expect(order.map(String.init) == (0..<100).map { "\($0)" })
  }
}

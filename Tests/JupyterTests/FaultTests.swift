import JSON
import JupyterProtocol
import TestSupport
import Testing

@testable import JupyterKernel

@Suite("Faults on a loopback transport")
struct FaultTests {
  let client: LoopbackClient

  init() throws { client = try LoopbackClient() }

  @Test("What has no valid signature is logged and dropped, and not remembered")
  func signatures() throws {
    let (id, good) = client.frames("execute_request", ["code": "print:secret"])
    for change in 0..<4 {
      var bad = good
      bad[2] = [[], Array("0".utf8), good[2] + [48], Array(good[2].reversed())][change]
      client.send(raw: bad)
    }
    client.send(raw: good)
    client.send(raw: good)
    #expect(try client.receive(id).text() == "secret\n")
    let info = try client.ask("kernel_info_request")
    #expect(info.reply["status"] == "ok")
    let log = client.log.text
    for reason in ["has no signature", "has 1 characters", "has 65 characters", "is wrong"] {
      #expect(log.contains(reason))
    }
    #expect(log.contains("it was received before"))
    #expect(!log.contains("secret"))
    #expect(try client.execute("pass").reply["execution_count"] == 2)
  }

  @Test("Frames that are no message are dropped")
  func frames() throws {
    for count in 0..<7 { client.send(raw: Array(repeating: [120], count: count)) }
    client.send(raw: Array(repeating: Frames.delimiter, count: 4))
    client.send(raw: Array(repeating: [], count: 1000))
    let messages = try client.ask("kernel_info_request")
    #expect(messages.reply["status"] == "ok")
    // Five are told, four are counted when the burst is over.
    for _ in 0..<500 where !client.log.text.contains("… and 4 more") {
      Wakeup.wait(forOneOf: [], milliseconds: 20)
    }
    let told = client.log.lines.withLock { $0.filter { $0.contains("dropped a message on shell") } }
    #expect(told.count == 6)
    #expect(told.last == "warning: dropped a message on shell: … and 4 more")
  }

  static let malformed: [String] = [
    "", "x", "[]", "null", "{", #"{"code": 1}"#, "{\"a\":\"\u{0}\"}",
    String(repeating: "[", count: 100_000),
    String(repeating: "{\"a\":", count: 100_000) + "1" + String(repeating: "}", count: 100_000),
  ]

  @Test("A malformed content gets an error reply between busy and idle", arguments: malformed)
  func content(text: String) throws {
    for type in ["execute_request", "complete_request", "is_complete_request"] {
      let messages = try client.receive(sendSigned(type, content: Array(text.utf8)))
      #expect(messages.iopub == ["status", "status"])
      #expect(messages.reply["status"] == "error")
      #expect(messages.reply["ename"] == "MalformedRequest")
      #expect(messages.reply["traceback"] == [])
    }
    #expect(try client.execute("pass").reply["status"] == "ok")
  }

  @Test("A malformed parent or metadata gets an error reply too", arguments: malformed)
  func otherParts(text: String) throws {
    guard text != #"{"code": 1}"# else { return }
    for part in [4, 5] {
      let id = sendSigned("execute_request", content: Array(#"{"code":"print:x"}"#.utf8)) {
        $0[part] = Array(text.utf8)
      }
      let messages = try client.receive(id)
      #expect(messages.reply["status"] == "error")
      #expect(messages.text() == "")
    }
  }

  @Test("A header that is no header is answered to nobody in particular")
  func header() throws {
    sendSigned("x", content: Array("{}".utf8)) { $0[3] = Array("nonsense".utf8) }
    let messages = try client.receive { $0.count == 3 }
    #expect(messages.map(\.type) == ["status", "unknown_reply", "status"])
    #expect(messages.allSatisfy { $0.parent == [:] })
    #expect(messages.reply["ename"] == "MalformedHeader")
  }

  @Test("A type that holds anything does not spoil the reply")
  func oddType() throws {
    for type in ["x\",\"a\":\"", "\\", "é😀", "<IDS|MSG>"] {
      #expect(try client.ask(type).contains { $0.type == type + "_reply" })
    }
  }

  @Test(
    "A type that nobody can read is quoted, and gets a reply of no type in particular",
    arguments: [
      ("", "\"\""), ("a\n\u{1B}[2Jb", "\"a\\n\\x1b[2Jb\""), ("\u{202E}x", "\"\\u202ex\""),
    ])
  func unreadableType(type: String, shown: String) throws {
    let message = try #require(try client.ask(type).first { $0.type == "unknown_reply" })
    #expect(message.content["ename"] == "UnknownRequest")
    #expect(
      message.content["evalue"] == .string("this kernel knows no message of the type \(shown)"))
  }

  @Test("Whole numbers that no machine word holds are taken as the nearest that there is")
  func hugeIntegers() throws {
    func ask(_ type: String, _ content: String) throws -> JSON {
      try client.ask(type, try JSON.parse(Array(content.utf8))).reply
    }
    for cursor in ["9223372036854775808", "18446744073709551616", "1e300"] {
      let reply = try ask("complete_request", #"{"code": "ab", "cursor_pos": \#(cursor)}"#)
      #expect(reply["status"] == "ok" && reply["cursor_end"] == 2)
    }
    let before = try ask("complete_request", #"{"code": "ab", "cursor_pos": -9223372036854775809}"#)
    #expect(before["status"] == "ok" && before["cursor_end"] == 0)
    let many = #"{"hist_access_type": "tail", "n": 100000000000000000000}"#
    #expect(try ask("history_request", many)["status"] == "ok")
    let broken = try ask("complete_request", #"{"code": "ab", "cursor_pos": 1.5}"#)
    #expect(broken["ename"] == "MalformedRequest")
  }

  @Test("A header that is too large is not carried around")
  func largeHeader() throws {
    client.send(String(repeating: "x", count: 100_000))
    let messages = try client.receive { $0.count == 3 }
    #expect(messages.reply["ename"] == "MalformedHeader")
  }

  @Test("A debug request is answered as a debugger would refuse it, and no debugger is claimed")
  func debugger() throws {
    let messages = try client.ask(
      "debug_request",
      ["type": "request", "seq": 7, "command": "initialize", "arguments": ["clientID": "x"]],
      on: .control)
    #expect(messages.iopub == ["status", "status"])
    for (key, value) in [
      ("status", "error"), ("success", false), ("type", "response"), ("request_seq", 7),
      ("command", "initialize"), ("message", "this kernel has no debugger"), ("body", [:]),
    ] as [(String, JSON)] {
      #expect(messages.reply[key] == value)
    }
    #expect(try client.ask("debug_request", on: .control).reply["success"] == false)
    #expect(
      try client.ask("debug_request", ["seq": "x"], on: .control).reply["ename"]
        == "MalformedRequest")
    #expect(try client.ask("kernel_info_request").reply["debugger"] == false)
  }

  @Test("Unknown types and wrong channels are answered at once")
  func unknown() throws {
    let running = client.sendExecute("loop")
    // An interrupt before the cell runs would stop nothing.
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    let unknown = try client.ask("dance_request")
    #expect(unknown.contains { $0.type == "dance_reply" })
    #expect(unknown.reply["ename"] == "UnknownRequest")
    #expect(
      try client.ask("execute_request", ["code": "1"], on: .control).reply["ename"]
        == "WrongChannel")
    #expect(try client.ask("complete_request", on: .stdin).reply["status"] == "error")
    client.pressInterrupt()
    _ = try client.receive(running)
  }

  @Test("A shutdown replies, tells all, and stops a running cell", arguments: ["loop", "pass"])
  func shutdown(code: String) throws {
    let running = client.sendExecute(code)
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    let waiting = client.sendExecute("print:no")
    let id = client.send("shutdown_request", ["restart": true], on: .control)
    let (ending, messages) = try client.waitForEnd()
    #expect(ending == .stopped)
    let about = messages.filter { $0.parentID == id }
    #expect(
      about.map(\.type) == ["status", "shutdown_reply", "shutdown_reply", "status"])
    #expect(about[1].channel == .control)
    #expect(about[2].channel == .iopub)
    #expect(about[1].content == ["status": "ok", "restart": true])
    if code == "loop" {
      #expect(
        messages.filter { $0.parentID == running }.reply["ename"] == "KeyboardInterrupt")
      #expect(messages.filter { $0.parentID == waiting }.reply["status"] == "error")
      #expect(messages.text() == "")
    }
  }

  @Test("A cell that catches every interrupt does not keep the kernel")
  func deaf() throws {
    client.sendExecute("deaf")
    _ = try client.receive { $0.contains { $0.type == "execute_input" } }
    client.send("shutdown_request", on: .control)
    #expect(try client.waitForEnd().0 == .stuck)
  }

  /// Sends a request whose content is these bytes, rightly signed; gives its id.
  @discardableResult
  private func sendSigned(
    _ type: String, content: [UInt8], change: (inout [[UInt8]]) -> Void = { _ in }
  ) -> String {
    var (id, parts) = client.frames(type, [:])
    parts[6] = content
    change(&parts)
    let frames = Frames(
      header: parts[3], parent: parts[4], metadata: parts[5], content: parts[6])
    parts[2] = Signer(key: client.key).signature(of: frames)
    client.send(raw: parts)
    return id
  }
}

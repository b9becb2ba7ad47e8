import JSON

extension MessagesTarget {
  /// A message as its parts are written in an input.
  struct Example {
    let channel: String
    let header: String
    let content: String

    init(_ channel: String, _ type: String, _ content: JSON, subshell: JSON? = nil) {
      var members: JSON.Object = [
        "msg_id": "1", "session": "s", "username": "u", "msg_type": .string(type),
        "date": "2024-01-01T00:00:00.000000Z", "version": "5.5",
      ]
      if let subshell { members["subshell_id"] = subshell }
      self.channel = channel
      header = JSON.object(members).serializedString()
      self.content = content.serializedString()
    }
  }

  static var seeds: [[UInt8]] {
    examples.map { Array("\($0.channel)\n\($0.header)\n{}\n{}\n\($0.content)".utf8) }
      + ["shell\n[]\n{}\n{}\n{}", "control\n\n\n\n", ""].map { Array($0.utf8) }
  }

  static let words =
    [
      "shell", "control", "stdin", "msg_id", "msg_type", "subshell_id", "status", "code", "silent",
      "store_history", "user_expressions", "allow_stdin", "stop_on_error", "cursor_pos",
      "detail_level", "hist_access_type", "range", "tail", "search", "pattern", "unique", "start",
      "stop", "comm_id", "target_name", "data", "restart", "value", "ask", "fail", "metadata",
      "cellId", "null", "true", "false", "{}", "[]", "-1", "1e999", "9223372036854775808",
    ]
    + Set(examples.map(\.header)).compactMap { (try? JSON(parsing: $0))?["msg_type"]?.string }
    .sorted()

  /// One of each request, and some more.
  static let examples = [
    Example(
      "shell", "execute_request",
      [
        "code": "show\nask\nfail", "silent": false, "store_history": true, "allow_stdin": true,
        "user_expressions": ["a": "1"], "stop_on_error": true,
      ]),
    Example("shell", "execute_request", ["code": "1", "silent": true]),
    Example("shell", "execute_request", ["code": "1"], subshell: "none"),
    Example("shell", "complete_request", ["code": "abc d", "cursor_pos": 3]),
    Example("shell", "inspect_request", ["code": "abc", "cursor_pos": 2, "detail_level": 1]),
    Example("shell", "is_complete_request", ["code": "a {"]),
    Example(
      "shell", "history_request",
      [
        "output": true, "raw": true, "hist_access_type": "range", "session": 0, "start": -2,
        "stop": 5,
      ]),
    Example("shell", "history_request", ["hist_access_type": "tail", "n": 3, "output": false]),
    Example(
      "shell", "history_request",
      ["hist_access_type": "search", "pattern": "a*[b-c]?", "n": 5, "unique": true]),
    Example("shell", "kernel_info_request", [:]),
    Example("control", "kernel_info_request", [:]),
    Example("shell", "connect_request", [:]),
    Example("shell", "comm_info_request", ["target_name": "echo"]),
    Example(
      "shell", "comm_open", ["comm_id": "c", "target_name": "echo", "data": ["a": [1, nil]]]),
    Example("shell", "comm_msg", ["comm_id": "c", "data": ["method": "update", "state": [:]]]),
    Example("shell", "comm_close", ["comm_id": "c", "data": [:]]),
    Example("control", "interrupt_request", [:]),
    Example("control", "usage_request", [:]),
    Example("control", "create_subshell_request", [:]),
    Example("control", "list_subshell_request", [:]),
    Example("control", "delete_subshell_request", ["subshell_id": "x"]),
    Example("control", "shutdown_request", ["restart": true]),
    Example("control", "debug_request", ["type": "request", "command": "initialize", "seq": 1]),
    Example("stdin", "input_reply", ["value": "a line", "status": "ok"]),
    Example("stdin", "execute_request", ["code": "1"]),
  ]
}

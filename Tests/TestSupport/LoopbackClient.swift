import EngineInterface
import Glibc
import History
import JSON
import JupyterKernel
import JupyterProtocol
import Logging
import Synchronization

/// A kernel on a thread of its own, and a client that talks to it within the process.
public final class LoopbackClient: Sendable {
  /// A message from the kernel.
  public struct Message: Sendable {
    public var channel: Channel
    public var identities: [[UInt8]]
    public var header: JSON
    public var parent: JSON
    public var metadata: JSON
    public var content: JSON

    public var type: String { header["msg_type"]?.string ?? "" }
    public var id: String { header["msg_id"]?.string ?? "" }
    public var parentID: String? { parent["msg_id"]?.string }
  }

  /// The kernel did not answer in time.
  public struct Silence: Error {
    public var soFar: [Message]
  }

  public let key = Array("a key".utf8)
  /// What the kernel logged.
  public let log = LogRecorder()
  private let line: LoopbackLine
  private let count = Atomic<Int>(0)
  private let received = Mutex<[Message]>([])

  public init(
    engine: any Engine = EchoEngine(), history place: HistoryPlace = .memory
  ) throws {
    let line = try LoopbackLine()
    self.line = line
    let kernel = try Kernel(
      engine: engine,
      configuration: Kernel.Configuration(
        implementation: "test", implementationVersion: "1", key: key, ports: [.shell: 7]),
      history: History(place) { body in
        try KernelThread.start(name: "history", stackSize: 1 << 20, body)
      } report: { [log] line in
        log.lines.withLock { $0.append(line) }
      },
      logger: log.logger)
    try KernelThread.start(name: "kernel", stackSize: 1 << 20) {
      let ending = try? kernel.run(on: LoopbackTransport(line: line))
      line.ending.withLock { $0 = ending }
      line.clientBell.signal()
    }
  }

  /// Ends the kernel, as the system would.
  public func end() { post(.terminated) }

  deinit { end() }

  private func post(_ event: TransportEvent) {
    line.toKernel.withLock { $0.append(event) }
    line.kernelBell.signal()
  }

  // MARK: Sending

  /// Presses the interrupt key.
  public func pressInterrupt() { post(.interrupted) }

  public func subscribe(_ topic: String) { post(.subscribed(topic: Array(topic.utf8))) }

  /// Sends frames as they are.
  public func send(raw parts: [[UInt8]], on channel: Channel = .shell) {
    post(.message(parts, channel))
  }

  /// The signed frames of a request, and its id.
  public func frames(
    _ type: String, _ content: JSON, metadata: JSON = [:], parent: JSON = [:],
    identity: String = "client", date: Timestamp = .now(), session: String = "session",
    subshell: JSON? = nil
  ) -> (id: String, parts: [[UInt8]]) {
    let id = "request-\(count.wrappingAdd(1, ordering: .relaxed).newValue)"
    var header: JSON.Object = [
      "msg_id": .string(id), "session": .string(session), "username": "test",
      "msg_type": .string(type), "date": .string(date.text), "version": "5.6",
    ]
    if let subshell { header["subshell_id"] = subshell }
    var frames = Frames(
      identities: [Array(identity.utf8)], header: JSON.object(header).serialized(),
      parent: parent.serialized(), metadata: metadata.serialized(), content: content.serialized())
    frames.signature = Signer(key: key).signature(of: frames)
    return (id, frames.joined)
  }

  /// Sends a request; gives its id.
  @discardableResult
  public func send(
    _ type: String, _ content: JSON = [:], on channel: Channel = .shell, metadata: JSON = [:],
    parent: JSON = [:], identity: String = "client", date: Timestamp = .now(),
    session: String = "session", subshell: JSON? = nil
  ) -> String {
    let (id, parts) = frames(
      type, content, metadata: metadata, parent: parent, identity: identity, date: date,
      session: session, subshell: subshell)
    send(raw: parts, on: channel)
    return id
  }

  /// Sends a cell; gives its id.
  @discardableResult
  public func sendExecute(
    _ code: String, _ more: JSON.Object = [:], subshell: JSON? = nil
  ) -> String {
    var content: JSON.Object = ["code": .string(code), "allow_stdin": false]
    for (key, value) in more.pairs { content[key] = value }
    return send("execute_request", .object(content), subshell: subshell)
  }

  // MARK: Receiving

  /// Waits until `isEnough` says so of all messages that came; then gives them and forgets them.
  ///
  /// The bound is a guard against a hang, not a claim about time.
  public func receive(until isEnough: ([Message]) -> Bool) throws -> [Message] {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      let fresh = line.toClient.withLock { sent in
        defer { sent = [] }
        return sent
      }
      let messages = try received.withLock { messages in
        messages += try fresh.map { try Message($0) }
        return messages
      }
      if isEnough(messages) {
        received.withLock { $0.removeFirst(messages.count) }
        return messages
      }
      guard ContinuousClock.now < deadline else { throw Silence(soFar: messages) }
      Wakeup.wait(forOneOf: [line.clientBell], milliseconds: 200)
      line.clientBell.reset()
    }
  }

  /// All messages of a request, up to its idle; those of others are kept.
  public func receive(_ id: String) throws -> [Message] {
    let messages = try receive {
      $0.contains { $0.parentID == id && $0.content["execution_state"] == "idle" }
    }
    received.withLock { $0.insert(contentsOf: messages.filter { $0.parentID != id }, at: 0) }
    return messages.filter { $0.parentID == id }
  }

  /// Sends a request; gives all messages of it.
  public func ask(
    _ type: String, _ content: JSON = [:], on channel: Channel = .shell
  ) throws -> [Message] {
    try receive(send(type, content, on: channel))
  }

  /// Runs a cell; gives all messages of it.
  public func execute(_ code: String, _ more: JSON.Object = [:]) throws -> [Message] {
    try receive(sendExecute(code, more))
  }

  /// Waits until all these requests have their idle; gives all messages that came.
  public func receive(all ids: [String]) throws -> [Message] {
    try receive { messages in
      ids.allSatisfy { id in
        messages.contains { $0.parentID == id && $0.content["execution_state"] == "idle" }
      }
    }
  }

  /// Waits for the kernel's end; gives how it ended, and what it said since.
  public func waitForEnd() throws -> (Kernel.Ending?, [Message]) {
    var messages = try receive { _ in line.ending.withLock { $0 != nil } }
    // What came between the last look at the line and the end.
    let rest = line.toClient.withLock { sent in
      defer { sent = [] }
      return sent
    }
    messages += try rest.map { try Message($0) }
    return (line.ending.withLock { $0 }, messages)
  }
}

extension LoopbackClient.Message {
  /// Takes a message apart; its signature must be right.
  init(_ sent: LoopbackLine.Sent) throws {
    let frames = try Frames(splitting: sent.parts)
    _ = try Signer(key: Array("a key".utf8)).verify(frames)
    channel = sent.channel
    identities = frames.identities
    header = try JSON.parse(frames.header, maximumDepth: 100)
    parent = try JSON.parse(frames.parent, maximumDepth: 100)
    metadata = try JSON.parse(frames.metadata, maximumDepth: 100)
    content = try JSON.parse(frames.content, maximumDepth: 100)
  }
}

extension [LoopbackClient.Message] {
  /// The types of the messages on iopub, in order.
  public var iopub: [String] { filter { $0.channel == .iopub }.map(\.type) }

  /// The reply's content.
  public var reply: JSON { first { $0.type.hasSuffix("_reply") }?.content ?? .null }

  /// The messages of one request.
  public func of(_ id: String) -> Self { filter { $0.parentID == id } }

  /// The ids of the requests whose replies are here, in the order of the replies.
  public var replied: [String] {
    filter { $0.type.hasSuffix("_reply") && $0.channel != .iopub }.compactMap(\.parentID)
  }

  /// The text on a stream.
  public func text(_ name: String = "stdout") -> String {
    filter { $0.type == "stream" && $0.content["name"]?.string == name }
      .compactMap { $0.content["text"]?.string }.joined()
  }
}

/// Keeps what was logged.
public final class LogRecorder: Sendable {
  public let lines = Mutex<[String]>([])
  public var text: String { lines.withLock { $0.joined(separator: "\n") } }

  public init() {}

  /// A logger that writes here.
  public var logger: Logger { Logger(label: "test") { _ in RecordingHandler(recorder: self) } }
}

private struct RecordingHandler: LogHandler {
  let recorder: LogRecorder
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.debug

  init(recorder: LogRecorder) { self.recorder = recorder }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    recorder.lines.withLock { $0.append("\(event.level): \(event.message)") }
  }
}

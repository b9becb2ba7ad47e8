import Glibc
import JSON
import JupyterKernel
import JupyterProtocol
import TestSupport

/// A whole kernel, which gets signed messages: every request's JSON goes through its real decoding.
///
/// An input is lines: a channel, and the header, the parent header, the metadata and the content of
/// a message. The kernel must answer each with busy, a reply and idle.
final class MessagesTarget: Target {
  static let longest = 4096
  /// A kernel serves so many messages; then it is ended, and a new one is started.
  private static let mostMessages = 512
  /// What is left of each kernel that is called no leak.
  private static let slack = 4096

  private var client: LoopbackClient
  private let signer = Signer(key: Array("a key".utf8))
  private let watchdog = Watchdog {}
  private var count = 0
  /// The latest messages, to be sent again when leaks are looked for.
  private var latest: [[UInt8]] = []

  init() { client = Self.start() }

  private static func start() -> LoopbackClient {
    do { return try LoopbackClient(engine: PlainEngine()) } catch { fail("no kernel: \(error)") }
  }

  func test(_ input: [UInt8]) {
    watchdog.during { exchange(input) }
    latest.append(input)
    guard latest.count == Self.mostMessages else { return }
    let messages = latest.suffix(32)
    latest = []
    watchdog.during(end)
    LeakCheck.run(slack: Self.slack) {
      watchdog.during {
        client = Self.start()
        for message in messages { exchange(message) }
        end()
      }
    }
    client = Self.start()
  }

  /// Ends the kernel, and sees that it ends.
  private func end() {
    client.end()
    do {
      let (ending, _) = try client.waitForEnd()
      if ending == nil { fail("the kernel ended badly") }
    } catch { fail("the kernel does not end") }
  }

  /// Sends a message and checks the answer.
  private func exchange(_ input: [UInt8]) {
    let lines = input.split(separator: 10, maxSplits: 4, omittingEmptySubsequences: false)
      .map(Array.init)
    func part(_ index: Int) -> [UInt8] { index < lines.count ? lines[index] : [] }
    let channel =
      [Channel.control, .stdin].first { Array($0.rawValue.utf8) == part(0) } ?? .shell
    var frames = Frames(
      identities: [Array("fuzz".utf8)], header: part(1), parent: part(2), metadata: part(3),
      content: part(4))
    frames.content += mark()
    frames.signature = signer.signature(of: frames)
    let header = try? Header(parsing: frames.header)
    client.send(raw: frames.joined, on: channel)
    if channel == .stdin, header?.type == "input_reply" { return checkLife() }
    let messages = receive()
    check(messages, header, channel)
    let ended = messages.contains {
      $0.type == "shutdown_reply" && $0.channel == channel && $0.content["status"] == "ok"
    }
    guard ended else { return }
    end()
    client = Self.start()
  }

  /// White space that makes a message differ from all others: a message sent again is dropped.
  private func mark() -> [UInt8] {
    count += 1
    return (0..<32).map { count >> $0 & 1 == 0 ? 32 : 9 }
  }

  /// All messages up to the idle of the only request under way.
  private func receive() -> [LoopbackClient.Message] {
    var answered = 0
    do {
      return try client.receive { messages in
        // A cell asks: it gets a line.
        for message in messages.dropFirst(answered) where message.type == "input_request" {
          client.send(
            "input_reply", ["value": "a line"], on: .stdin, parent: message.parent, identity: "fuzz"
          )
        }
        answered = messages.count
        return messages.contains { $0.content["execution_state"] == "idle" }
      }
    } catch let silence as LoopbackClient.Silence {
      fail("the kernel does not answer; it said \(silence.soFar.map(\.type))")
    } catch {
      fail("the kernel sent what is no message: \(error)")
    }
  }

  /// Busy, one reply where the type asks for one, idle.
  private func check(
    _ messages: [LoopbackClient.Message], _ header: Header?, _ channel: Channel
  ) {
    let states = messages.compactMap { $0.content["execution_state"]?.string }
      .filter { $0 != "starting" }
    if states != ["busy", "idle"] { fail("the states are \(states)") }
    guard header?.type.hasSuffix("_request") ?? true else { return }
    let replies = messages.filter { $0.channel == channel && $0.type.hasSuffix("_reply") }
    if replies.count != 1 { fail("\(replies.count) replies to \(header?.type ?? "a bad header")") }
    if replies[0].content["status"]?.string == nil { fail("a reply without a status") }
  }

  /// The kernel answers.
  private func checkLife() {
    client.send("kernel_info_request", on: .control)
    let reply = receive().first { $0.type == "kernel_info_reply" }
    if reply?.content["status"] != "ok" { fail("the kernel no longer answers") }
  }
}

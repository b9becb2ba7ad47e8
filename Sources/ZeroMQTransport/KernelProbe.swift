import CZeroMQ
import Glibc
import JSON
import JupyterKernel
import JupyterProtocol

/// The side of a client, to try a kernel: one request after the other, on one thread.
public final class KernelProbe {
  private let context: UnsafeMutableRawPointer
  private let shell: Socket
  private let control: Socket
  private let iopub: Socket
  private let heartbeat: Socket
  private let signer: Signer
  private var envelope: Envelope

  /// Connects to the kernel that a connection file describes, which need not listen yet.
  public init(_ connection: ConnectionFile) throws(KernelFailure) {
    guard let context = zmq_ctx_new() else {
      throw .transport("libzmq cannot begin: \(Socket.lastError)")
    }
    var opened: [Socket] = []
    func open(_ channel: Channel, _ kind: Int32) throws(KernelFailure) -> Socket {
      guard let pointer = zmq_socket(context, kind) else {
        throw .transport("cannot open a socket: \(Socket.lastError)")
      }
      let socket = Socket(pointer, as: channel)
      opened.append(socket)
      socket.set(ZMQ_LINGER, Int32(0))
      if connection.ip.contains(":") { socket.set(ZMQ_IPV6, Int32(1)) }
      if kind == ZMQ_SUB { zmq_setsockopt(pointer, ZMQ_SUBSCRIBE, "", 0) }
      let address = connection.address(of: channel)
      guard zmq_connect(pointer, address) == 0 else {
        throw .transport("cannot connect to \(address): \(Socket.lastError)")
      }
      return socket
    }
    do throws(KernelFailure) {
      shell = try open(.shell, ZMQ_DEALER)
      control = try open(.control, ZMQ_DEALER)
      iopub = try open(.iopub, ZMQ_SUB)
      heartbeat = try open(.heartbeat, ZMQ_REQ)
    } catch {
      for socket in opened { socket.close() }
      zmq_ctx_term(context)
      throw error
    }
    self.context = context
    signer = Signer(key: connection.key)
    envelope = Envelope(signer: signer)
  }

  deinit {
    for socket in [shell, control, iopub, heartbeat] { socket.close() }
    zmq_ctx_term(context)
  }

  /// What a request led to.
  public struct Answer: Sendable {
    /// The content of the reply.
    public var content: JSON
    /// What came on iopub for it, up to idle: types with contents.
    public var published: [(type: String, content: JSON)] = []
  }

  /// Asks until an answer comes with its publications.
  ///
  /// The first ones may be lost to a client that is only just subscribing, so that is done again.
  public func greet(until end: ContinuousClock.Instant) throws(KernelFailure) -> Answer {
    while true {
      let turn = min(end, .now + .milliseconds(200))
      let answer = try? ask("kernel_info_request", [:], until: turn)
      if let answer, answer.published.contains(where: { $0.type == "status" }) { return answer }
      guard ContinuousClock.now < end else {
        throw .transport(
          answer == nil
            ? "no reply to kernel_info_request" : "it replies, but nothing comes on iopub")
      }
    }
  }

  /// Sends a request and waits for its reply, and on the shell for its end on iopub.
  public func ask(
    _ type: String, _ content: JSON.Object, on channel: Channel = .shell,
    until end: ContinuousClock.Instant
  ) throws(KernelFailure) -> Answer {
    let socket = channel == .control ? control : shell
    let id = envelope.nextMessageID
    let frames = envelope.frames(
      type: type, date: .now(), identities: [], parent: Array("{}".utf8),
      metadata: Array("{}".utf8), content: JSON.object(content).serialized())
    guard socket.send(frames) else { throw .transport("\(type) cannot be sent") }
    var answer = Answer(content: .null)
    var hasReply = false
    var isIdle = channel == .control
    while !hasReply || !isIdle {
      guard try Self.wait([socket, iopub], until: end) else {
        if hasReply { return answer }
        throw .transport("no reply to \(type)")
      }
      while let message = try next(on: socket) {
        guard message.parent == id else { continue }
        answer.content = message.content
        hasReply = true
      }
      while let message = try next(on: iopub) {
        guard message.parent == id else { continue }
        answer.published.append((message.type, message.content))
        if message.type == "status", message.content["execution_state"] == "idle" { isIdle = true }
      }
    }
    return answer
  }

  /// Whether the heartbeat gives back what it is sent.
  public func beats(until end: ContinuousClock.Instant) throws(KernelFailure) -> Bool {
    let beat = Array("nabla".utf8)
    guard heartbeat.send([beat]) else { throw .transport("no heartbeat can be sent") }
    guard try Self.wait([heartbeat], until: end), case .message(let parts)? = heartbeat.receive()
    else { return false }
    return parts == [beat]
  }

  private struct Message {
    var type: String
    var parent: String?
    var content: JSON
  }

  /// The next message that is there; throws where it is not signed with the connection's key.
  private func next(on socket: Socket) throws(KernelFailure) -> Message? {
    guard case .message(let parts)? = socket.receive() else { return nil }
    do {
      let frames = try Frames(splitting: parts)
      _ = try signer.verify(frames)
      return Message(
        type: try Header(parsing: frames.header).type,
        parent: try JSON.parse(frames.parent)["msg_id"]?.string,
        content: try JSON.parse(frames.content))
    } catch {
      throw .transport("a message on \(socket.channel.rawValue) is refused: \(error)")
    }
  }

  /// Waits for a message on one of the sockets; false when the time has come.
  private static func wait(
    _ sockets: [Socket], until end: ContinuousClock.Instant
  ) throws(KernelFailure) -> Bool {
    while true {
      let left = Int(ContinuousClock.now.duration(to: end) / .milliseconds(1))
      guard left > 0 else { return false }
      var items = sockets.map {
        zmq_pollitem_t(socket: $0.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
      }
      let ready = zmq_poll(&items, Int32(items.count), left)
      if ready > 0 { return true }
      if ready < 0, zmq_errno() != EINTR {
        throw .transport("libzmq cannot wait: \(Socket.lastError)")
      }
    }
  }
}

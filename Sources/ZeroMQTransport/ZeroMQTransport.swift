import CZeroMQ
import Glibc
import JupyterKernel
import JupyterProtocol

/// The five channels of a kernel as libzmq sockets, all owned by the thread that calls
/// ``wait(for:milliseconds:_:)``.
public final class ZeroMQTransport: Transport {
  /// The connection with the ports that are listened on.
  public let connection: ConnectionFile
  let context: UnsafeMutableRawPointer
  private let control: Socket
  private let heartbeat: Socket
  private let iopub: Socket
  private let stdin: Socket
  private let shell: Socket
  let signals: Signals
  /// Becomes readable when the process that started the kernel is gone; -1 when there is none to
  /// watch.
  private(set) var parent: Int32
  private var isClosed = false
  private let backlog: Backlog
  /// One for each channel.
  private var monitors: [ConnectionMonitor]
  private var slowReaders = SlowReaders()
  /// Whether too much waited for subscribers when this was last asked.
  private var wasCongested = false

  /// After so many messages of a channel the others get their turn.
  private static let messagesPerTurn = 64

  /// Listens where the connection file says.
  ///
  /// `parent` is the process whose end ends the kernel.
  public init(_ connection: ConnectionFile, parent: Int32? = nil) throws(KernelFailure) {
    if let curve = connection.curve { try Self.check(curve) }
    guard let context = zmq_ctx_new() else {
      throw .transport("cannot start libzmq: \(Socket.lastError)")
    }
    Self.raiseDescriptorLimit()
    var connection = connection
    var opened: [Socket] = []
    var monitors: [ConnectionMonitor] = []
    func open(_ channel: Channel) throws(KernelFailure) -> Socket {
      let socket = try Socket(channel, in: context, connection)
      opened.append(socket)
      monitors.append(try ConnectionMonitor(of: socket, in: context))
      connection.ports[channel] = try socket.bind(connection)
      return socket
    }
    do throws(KernelFailure) {
      signals = try Signals()
      backlog = try Backlog()
      control = try open(.control)
      heartbeat = try open(.heartbeat)
      iopub = try open(.iopub)
      stdin = try open(.stdin)
      shell = try open(.shell)
    } catch {
      for socket in opened { socket.close() }
      for monitor in monitors { monitor.close() }
      zmq_ctx_term(context)
      throw error
    }
    self.connection = connection
    self.context = context
    self.monitors = monitors
    self.parent = parent.map { process_descriptor($0) } ?? -1
  }

  deinit { close() }

  /// The version of this machine's libzmq.
  public static var libraryVersion: String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// Whether this machine's libzmq can encrypt.
  public static var canEncrypt: Bool { zmq_has("curve") != 0 }

  /// A pair of keys that is none would let no client in, and tell nobody why.
  private static func check(_ curve: ConnectionFile.CurveKeys) throws(KernelFailure) {
    guard canEncrypt else {
      throw .transport("the connection file asks for CURVE, which this machine's libzmq lacks")
    }
    var key = [CChar](repeating: 0, count: 41)
    guard zmq_curve_public(&key, curve.secretKey) == 0 else {
      throw .transport("the connection file's `curve_secretkey` is no key")
    }
    guard key.dropLast().elementsEqual(curve.publicKey.utf8.map { CChar(bitPattern: $0) }) else {
      throw .transport(
        "the connection file's `curve_publickey` does not belong to its `curve_secretkey`")
    }
  }

  /// Many clients need many descriptors; the limit that the user may raise is raised.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  public func wait(
    for wakeup: Wakeup, milliseconds: Int?, _ handle: (TransportEvent) -> Void
  ) {
    func item(_ socket: Socket) -> zmq_pollitem_t {
      zmq_pollitem_t(socket: socket.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    func item(_ descriptor: Int32) -> zmq_pollitem_t {
      zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0)
    }
    var items = [
      item(control), item(heartbeat), item(iopub), item(stdin), item(shell),
      item(wakeup.descriptor), item(signals.descriptor), item(backlog.drained.descriptor),
    ]
    for monitor in monitors { items.append(item(Socket(monitor.pointer, as: monitor.channel))) }
    if parent >= 0 { items.append(item(parent)) }
    // While subscribers are waited for, they are watched.
    let interval = wasCongested ? SlowReaders.interval : nil
    let limit = [milliseconds, interval].compactMap { $0 }.min() ?? -1
    let count = zmq_poll(&items, Int32(items.count), limit)
    defer { if wasCongested { cutSlowReaders(handle) } }
    guard count > 0 else { return }
    func isReady(_ index: Int) -> Bool { index < items.count && items[index].revents != 0 }
    if isReady(5) { wakeup.reset() }
    if isReady(6) {
      for signal in signals.take() { handle(signal == SIGINT ? .interrupted : .terminated) }
    }
    if isReady(7) { backlog.drained.reset() }
    for index in monitors.indices where isReady(8 + index) { updateMonitor(index, handle) }
    if isReady(8 + monitors.count) {
      Glibc.close(parent)
      parent = -1
      handle(.orphaned)
    }
    if isReady(0) { receive(control, handle) }
    if isReady(1) { echo() }
    if isReady(2) { takeSubscriptions(handle) }
    if isReady(3) { receive(stdin, handle) }
    if isReady(4) { receive(shell, handle) }
  }

  public var isCongested: Bool {
    wasCongested = backlog.isTooLarge(before: wasCongested)
    if !wasCongested { slowReaders.reset() }
    return wasCongested
  }

  private func updateMonitor(_ index: Int, _ handle: (TransportEvent) -> Void) {
    let channel = monitors[index].channel
    monitors[index].update { handle(.failed($0, channel, lacksKey: $1)) }
  }

  /// Ends the connections of subscribers that do not read; what waits for them is let go.
  ///
  /// A subscriber that reads again connects again, and is welcomed anew.
  private func cutSlowReaders(_ handle: (TransportEvent) -> Void) {
    guard let index = monitors.firstIndex(where: { $0.channel == .iopub }) else { return }
    updateMonitor(index, handle)
    for descriptor in slowReaders.look(at: monitors[index].connections, backlog: backlog.bytes) {
      // libzmq, whose descriptor it is, sees the end and closes it.
      shutdown(descriptor, Int32(SHUT_RDWR))
      handle(.cutOff)
    }
  }

  private func receive(_ socket: Socket, _ handle: (TransportEvent) -> Void) {
    for _ in 0..<Self.messagesPerTurn {
      switch socket.receive() {
      case .message(let parts): handle(.message(parts, socket.channel))
      case .oversized(let frames):
        handle(.dropped("it has \(frames) frames", socket.channel))
      case nil: return
      }
    }
  }

  /// The heartbeat: every message back as it came, whatever it is.
  private func echo() {
    for _ in 0..<Self.messagesPerTurn {
      switch heartbeat.receive() {
      case .message(let parts): _ = heartbeat.send(parts)
      case .oversized: break
      case nil: return
      }
    }
  }

  /// Subscriptions come as a frame of 1 or 0 and the topic; what else a peer sends up is dropped.
  private func takeSubscriptions(_ handle: (TransportEvent) -> Void) {
    for _ in 0..<Self.messagesPerTurn {
      switch iopub.receive() {
      case .message(let parts):
        guard parts.count == 1, let kind = parts[0].first, kind <= 1 else {
          handle(.dropped("a subscriber may not send", .iopub))
          continue
        }
        let topic = Array(parts[0].dropFirst())
        iopub.confirmSubscription(topic, holds: kind == 1)
        if kind == 1 { handle(.subscribed(topic: topic)) }
      case .oversized(let frames): handle(.dropped("it has \(frames) frames", .iopub))
      case nil: return
      }
    }
  }

  public func send(_ parts: [[UInt8]], on channel: Channel) -> Bool {
    switch channel {
    case .shell: shell.send(parts)
    case .control: control.send(parts)
    case .stdin: stdin.send(parts)
    case .iopub: iopub.publish(parts, counting: backlog)
    case .heartbeat: heartbeat.send(parts)
    }
  }

  public func close() {
    guard !isClosed else { return }
    isClosed = true
    for socket in [control, heartbeat, iopub, stdin, shell] { socket.close() }
    for monitor in monitors { monitor.close() }
    zmq_ctx_term(context)
    if parent >= 0 { Glibc.close(parent) }
  }
}

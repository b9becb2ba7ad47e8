import CLinux
import CZeroMQ
import Glibc
import JupyterKernel
import JupyterProtocol

/// The five channels of a kernel as libzmq sockets, all but the heartbeat owned by the thread that
/// calls ``wait(milliseconds:_:)``.
public final class ZeroMQTransport: Transport {
  /// The connection with the ports that are listened on.
  public let connection: ConnectionFile
  let context: UnsafeMutableRawPointer
  private let control: Socket
  private let iopub: Socket
  private let stdin: Socket
  private let shell: Socket
  /// All but the heartbeat's, in the order in which they are served.
  private let channels: [Socket]
  let signals: Signals
  /// Becomes readable when the process that started the kernel is gone; -1 when there is none to
  /// watch.
  private(set) var parent: Int32
  private var isClosed = false
  private var ready: ReadyList
  private let backlog: Backlog
  /// One for each channel.
  private var monitors: [ConnectionMonitor]
  private var slowReaders = SlowReaders()
  /// Whether too much waited for subscribers when this was last asked.
  private var wasCongested = false
  /// The channels that may hold messages of which their descriptors say nothing.
  ///
  /// libzmq's descriptor tells of what came since the socket was last used, for whatever: after each
  /// use the socket itself has to be asked.
  private var unread: Set<Channel> = [.control, .iopub, .stdin, .shell]

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
      monitors.append(
        try ConnectionMonitor(of: socket, in: context, encrypts: connection.curve != nil))
      connection.ports[channel] = try socket.bind(connection)
      return socket
    }
    do throws(KernelFailure) {
      signals = try Signals()
      backlog = try Backlog()
      ready = try ReadyList()
      self.parent = parent.map { process_descriptor($0) } ?? -1
      try ready.add(signals.descriptor, for: .signals)
      try ready.add(backlog.drained.descriptor, for: .drained)
      if self.parent >= 0 { try ready.add(self.parent, for: .parent) }
      control = try open(.control)
      let heartbeat = try open(.heartbeat)
      iopub = try open(.iopub)
      stdin = try open(.stdin)
      shell = try open(.shell)
      for (index, monitor) in monitors.enumerated() {
        try ready.add(monitor.socket.descriptor, for: .monitor(index))
      }
      channels = [control, iopub, stdin, shell]
      for socket in channels { try ready.add(socket.descriptor, for: .channel(socket)) }
      try Heartbeat.start(on: heartbeat)
    } catch {
      for socket in opened { socket.close() }
      for monitor in monitors { monitor.close() }
      zmq_ctx_term(context)
      throw error
    }
    self.connection = connection
    self.context = context
    self.monitors = monitors
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

  public func watch(_ wakeup: Wakeup) throws(KernelFailure) {
    try ready.add(wakeup.descriptor, for: .wakeup(wakeup))
  }

  public func wait(milliseconds: Int?, _ handle: (TransportEvent) -> Void) {
    // While subscribers are watched, they are looked at now and then.
    let interval = wasCongested ? SlowReaders.interval : nil
    var limit = [milliseconds, interval].compactMap { $0 }.min() ?? -1
    for socket in channels where unread.remove(socket.channel) != nil {
      if receive(socket, handle) { limit = 0 }
    }
    for source in ready.wait(milliseconds: limit) {
      switch source {
      case .wakeup(let wakeup): wakeup.reset()
      case .signals:
        for signal in signals.take() { handle(signal == SIGINT ? .interrupted : .terminated) }
      case .drained: backlog.drained.reset()
      case .parent:
        Glibc.close(parent)
        parent = -1
        handle(.orphaned)
      case .monitor(let index): updateMonitor(index, handle)
      case .channel(let socket): _ = receive(socket, handle)
      }
    }
    if wasCongested { cutSlowReaders(handle) }
  }

  /// Takes in what came on a channel; whether there was anything.
  private func receive(_ socket: Socket, _ handle: (TransportEvent) -> Void) -> Bool {
    for count in 0..<Self.messagesPerTurn {
      guard let received = socket.receive() else { return count > 0 }
      switch (received, socket.channel) {
      case (.message(let parts), .iopub): takeSubscription(parts, handle)
      case (.message(let parts), let channel): handle(.message(parts, channel))
      case (.oversized(let frames), let channel):
        handle(.dropped("it has \(frames) frames", channel))
      }
    }
    unread.insert(socket.channel)
    return true
  }

  /// A subscription is a frame of 1 or 0 and the topic; what else a peer sends up is dropped.
  private func takeSubscription(_ parts: [[UInt8]], _ handle: (TransportEvent) -> Void) {
    guard parts.count == 1, let kind = parts[0].first, kind <= 1 else {
      return handle(.dropped("a subscriber may not send", .iopub))
    }
    let topic = Array(parts[0].dropFirst())
    iopub.confirmSubscription(topic, holds: kind == 1)
    if kind == 1 { handle(.subscribed(topic: topic)) }
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

  public func send(_ parts: [[UInt8]], on channel: Channel) -> Bool {
    unread.insert(channel)
    return switch channel {
    case .shell: shell.send(parts)
    case .control: control.send(parts)
    case .stdin: stdin.send(parts)
    case .iopub: iopub.publish(parts, counting: backlog)
    case .heartbeat: false
    }
  }

  public func close() {
    guard !isClosed else { return }
    isClosed = true
    for socket in channels { socket.close() }
    for monitor in monitors { monitor.close() }
    zmq_ctx_term(context)
    if parent >= 0 { Glibc.close(parent) }
  }
}

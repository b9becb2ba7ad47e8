import CZeroMQ
import Glibc
import JupyterKernel
import JupyterProtocol

/// A libzmq socket of one channel.
struct Socket {
  let pointer: UnsafeMutableRawPointer
  let channel: Channel

  /// More frames than this in one message are read and thrown away.
  static let maximumFrames = 4096
  /// A peer that announces a larger frame is disconnected.
  private static let maximumFrameSize: Int64 = 1 << 30
  /// So many messages may wait for a subscriber that does not read, then it loses some.
  private static let subscriberLimit: Int32 = 1 << 16
  /// How long undelivered messages keep the process, in milliseconds.
  private static let linger: Int32 = 100

  init(
    _ channel: Channel, in context: UnsafeMutableRawPointer, _ connection: ConnectionFile
  ) throws(KernelFailure) {
    self.channel = channel
    let kind = channel == .iopub ? ZMQ_XPUB : ZMQ_ROUTER
    guard let pointer = zmq_socket(context, kind) else {
      throw .transport("cannot open the \(channel.rawValue) socket: \(Self.lastError)")
    }
    self.pointer = pointer
    set(ZMQ_LINGER, Self.linger)
    set(ZMQ_RCVHWM, Int32(0))
    set(ZMQ_SNDHWM, channel == .iopub ? Self.subscriberLimit : 0)
    set(
      ZMQ_MAXMSGSIZE, channel == .heartbeat || channel == .iopub ? 1 << 20 : Self.maximumFrameSize)
    if channel == .iopub {
      set(ZMQ_XPUB_VERBOSE, Int32(1))
      // A subscription holds only from when it was read here, so that its welcome is its first
      // message.
      set(ZMQ_XPUB_MANUAL, Int32(1))
    }
    if kind == ZMQ_ROUTER {
      // A client that reconnects is itself again, even before its old connection is seen to be
      // dead.
      set(ZMQ_ROUTER_HANDOVER, Int32(1))
    }
    if connection.ip.contains(":") { set(ZMQ_IPV6, Int32(1)) }
    if let curve = connection.curve {
      set(ZMQ_CURVE_SERVER, Int32(1))
      guard zmq_setsockopt(pointer, ZMQ_CURVE_SECRETKEY, curve.secretKey, 41) == 0 else {
        zmq_close(pointer)
        throw .transport("the connection file's curve_secretkey is no key")
      }
    }
  }

  /// Listens at the channel's address.
  func bind(_ connection: ConnectionFile) throws(KernelFailure) {
    let address = connection.address(of: channel)
    if connection.transport == .ipc, Self.isServed(path: String(address.dropFirst(6))) {
      throw .bind(address: address, reason: "the \(channel.rawValue) socket is in use")
    }
    // What a socket's file lets others do is what the user's own files let them: nothing.
    let mask = umask(0o077)
    let status = zmq_bind(pointer, address)
    let reason = Self.lastError
    umask(mask)
    guard status == 0 else {
      throw .bind(address: address, reason: "\(reason) (\(channel.portField))")
    }
  }

  /// Whether a process listens at a path; libzmq itself would take the path away from it.
  private static func isServed(path: String) -> Bool {
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { return false }
    defer { Glibc.close(probe) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let fits = withUnsafeMutableBytes(of: &address.sun_path) { room -> Bool in
      guard bytes.count < room.count else { return false }
      room.copyBytes(from: bytes)
      return true
    }
    guard fits else { return false }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        connect(probe, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
  }

  func close() { zmq_close(pointer) }

  private func set<Value: FixedWidthInteger>(_ option: Int32, _ value: Value) {
    var value = value
    zmq_setsockopt(pointer, option, &value, MemoryLayout<Value>.size)
  }

  /// The next message, if one is there.
  func receive() -> Received? {
    var parts: [[UInt8]] = []
    var count = 0
    while true {
      var message = zmq_msg_t()
      zmq_msg_init(&message)
      defer { zmq_msg_close(&message) }
      guard zmq_msg_recv(&message, pointer, ZMQ_DONTWAIT) >= 0 else {
        if errno == EINTR { continue }
        return nil
      }
      count += 1
      if count <= Self.maximumFrames {
        parts.append(
          Array(
            UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message))))
      } else {
        parts = []
      }
      if zmq_msg_more(&message) == 0 { break }
    }
    return count <= Self.maximumFrames ? .message(parts) : .oversized(frames: count)
  }

  enum Received {
    case message([[UInt8]])
    case oversized(frames: Int)
  }

  /// Sends a message without waiting; false when its peer cannot take it.
  func send(_ parts: [[UInt8]]) -> Bool {
    for (index, part) in parts.enumerated() {
      let flags = ZMQ_DONTWAIT | (index < parts.count - 1 ? ZMQ_SNDMORE : 0)
      while zmq_send(pointer, part, part.count, flags) < 0 {
        guard errno == EINTR else { return false }
      }
    }
    return true
  }

  /// Makes the subscription that was read last hold, or end.
  func confirmSubscription(_ topic: [UInt8], holds: Bool) {
    zmq_setsockopt(pointer, holds ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, topic, topic.count)
  }

  /// What libzmq says of the last failure.
  static var lastError: String { String(cString: zmq_strerror(zmq_errno())) }
}

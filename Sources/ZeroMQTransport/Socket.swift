import CZeroMQ
import Glibc
import JupyterKernel
import JupyterProtocol

/// A libzmq socket of one channel.
struct Socket {
  let pointer: UnsafeMutableRawPointer
  let channel: Channel
  /// Becomes readable when something came since the socket was last used.
  let descriptor: Int32

  /// More frames than this in one message are read and thrown away.
  static let maximumFrames = 4096
  /// A peer that announces a larger frame is disconnected.
  private static let maximumFrameSize: Int64 = 1 << 30
  /// So many heartbeats may wait for a client that does not read, then it loses some.
  private static let heartbeatLimit: Int32 = 1000
  /// How long undelivered messages keep the process, in milliseconds.
  private static let linger: Int32 = 100

  /// A socket that is open already.
  init(_ pointer: UnsafeMutableRawPointer, as channel: Channel) {
    self.pointer = pointer
    self.channel = channel
    var descriptor: Int32 = -1
    var size = MemoryLayout<Int32>.size
    zmq_getsockopt(pointer, ZMQ_FD, &descriptor, &size)
    self.descriptor = descriptor
  }

  init(
    _ channel: Channel, in context: UnsafeMutableRawPointer, _ connection: ConnectionFile
  ) throws(KernelFailure) {
    let kind = channel == .iopub ? ZMQ_XPUB : ZMQ_ROUTER
    guard let pointer = zmq_socket(context, kind) else {
      throw .transport("cannot open the \(channel.rawValue) socket: \(Self.lastError)")
    }
    self.init(pointer, as: channel)
    set(ZMQ_LINGER, Self.linger)
    set(ZMQ_RCVHWM, Int32(0))
    // What waits for subscribers is bounded by ``Backlog``, in bytes.
    set(ZMQ_SNDHWM, channel == .heartbeat ? Self.heartbeatLimit : 0)
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
    // A question whose client is not there yet is asked again, and not lost.
    if channel == .stdin { set(ZMQ_ROUTER_MANDATORY, Int32(1)) }
    if connection.ip.contains(":") { set(ZMQ_IPV6, Int32(1)) }
    if let curve = connection.curve {
      set(ZMQ_CURVE_SERVER, Int32(1))
      guard zmq_setsockopt(pointer, ZMQ_CURVE_SECRETKEY, curve.secretKey, 41) == 0 else {
        zmq_close(pointer)
        throw .transport("the connection file's `curve_secretkey` is no key")
      }
    }
  }

  func close() { zmq_close(pointer) }

  func set<Value: FixedWidthInteger>(_ option: Int32, _ value: Value) {
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

  /// Sends a message to all subscribers, and counts it until they have it.
  func publish(_ parts: [[UInt8]], counting backlog: Backlog) -> Bool {
    guard let last = parts.last, var frame = backlog.frame(last, of: parts) else {
      return send(parts)
    }
    for part in parts.dropLast() {
      while zmq_send(pointer, part, part.count, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0 {
        guard errno == EINTR else {
          zmq_msg_close(&frame)
          return false
        }
      }
    }
    while zmq_msg_send(&frame, pointer, ZMQ_DONTWAIT) < 0 {
      guard errno == EINTR else {
        zmq_msg_close(&frame)
        return false
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

import CZeroMQ
import Glibc
import JupyterKernel
import JupyterProtocol

/// What libzmq tells of the connections of one socket: which there are, and which failed.
struct ConnectionMonitor {
  let channel: Channel
  /// A pair socket on which the events come.
  let socket: Socket
  /// Whether the watched socket takes encrypted connections, and no others.
  private let encrypts: Bool
  /// The connections that are open, by their descriptors.
  private(set) var connections: Set<Int32> = []

  private static let events =
    ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
    | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH

  init(
    of watched: Socket, in context: UnsafeMutableRawPointer, encrypts: Bool
  ) throws(KernelFailure) {
    channel = watched.channel
    self.encrypts = encrypts
    let address = "inproc://monitor-\(watched.channel.rawValue)"
    guard zmq_socket_monitor(watched.pointer, address, Self.events) == 0,
      let pointer = zmq_socket(context, ZMQ_PAIR)
    else { throw .transport("cannot watch the \(watched.channel.rawValue) socket") }
    let pair = Socket(pointer, as: channel)
    self.socket = pair
    // A full queue of events would block the thread of libzmq.
    pair.set(ZMQ_RCVHWM, Int32(0))
    pair.set(ZMQ_LINGER, Int32(0))
    guard zmq_connect(pointer, address) == 0 else {
      pair.close()
      throw .transport("cannot watch the \(watched.channel.rawValue) socket")
    }
    // Only who found nothing is told of what comes; nothing comes before the socket is bound.
    _ = pair.receive()
  }

  /// Takes in what happened; hands over why a connection failed, and whether for want of the key.
  ///
  /// An event has two frames: its number and a value, two and four bytes; and the address.
  mutating func update(_ failed: (String, Bool) -> Void) {
    while case .message(let parts) = socket.receive() {
      guard let event = parts.first, event.count >= 6 else { continue }
      let number = Int32(event[0]) | Int32(event[1]) << 8
      let value = (2..<6).reduce(Int32(0)) { $0 | Int32(event[$1]) << Int32(8 * ($1 - 2)) }
      switch number {
      case ZMQ_EVENT_ACCEPTED: connections.insert(value)
      case ZMQ_EVENT_DISCONNECTED: connections.remove(value)
      case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: explain(value, failed)
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: failed("it was not let in", true)
      default: failed("it ended before it said what it is", false)
      }
    }
  }

  private func explain(_ error: Int32, _ failed: (String, Bool) -> Void) {
    switch error {
    case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC:
      failed("its keys are not those of this kernel", true)
    case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH:
      failed(
        encrypts
          ? "it does not encrypt, and this kernel does"
          : "it encrypts, and this kernel does not", true)
    default: failed("it does not speak ZeroMQ's protocol", false)
    }
  }

  func close() { socket.close() }
}

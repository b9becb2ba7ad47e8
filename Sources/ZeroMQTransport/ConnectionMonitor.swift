import CZeroMQ
import Glibc
import JupyterKernel

/// What libzmq tells of the connections of one socket: which there are, and which failed.
struct ConnectionMonitor {
  /// A pair socket on which the events come.
  let pointer: UnsafeMutableRawPointer
  /// The connections that are open, by their descriptors.
  private(set) var connections: Set<Int32> = []

  init(of socket: Socket, in context: UnsafeMutableRawPointer) throws(KernelFailure) {
    let address = "inproc://monitor-\(socket.channel.rawValue)"
    let events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED
    guard zmq_socket_monitor(socket.pointer, address, events) == 0,
      let pointer = zmq_socket(context, ZMQ_PAIR)
    else { throw .transport("cannot watch the \(socket.channel.rawValue) socket") }
    self.pointer = pointer
    let pair = Socket(pointer, as: socket.channel)
    // A full queue of events would block the thread of libzmq.
    pair.set(ZMQ_RCVHWM, Int32(0))
    pair.set(ZMQ_LINGER, Int32(0))
    guard zmq_connect(pointer, address) == 0 else {
      zmq_close(pointer)
      throw .transport("cannot watch the \(socket.channel.rawValue) socket")
    }
  }

  /// Takes in what happened.
  ///
  /// An event has two frames: its number and a descriptor, two and four bytes; and the address.
  mutating func update() {
    let pair = Socket(pointer, as: .iopub)
    while case .message(let parts) = pair.receive() {
      guard let event = parts.first, event.count >= 6 else { continue }
      let number = Int32(event[0]) | Int32(event[1]) << 8
      let descriptor = (2..<6).reduce(Int32(0)) { $0 | Int32(event[$1]) << Int32(8 * ($1 - 2)) }
      if number == ZMQ_EVENT_ACCEPTED {
        connections.insert(descriptor)
      } else {
        connections.remove(descriptor)
      }
    }
  }

  func close() { zmq_close(pointer) }
}

import CZeroMQ
import Glibc
import JupyterKernel
import JupyterProtocol

extension ZeroMQTransport {
  /// How long the launcher may take to acknowledge, in milliseconds.
  private static let launcherPatience = 5000

  /// Tells the launcher the ports, and waits for its answer.
  ///
  /// Throws: no answer in time, one that is not signed rightly, the end of the parent process, or a
  /// signal to end.
  func register(with registration: Registration) throws(KernelFailure) {
    guard let socket = zmq_socket(context, ZMQ_DEALER) else {
      throw .transport("cannot open the registration socket: \(Socket.lastError)")
    }
    defer { zmq_close(socket) }
    let launcher = Socket(socket, as: .control)
    launcher.set(ZMQ_LINGER, Int32(0))
    launcher.set(ZMQ_MAXMSGSIZE, Int64(1 << 20))
    if registration.address.contains("[") { launcher.set(ZMQ_IPV6, Int32(1)) }
    guard zmq_connect(socket, registration.address) == 0 else {
      throw .transport("cannot reach the launcher at \(registration.address): \(Socket.lastError)")
    }
    let signer = Signer(key: connection.key)
    guard launcher.send(registration.announcement(of: connection.ports, signer: signer)) else {
      throw .transport("cannot tell the ports to the launcher at \(registration.address)")
    }
    let parts = try acknowledgement(on: launcher, from: registration.address)
    do throws(SignatureError) {
      try registration.check(acknowledgement: parts, signer: signer)
    } catch {
      throw .transport("refused the answer of the launcher at \(registration.address): \(error)")
    }
  }

  private func acknowledgement(
    on launcher: Socket, from address: String
  ) throws(KernelFailure) -> [[UInt8]] {
    let start = Timestamp.now().nanoseconds
    while true {
      let elapsed = Int((Timestamp.now().nanoseconds - start) / 1_000_000)
      guard elapsed >= 0, elapsed < Self.launcherPatience else {
        throw .transport(
          "the launcher at \(address) did not acknowledge the ports "
            + "within \(Self.launcherPatience / 1000) seconds")
      }
      var items = [
        zmq_pollitem_t(socket: launcher.pointer, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0),
        zmq_pollitem_t(
          socket: nil, fd: signals.descriptor, events: Int16(ZMQ_POLLIN), revents: 0),
      ]
      if parent >= 0 {
        items.append(
          zmq_pollitem_t(socket: nil, fd: parent, events: Int16(ZMQ_POLLIN), revents: 0))
      }
      zmq_poll(&items, Int32(items.count), Self.launcherPatience - elapsed)
      if items.count > 2, items[2].revents != 0 {
        throw .transport("the launcher at \(address) is gone")
      }
      if items[1].revents != 0, signals.take().contains(where: { $0 != SIGINT }) {
        throw .transport("ended before the launcher at \(address) answered")
      }
      if case .message(let parts) = launcher.receive() { return parts }
    }
  }
}

import CZeroMQ
import Glibc
import JupyterKernel
import JupyterProtocol

extension Socket {
  /// Listens at the channel's address; gives the port, which the system chooses where it is 0.
  func bind(_ connection: ConnectionFile) throws(KernelFailure) -> Int {
    let port = connection.ports[channel] ?? 0
    if connection.transport == .ipc {
      return try port == 0 ? bindToFreePath(connection) : bindToPath(connection, port)
    }
    try listen(at: connection.address(of: channel))
    return port == 0 ? try chosenPort() : port
  }

  private func listen(at address: String) throws(KernelFailure) {
    // What a socket's file lets others do is what the user's own files let them: nothing.
    let mask = umask(0o077)
    let status = zmq_bind(pointer, address)
    let error = zmq_errno()
    umask(mask)
    guard status != 0 else { return }
    let isAddressUnknown = error == ENODEV || error == EADDRNOTAVAIL
    throw .bind(
      address: address,
      reason: isAddressUnknown && address.hasPrefix("tcp:")
        ? "`ip` must be an IP address of this machine, the name of one of its network interfaces, "
          + "`localhost` or `*`"
        : "\(String(cString: zmq_strerror(error))) (\(channel.portField))")
  }

  /// The port behind the last colon of the address that the socket has.
  private func chosenPort() throws(KernelFailure) -> Int {
    var text = [UInt8](repeating: 0, count: 256)
    var size = text.count
    zmq_getsockopt(pointer, ZMQ_LAST_ENDPOINT, &text, &size)
    let address = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
    guard let port = address.split(separator: ":").last.flatMap({ Int($0) }) else {
      throw .transport("cannot tell the port of \(address)")
    }
    return port
  }

  private func bindToPath(
    _ connection: ConnectionFile, _ port: Int
  ) throws(KernelFailure) -> Int {
    let address = connection.address(of: channel)
    if Self.isServed(path: String(address.dropFirst(6))) {
      throw .bind(address: address, reason: "the \(channel.rawValue) socket is in use")
    }
    try listen(at: address)
    return port
  }

  /// Numbers are drawn until one names no file yet.
  private func bindToFreePath(_ connection: ConnectionFile) throws(KernelFailure) -> Int {
    var connection = connection
    for _ in 0..<100 {
      let port = Int.random(in: 1...65_535)
      connection.ports[channel] = port
      let address = connection.address(of: channel)
      guard access(String(address.dropFirst(6)), F_OK) != 0 else { continue }
      try listen(at: address)
      return port
    }
    throw .bind(address: "ipc://\(connection.ip)", reason: "no free path was found")
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
}

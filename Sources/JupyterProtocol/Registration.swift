import JSON

/// What a launcher's registration file says: where the kernel is to tell its ports, and the key.
///
/// The kernel startup handshake of protocol 5.6: the kernel listens on ports that it chooses, sends
/// one signed message with them to the launcher, and stays when the launcher acknowledges it. Unlike
/// other messages, these have one part behind the signature.
public struct Registration: Sendable {
  /// By what the launcher knows the kernel.
  public var kernelID: String
  /// Where the launcher listens, as libzmq writes it.
  public var address: String
  /// Where the kernel is to listen; its ports are 0.
  public var connection: ConnectionFile

  /// Reads the text of a registration file; nil for that of a connection file.
  ///
  /// A connection file names the ports of all channels, a registration file that of none.
  public init?(parsing bytes: [UInt8]) throws(ConnectionFileError) {
    let members = try ConnectionMembers(parsing: bytes)
    guard let place = members.object["registration_port"],
      Channel.allCases.allSatisfy({ members.object[$0.portField] == nil })
    else { return nil }
    // The documentation has a number, the first implementation a text.
    guard let port = place.int ?? place.string.flatMap({ Int($0) }), port >= 1, port <= 65_535
    else {
      throw ConnectionFileError("`registration_port` must be a port from 1 to 65535")
    }
    let transport = try members.transport()
    let ip = try members.ip("registration_ip", default: transport == .tcp ? "127.0.0.1" : nil)
    kernelID = try members.text("kernel_id")
    address = transport.address(ip: ip, port: "\(port)")
    connection = ConnectionFile(
      transport: transport, ip: try members.ip("ip", default: ip), key: try members.key())
    connection.curve = try members.curve()
  }

  /// The message that tells the launcher the ports, as strings.
  public func announcement(of ports: [Channel: Int], signer: Signer) -> [[UInt8]] {
    var members: JSON.Object = ["kernel_id": .string(kernelID)]
    for channel in Channel.allCases {
      members[channel.portField] = .string("\(ports[channel] ?? 0)")
    }
    let content = JSON.object(members).serialized()
    return [Frames.delimiter, signer.signature(of: Self.frames(content)), content]
  }

  /// Checks the launcher's answer; what it says does not matter, only who says it.
  public func check(
    acknowledgement parts: [[UInt8]], signer: Signer
  ) throws(SignatureError) {
    guard let place = parts.firstIndex(of: Frames.delimiter), parts.count >= place + 3 else {
      throw .missing
    }
    var frames = Self.frames(parts[place + 2])
    frames.signature = parts[place + 1]
    _ = try signer.verify(frames)
  }

  /// One part, as the signer takes four.
  private static func frames(_ content: [UInt8]) -> Frames {
    Frames(header: content, parent: [], metadata: [], content: [])
  }
}

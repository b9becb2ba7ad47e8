import JSON

/// What a launcher's connection file says: where to listen, and the key.
public struct ConnectionFile: Sendable {
  public enum Transport: String, Sendable {
    case tcp
    case ipc
  }

  /// The server's pair of keys for CURVE, in Z85.
  public struct CurveKeys: Sendable, Equatable {
    public var publicKey: String
    public var secretKey: String
  }

  public var transport: Transport
  /// The address to bind to; with ipc the start of the sockets' paths.
  public var ip: String
  /// The kernel chooses a port where there is 0.
  public var ports: [Channel: Int]
  public var key: [UInt8]
  public var curve: CurveKeys?

  /// A connection whose ports the kernel chooses.
  public init(transport: Transport = .tcp, ip: String = "127.0.0.1", key: [UInt8]) {
    self.transport = transport
    self.ip = ip
    self.key = key
    ports = Dictionary(uniqueKeysWithValues: Channel.allCases.map { ($0, 0) })
  }

  /// Reads the text of a connection file.
  ///
  /// Members that are not known are tolerated.
  public init(parsing bytes: [UInt8]) throws(ConnectionFileError) {
    let members = try ConnectionMembers(parsing: bytes)
    transport = try members.transport()
    ip = try members.ip("ip", default: transport == .tcp ? "127.0.0.1" : "kernel-ipc")
    key = try members.key()
    curve = try members.curve()
    ports = [:]
    for channel in Channel.allCases {
      let port = members.object[channel.portField]?.int ?? -1
      guard port >= 0, port <= 65_535 || transport == .ipc else {
        throw ConnectionFileError(
          "`\(channel.portField)` must be a port from 1 to 65535, or 0 for any")
      }
      if port != 0, ports.values.contains(port) {
        throw ConnectionFileError("`\(channel.portField)` names the port of another channel")
      }
      ports[channel] = port
    }
  }

  /// Whether the kernel is to choose a port.
  public var choosesPorts: Bool { ports.values.contains(0) }

  /// What a file for clients says.
  public var members: JSON.Object {
    var members: JSON.Object = [
      "transport": .string(transport.rawValue), "ip": .string(ip),
      "signature_scheme": "hmac-sha256", "key": .string(String(decoding: key, as: UTF8.self)),
    ]
    for channel in Channel.allCases {
      members[channel.portField] = ports[channel].map { .number($0) }
    }
    if let curve {
      members["curve_publickey"] = .string(curve.publicKey)
      members["curve_secretkey"] = .string(curve.secretKey)
    }
    return members
  }

  /// The address of a channel, as libzmq writes it.
  public func address(of channel: Channel) -> String {
    let port = ports[channel] ?? 0
    return transport.address(ip: ip, port: port == 0 && transport == .tcp ? "*" : "\(port)")
  }
}

extension ConnectionFile.Transport {
  /// An address as libzmq writes it.
  func address(ip: String, port: String) -> String {
    switch self {
    // libzmq listens at no name; this one is the same on every machine.
    case .tcp where ip.lowercased() == "localhost": "tcp://127.0.0.1:\(port)"
    case .tcp: ip.contains(":") ? "tcp://[\(ip)]:\(port)" : "tcp://\(ip):\(port)"
    case .ipc: "ipc://\(ip)-\(port)"
    }
  }
}

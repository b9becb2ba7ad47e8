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
  public var ports: [Channel: Int]
  public var key: [UInt8]
  public var curve: CurveKeys?

  /// Reads the text of a connection file.
  ///
  /// Members that are not known are tolerated.
  public init(parsing bytes: [UInt8]) throws(ConnectionFileError) {
    let value: JSON
    do { value = try JSON.parse(bytes, maximumDepth: 64) } catch {
      throw ConnectionFileError("it is no JSON: \(error)")
    }
    guard let object = value.object else { throw ConnectionFileError("it is no JSON object") }
    func text(_ name: String, default fallback: String? = nil) throws(ConnectionFileError) -> String
    {
      switch object[name] {
      case .some(.string(let text)): return text
      case .none: if let fallback { return fallback }
      default: break
      }
      throw ConnectionFileError("`\(name)` must be a string")
    }
    let scheme = try text("signature_scheme", default: "hmac-sha256")
    guard scheme == "hmac-sha256" else {
      throw ConnectionFileError("unknown signature scheme `\(scheme)`; hmac-sha256 is known")
    }
    let named = try text("transport", default: "tcp")
    guard let transport = Transport(rawValue: named) else {
      throw ConnectionFileError("unknown transport `\(named)`; tcp and ipc are known")
    }
    self.transport = transport
    ip = try text("ip", default: transport == .tcp ? "127.0.0.1" : "kernel-ipc")
    guard !ip.isEmpty, !ip.utf8.contains(0) else {
      throw ConnectionFileError("`ip` must not be empty")
    }
    key = Array(try text("key").utf8)
    ports = [:]
    for channel in Channel.allCases {
      let port = object[channel.portField]?.int ?? 0
      guard port >= 1, port <= 65_535 || transport == .ipc else {
        throw ConnectionFileError("`\(channel.portField)` must be a port from 1 to 65535")
      }
      if ports.values.contains(port) {
        throw ConnectionFileError("`\(channel.portField)` names the port of another channel")
      }
      ports[channel] = port
    }
    let publicKey = try text("curve_publickey", default: "")
    let secretKey = try text("curve_secretkey", default: "")
    if !publicKey.isEmpty || !secretKey.isEmpty {
      guard publicKey.utf8.count == 40, secretKey.utf8.count == 40 else {
        throw ConnectionFileError(
          "`curve_publickey` and `curve_secretkey` must be 40 characters each")
      }
      curve = CurveKeys(publicKey: publicKey, secretKey: secretKey)
    }
  }

  /// The address of a channel, as libzmq writes it.
  public func address(of channel: Channel) -> String {
    let port = ports[channel] ?? 0
    switch transport {
    case .tcp: return ip.contains(":") ? "tcp://[\(ip)]:\(port)" : "tcp://\(ip):\(port)"
    case .ipc: return "ipc://\(ip)-\(port)"
    }
  }
}

/// What is wrong with a connection file.
public struct ConnectionFileError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

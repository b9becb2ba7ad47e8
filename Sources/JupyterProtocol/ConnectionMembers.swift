import JSON

/// The members that connection files and registration files share.
struct ConnectionMembers {
  let object: JSON.Object

  init(parsing bytes: [UInt8]) throws(ConnectionFileError) {
    let value: JSON
    do { value = try JSON.parse(bytes, maximumDepth: 64) } catch {
      throw ConnectionFileError("it is no JSON: \(error)")
    }
    guard let object = value.object else { throw ConnectionFileError("it is no JSON object") }
    self.object = object
  }

  func text(_ name: String, default fallback: String? = nil) throws(ConnectionFileError) -> String {
    switch object[name] {
    case .some(.string(let text)): return text
    case .none: if let fallback { return fallback }
    default: break
    }
    throw ConnectionFileError("`\(name)` must be a string")
  }

  func transport() throws(ConnectionFileError) -> ConnectionFile.Transport {
    let name = try text("transport", default: "tcp")
    guard let transport = ConnectionFile.Transport(rawValue: name) else {
      throw ConnectionFileError("unknown transport `\(name)`; tcp and ipc are known")
    }
    return transport
  }

  func ip(_ name: String, default fallback: String?) throws(ConnectionFileError) -> String {
    let ip = try text(name, default: fallback)
    guard !ip.isEmpty, !ip.utf8.contains(0) else {
      throw ConnectionFileError("`\(name)` must not be empty")
    }
    return ip
  }

  /// The key of the one scheme that there is.
  func key() throws(ConnectionFileError) -> [UInt8] {
    let scheme = try text("signature_scheme", default: "hmac-sha256")
    guard scheme == "hmac-sha256" else {
      throw ConnectionFileError("unknown signature scheme `\(scheme)`; hmac-sha256 is known")
    }
    return Array(try text("key").utf8)
  }

  func curve() throws(ConnectionFileError) -> ConnectionFile.CurveKeys? {
    let publicKey = try text("curve_publickey", default: "")
    let secretKey = try text("curve_secretkey", default: "")
    if publicKey.isEmpty, secretKey.isEmpty { return nil }
    for (name, key, other) in [
      ("curve_publickey", publicKey, "curve_secretkey"),
      ("curve_secretkey", secretKey, "curve_publickey"),
    ] where key.isEmpty {
      throw ConnectionFileError("`\(name)` is missing, which belongs to `\(other)`")
    }
    guard publicKey.utf8.count == 40, secretKey.utf8.count == 40 else {
      throw ConnectionFileError(
        "`curve_publickey` and `curve_secretkey` must be 40 characters each")
    }
    return ConnectionFile.CurveKeys(publicKey: publicKey, secretKey: secretKey)
  }
}

/// What is wrong with a connection file.
public struct ConnectionFileError: Error, Equatable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}

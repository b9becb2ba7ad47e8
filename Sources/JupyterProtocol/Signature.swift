import Crypto

/// Signs and verifies messages with HMAC-SHA256 under the key of the connection file.
///
/// The signature is the digest of the four JSON parts as 64 lowercase hexadecimal digits. An empty
/// key turns signing off, as the protocol says.
public struct Signer: Sendable {
  /// The state after the key, copied for each message so that the key is hashed once.
  private let keyed: HMAC<SHA256>?

  public init(key: [UInt8]) {
    keyed = key.isEmpty ? nil : HMAC<SHA256>(key: SymmetricKey(data: key))
  }

  /// Whether messages are signed at all.
  public var isActive: Bool { keyed != nil }

  /// The signature of the four parts; empty when signing is off.
  public func signature(of frames: Frames) -> [UInt8] {
    guard let digest = digest(of: frames) else { return [] }
    return digest.hexadecimal
  }

  /// The digest of a message whose signature is right.
  ///
  /// The comparison takes the same time wherever the first difference is; only the length, which is
  /// no secret, ends it early. Letters in upper case, missing and appended characters are refused.
  public func verify(_ frames: Frames) throws(SignatureError) -> Digest? {
    guard let digest = digest(of: frames) else { return nil }
    let expected = digest.hexadecimal
    guard !frames.signature.isEmpty else { throw .missing }
    guard frames.signature.count == expected.count else {
      throw .wrongLength(frames.signature.count)
    }
    var difference: UInt8 = 0
    for index in expected.indices { difference |= expected[index] ^ frames.signature[index] }
    guard difference == 0 else { throw .wrong }
    return digest
  }

  /// The HMAC of the four parts, in their order; nil when signing is off.
  private func digest(of frames: Frames) -> Digest? {
    guard var mac = keyed else { return nil }
    mac.update(data: frames.header)
    mac.update(data: frames.parent)
    mac.update(data: frames.metadata)
    mac.update(data: frames.content)
    return Digest(bytes: Array(mac.finalize()))
  }
}

/// The 32 bytes of an HMAC-SHA256.
public struct Digest: Sendable, Equatable {
  public let bytes: [UInt8]

  public var hexadecimal: [UInt8] {
    let digits: StaticString = "0123456789abcdef"
    return digits.withUTF8Buffer { digits in
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count * 2)
      for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
      return text
    }
  }
}

/// Why a signature was refused.
public enum SignatureError: Error, Equatable, CustomStringConvertible {
  case missing
  case wrongLength(Int)
  case wrong

  public var description: String {
    switch self {
    case .missing: "it has no signature"
    case .wrongLength(let length): "its signature has \(length) characters instead of 64"
    case .wrong: "its signature is wrong"
    }
  }
}

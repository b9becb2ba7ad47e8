import JSON

/// Makes the frames of outgoing messages: numbers them, writes their headers, signs them.
public struct Envelope: Sendable {
  /// The id of this run of the kernel; a restarted kernel has another.
  public let session: String
  private let signer: Signer
  private let prefix: [UInt8]
  private let middle: [UInt8]
  private let suffix: [UInt8]
  private var sent = 0

  public init(
    signer: Signer, username: String = "nabla", session: String = Envelope.randomIdentifier()
  ) {
    self.session = session
    self.signer = signer
    prefix = Array("{\"msg_id\":\"\(session)_".utf8)
    let user = JSON.string(username).serializedString()
    middle = Array("\",\"session\":\"\(session)\",\"username\":\(user),\"msg_type\":".utf8)
    suffix = Array("\",\"version\":\"\(ProtocolVersion.current)\"}".utf8)
  }

  /// The id that the next message will have.
  public var nextMessageID: String { "\(session)_\(sent + 1)" }

  /// The signed frames of a message; `parent` is the header of the request, as it came.
  public mutating func frames(
    type: String, date: Timestamp, identities: [[UInt8]], parent: [UInt8], metadata: [UInt8],
    content: [UInt8], buffers: [[UInt8]] = []
  ) -> [[UInt8]] {
    sent += 1
    var header = prefix
    header.reserveCapacity(256)
    header += String(sent).utf8
    header += middle
    // An unknown request names the type of its reply, so it may hold anything.
    header += JSON.string(type).serialized()
    header += ",\"date\":\"".utf8
    header += date.text.utf8
    header += suffix
    var frames = Frames(
      identities: identities, header: header, parent: parent, metadata: metadata, content: content,
      buffers: buffers)
    frames.signature = signer.signature(of: frames)
    return frames.joined
  }

  /// A random UUID.
  public static func randomIdentifier() -> String {
    var generator = SystemRandomNumberGenerator()
    let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    func hex(_ value: UInt64, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    return [
      hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
      hex(low & 0xFFFF_FFFF_FFFF, 12),
    ].joined(separator: "-")
  }
}

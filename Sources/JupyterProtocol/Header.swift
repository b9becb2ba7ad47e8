import JSON

/// The header of a received message.
///
/// The bytes are kept as they came, because replies carry them as their parent header.
public struct Header: Sendable {
  public let messageID: String
  public let session: String
  public let type: String
  /// When the sender made the message, where it said so in a form that could be read.
  public let date: Timestamp?
  /// The subshell that is to serve the message; nil for the main shell.
  public let subshellID: String?
  public let bytes: [UInt8]

  /// Each message that a request causes carries its header, so a larger one is refused.
  static let maximumSize = 64 << 10

  public init(parsing bytes: [UInt8]) throws(HeaderError) {
    guard bytes.count <= Self.maximumSize else {
      throw HeaderError(
        reason: "the header has \(bytes.count) bytes, more than \(Self.maximumSize)", type: nil,
        bytes: nil)
    }
    let value: JSON
    do { value = try JSON.parse(bytes, maximumDepth: 64) } catch {
      throw HeaderError(reason: "the header is no JSON: \(error)", type: nil, bytes: nil)
    }
    guard let object = value.object else {
      throw HeaderError(reason: "the header is no JSON object", type: nil, bytes: nil)
    }
    let namedType = object["msg_type"]?.string
    func text(_ key: String) throws(HeaderError) -> String {
      guard let text = object[key]?.string else {
        throw HeaderError(
          reason: "the header's \(key) is \(object[key] == nil ? "missing" : "no string")",
          type: namedType, bytes: bytes)
      }
      return text
    }
    type = try text("msg_type")
    messageID = try text("msg_id")
    session = object["session"]?.string ?? ""
    date = object["date"]?.string.flatMap { Timestamp($0) }
    subshellID = object["subshell_id"]?.isNull ?? true ? nil : try text("subshell_id")
    self.bytes = bytes
  }
}

/// What is wrong with a header, and what of it can still be used for an answer.
public struct HeaderError: Error, CustomStringConvertible {
  public var reason: String
  /// The message type, where there was one.
  public var type: String?
  /// The header as it came, when it is at least a JSON object.
  public var bytes: [UInt8]?

  public var description: String { reason }
}

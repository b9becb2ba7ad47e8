import JSON

/// What a client may send: a request, or a message that needs no reply.
public protocol Request: Sendable {
  /// The message type as headers name it, such as `execute_request`.
  static var type: String { get }
  /// The channels on which it is served.
  static var channels: [Channel] { get }
  /// A content of more bytes is refused unread.
  static var maximumSize: Int { get }
  init(_ fields: Fields) throws(MalformedContent)
}

extension Request {
  public static var maximumSize: Int { .max }
}

/// A request that carries code.
///
/// Code has a bound, so that what nobody wrote by hand is refused within a moment, not parsed for
/// minutes.
public protocol CodeRequest: Request {}

extension CodeRequest {
  /// Room for code whose characters are all escaped.
  public static var maximumSize: Int { 4 * Fields.maximumCodeSize }
}

/// What the kernel sends: a reply, or a publication.
public protocol Outbound: Sendable {
  static var type: String { get }
  var content: JSON.Object { get }
}

/// A reply on the channel of its request.
public protocol Reply: Outbound {}

/// A message on iopub.
public protocol Publication: Outbound {
  /// What subscribers select it by.
  var topic: String { get }
}

extension Publication {
  public var topic: String { Self.type }
}

/// A request whose content is not looked at.
public protocol EmptyRequest: Request {
  init()
}

extension EmptyRequest {
  public init(_ fields: Fields) throws(MalformedContent) { self.init() }
}

extension JSON.Object {
  /// The content of a reply that went well: the members after a `status` of `ok`.
  static func ok(_ members: JSON.Object = [:]) -> JSON.Object {
    var content: JSON.Object = ["status": "ok"]
    for (key, value) in members.pairs { content[key] = value }
    return content
  }
}

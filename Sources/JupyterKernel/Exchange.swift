import EngineInterface
import History
import JSON
import JupyterProtocol

/// A request with what is needed to answer it.
struct Exchange: Sendable {
  /// Where it came in, and where its reply goes.
  var channel: Channel
  /// The line of cells that it belongs to.
  var shell: Shell
  var identities: [[UInt8]]
  /// The header of the request as it came; what it causes carries it as the parent header.
  var parent: [UInt8]
  var type: String
  var messageID: String
  var session: String
  /// When the client made the request, by the client's clock.
  var date: Timestamp?
  var arrival: Timestamp
  var parentPart: [UInt8]
  var metadataPart: [UInt8]
  var contentPart: [UInt8]
  /// How many interrupts there were when it was taken.
  var interrupts = 0
  var buffers: [[UInt8]] = []
  /// What it asks for of the history, where that was at hand.
  var recentLines: [HistoryEntry]?

  /// The parent header of what belongs to no request.
  static let noParent = Array("{}".utf8)

  /// The type of its reply; that of no type in particular where nobody could read it.
  var replyType: String {
    guard isTypeReadable else { return "unknown_reply" }
    return type.hasSuffix("_request") ? type.dropLast("request".count) + "reply" : type + "_reply"
  }

  /// Whether the type is there, and readable.
  private var isTypeReadable: Bool { !type.isEmpty && VisibleText.line(type) == type }

  /// The type as messages to people name it, quoted where it is empty or has escapes.
  var shownType: String {
    let start = VisibleText.line(String(type.prefix(64)))
    return isTypeReadable ? start : "\"\(start)\""
  }

  /// The metadata; empty where they are none or no object.
  var metadata: JSON.Object {
    guard metadataPart != Self.noParent else { return [:] }
    return (try? Fields(parsing: metadataPart, of: "the metadata").object) ?? [:]
  }
}

extension ErrorReply {
  static let ending = ErrorReply(name: "KernelEnding", message: "the kernel is ending")
  static let subshellDeleted = ErrorReply(
    name: "SubshellDeleted", message: "the subshell was deleted before it came to this")
}

import EngineInterface
import JSON

/// An error that ended a cell.
public struct ErrorMessage: Publication {
  public static let type = "error"

  public var report: ErrorReport

  public init(_ report: ErrorReport) { self.report = report }

  public var content: JSON.Object { report.content }
}

/// The reply to a request that failed, of whatever type.
///
/// Its message type is that of the reply that was due, so it is no ``Reply`` of its own.
public struct ErrorReply: Error, Sendable {
  public var report: ErrorReport

  public init(_ report: ErrorReport) { self.report = report }

  /// A failure without a call chain.
  public init(name: String, message: String) {
    report = ErrorReport(name: name, message: message, traceback: [])
  }

  public init(_ error: MalformedContent) {
    self.init(name: "MalformedRequest", message: error.description)
  }

  public var content: JSON.Object { report.replyContent }
}

extension ErrorReport {
  fileprivate var content: JSON.Object {
    [
      "ename": .string(name), "evalue": .string(message),
      "traceback": .array(traceback.map { .string($0) }),
    ]
  }

  /// The same under a `status`, as replies have it.
  var replyContent: JSON.Object {
    var reply: JSON.Object = ["status": "error"]
    for (key, value) in content.pairs { reply[key] = value }
    return reply
  }
}

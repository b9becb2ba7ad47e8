import EngineInterface
import JSON
import JupyterProtocol

/// How one message type is served.
struct Route: Sendable {
  /// The thread that serves it.
  enum Place: Sendable {
    /// At once, also while a cell runs; must be quick.
    case transport
    /// Beside the running cell.
    case queries
    /// Beside both, by the history's own thread, as it may have to wait for a disk; what is in
    /// memory comes at once.
    case history
    /// After the cells of its shell that came before.
    case cells
    /// The same, and never while a cell of any shell runs.
    case session
  }

  let type: String
  let channels: [Channel]
  let place: Place
  /// Whether serving it may run code of the session.
  var needsSession: Bool { place == .cells || place == .session }
  /// Serves an exchange between its busy and its idle.
  let serve: @Sendable (Kernel, Exchange) throws(ErrorReply) -> Void

  /// A request with a reply.
  init<Wanted: Request, Answer: Reply>(
    _ request: Wanted.Type, at place: Place,
    _ handle: @escaping @Sendable (Kernel, Wanted, Exchange) throws(ErrorReply) -> Answer
  ) {
    self.init(request, at: place) {
      (kernel: Kernel, request: Wanted, exchange: Exchange) throws(ErrorReply) in
      let answer = try handle(kernel, request, exchange)
      kernel.outbox.post(Outgoing(reply: answer.content, type: Answer.type, to: exchange))
    }
  }

  /// A message that needs no reply, or whose reply the handler posts.
  init<Wanted: Request>(
    _ request: Wanted.Type, at place: Place,
    posting handle: @escaping @Sendable (Kernel, Wanted, Exchange) throws(ErrorReply) -> Void
  ) {
    type = Wanted.type
    channels = Wanted.channels
    self.place = place
    serve = { (kernel, exchange) throws(ErrorReply) in
      try handle(kernel, try exchange.decode(Wanted.self), exchange)
    }
  }
}

extension Exchange {
  /// The content by its type; the other parts must be JSON objects too.
  func decode<Wanted: Request>(_ type: Wanted.Type) throws(ErrorReply) -> Wanted {
    do throws(MalformedContent) {
      for (part, name) in [(parentPart, "the parent header"), (metadataPart, "the metadata")]
      where part != Self.noParent {
        _ = try Fields(parsing: part, of: name)
      }
      return try Wanted(
        Fields(parsing: contentPart, of: Wanted.type, maximumSize: Wanted.maximumSize))
    } catch {
      throw ErrorReply(error)
    }
  }
}

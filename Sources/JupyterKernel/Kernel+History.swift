import History
import JupyterProtocol

extension Kernel {
  /// The lines that are asked for, where no file is to be waited for.
  func recentLines(_ exchange: Exchange) -> [HistoryEntry]? {
    guard let request = try? exchange.decode(HistoryRequest.self),
      case .tail(let count) = request.access
    else { return nil }
    return history.recentEntries(.tail(count), outputs: request.output)
  }

  /// Answers from the lines that ran, of this session and others.
  func recall(
    _ request: HistoryRequest, _ exchange: Exchange
  ) throws(ErrorReply) -> HistoryReply {
    let query: HistoryQuery
    switch request.access {
    case .tail(let count): query = .tail(count)
    case .range(let session, let start, let stop):
      query = .range(session: session, start: start, stop: stop)
    case .search(let pattern, let count, let unique):
      guard HistoryQuery.isSearchable(pattern) else {
        throw ErrorReply(
          name: "MalformedContent",
          message: """
            `pattern` must have no zero byte and at most \(HistoryQuery.maximumPattern) bytes; it has \
            \(pattern.utf8.count)
            """)
      }
      query = .search(pattern, count: count, unique: unique)
    }
    let lines = exchange.recentLines ?? history.entries(query, outputs: request.output)
    let entries = lines.map { entry in
      HistoryReply.Entry(
        session: entry.session, line: entry.line, input: entry.source, output: entry.output)
    }
    return HistoryReply(entries, includesOutput: request.output)
  }
}

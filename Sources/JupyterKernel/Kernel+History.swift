import History
import JupyterProtocol

extension Kernel {
  /// Whether the lines that are asked for are at hand, so that no file is to be waited for.
  func canRecallAtOnce(_ exchange: Exchange) -> Bool {
    guard let request = try? exchange.decode(HistoryRequest.self),
      case .tail(let count) = request.access
    else { return false }
    return history.recentEntries(.tail(count)) != nil
  }

  /// Answers from the lines that ran, of this session and others.
  func recall(_ request: HistoryRequest) throws(ErrorReply) -> HistoryReply {
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
    let entries = history.entries(query, outputs: request.output).map { entry in
      HistoryReply.Entry(
        session: entry.session, line: entry.line, input: entry.source, output: entry.output)
    }
    return HistoryReply(entries, includesOutput: request.output)
  }
}

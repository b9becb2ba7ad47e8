/// The last lines of this session, in memory.
///
/// A client's arrow keys ask for a few of them again and again; they then wait for no file.
struct RecentLines {
  /// Nil until the session has a number.
  var session: Int?
  private var lines: [HistoryEntry] = []
  private var bytes = 0

  /// How much is held, in lines and in bytes of text.
  private static let maximumCount = 64
  private static let maximumBytes = 64 << 10

  /// Takes what was said to be written.
  mutating func append(_ record: HistoryStore.Record) {
    switch record {
    case .line(let line, let source):
      lines.append(HistoryEntry(session: 0, line: line, source: source))
    case .output(let output, let line):
      // Of a line that is no longer held nothing is needed.
      guard let index = lines.lastIndex(where: { $0.line == line }) else { return }
      bytes -= lines[index].output?.utf8.count ?? 0
      lines[index].output = output
    }
    bytes += record.count
    // Half at a time, so that it is seldom done.
    if lines.count > Self.maximumCount { forget(Self.maximumCount / 2) }
    while bytes > Self.maximumBytes, !lines.isEmpty { forget((lines.count + 1) / 2) }
  }

  private mutating func forget(_ count: Int) {
    bytes -= lines.prefix(count).reduce(0) {
      $0 + $1.source.utf8.count + ($1.output?.utf8.count ?? 0)
    }
    lines.removeFirst(count)
  }

  /// What a query finds; nil where only the file can tell.
  func entries(_ query: HistoryQuery, outputs: Bool) -> [HistoryEntry]? {
    guard let session, case .tail(let count) = query, lines.count >= count else { return nil }
    return lines.suffix(max(count, 0)).map { line in
      var entry = line
      entry.session = session
      if !outputs { entry.output = nil }
      return entry
    }
  }
}

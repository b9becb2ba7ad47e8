import JupyterProtocol
import Synchronization

/// The cells of this session, in memory, bounded.
final class SessionHistory: Sendable {
  fileprivate struct Line {
    var number: Int
    var input: String
    var output: String?
  }

  private struct State {
    var lines: [Line] = []
    var bytes = 0
  }

  private let state = Mutex(State())

  /// The number of this session; there is no other yet.
  static let session = 1
  static let maximumLines = 10_000
  static let maximumBytes = 16 << 20

  func append(input: String, number: Int) {
    state.withLock { state in
      state.bytes += input.utf8.count
      state.lines.append(Line(number: number, input: input))
      guard state.lines.count > Self.maximumLines || state.bytes > Self.maximumBytes else { return }
      // A tenth at a time, so that forgetting costs next to nothing per cell; the newest stays.
      let removed = min(max(state.lines.count / 10, 1), state.lines.count - 1)
      for line in state.lines.prefix(removed) {
        state.bytes -= line.input.utf8.count + (line.output?.utf8.count ?? 0)
      }
      state.lines.removeFirst(removed)
    }
  }

  /// The result of the line that ran last.
  func setOutput(_ output: String, ofLine number: Int) {
    state.withLock { state in
      guard let last = state.lines.indices.last, state.lines[last].number == number else { return }
      state.lines[last].output = output
      state.bytes += output.utf8.count
    }
  }

  /// The cells that a request asks for, oldest first.
  func entries(for access: HistoryRequest.Access) -> [HistoryReply.Entry] {
    state.withLock { state in
      switch access {
      case .range(let session, let start, let stop):
        guard session == 0 || session == Self.session else { return [] }
        return state.lines.filter { line in
          line.number >= start && stop.map { line.number < $0 } ?? true
        }.map(\.entry)
      case .tail(let count):
        return state.lines.suffix(max(count, 0)).map(\.entry)
      case .search(let pattern, let count, let unique):
        let glob = Glob(pattern)
        var seen: Set<String> = []
        var found: [HistoryReply.Entry] = []
        for line in state.lines.reversed() {
          if let count, found.count >= max(count, 0) { break }
          guard glob.matches(line.input) else { continue }
          if unique, !seen.insert(line.input).inserted { continue }
          found.append(line.entry)
        }
        return found.reversed()
      }
    }
  }
}

extension SessionHistory.Line {
  fileprivate var entry: HistoryReply.Entry {
    HistoryReply.Entry(
      session: SessionHistory.session, line: number, input: input, output: output)
  }
}

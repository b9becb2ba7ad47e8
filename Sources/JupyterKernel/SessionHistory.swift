import JupyterProtocol
import Synchronization

/// The cells of this session, in memory, bounded.
///
/// All texts lie in one buffer, so that a cell costs little more than its text, and a kernel that
/// runs for days does not grow by it.
final class SessionHistory: Sendable {
  /// Where a cell's texts lie in the buffer, its result behind its input.
  fileprivate struct Line {
    var number: Int32
    var inputEnd: UInt32
    var outputEnd: UInt32
    var hasOutput: Bool
  }

  fileprivate struct State {
    var lines: [Line] = []
    var texts: [UInt8] = []
  }

  private let state = Mutex(State())

  /// The number of this session; there is no other yet.
  static let session = 1
  static let maximumLines = 10_000
  static let maximumBytes = 16 << 20

  func append(input: String, number: Int) {
    state.withLock { state in
      state.texts += input.utf8
      let end = UInt32(clamping: state.texts.count)
      state.lines.append(
        Line(number: Int32(clamping: number), inputEnd: end, outputEnd: end, hasOutput: false))
      state.trim()
    }
  }

  /// The result of the line that ran last.
  func setOutput(_ output: String, ofLine number: Int) {
    state.withLock { state in
      guard let last = state.lines.indices.last, state.lines[last].number == number,
        !state.lines[last].hasOutput
      else { return }
      state.texts += output.utf8
      state.lines[last].outputEnd = UInt32(clamping: state.texts.count)
      state.lines[last].hasOutput = true
    }
  }

  /// The cells that a request asks for, oldest first.
  func entries(for access: HistoryRequest.Access) -> [HistoryReply.Entry] {
    state.withLock { state in
      switch access {
      case .range(let session, let start, let stop):
        guard session == 0 || session == Self.session else { return [] }
        return state.lines.indices.filter { index in
          let number = Int(state.lines[index].number)
          return number >= start && stop.map { number < $0 } ?? true
        }.map(state.entry)
      case .tail(let count):
        return state.lines.indices.suffix(max(count, 0)).map(state.entry)
      case .search(let pattern, let count, let unique):
        let glob = Glob(pattern)
        var seen: Set<String> = []
        var found: [HistoryReply.Entry] = []
        for index in state.lines.indices.reversed() {
          if let count, found.count >= max(count, 0) { break }
          let entry = state.entry(index)
          guard glob.matches(entry.input) else { continue }
          if unique, !seen.insert(entry.input).inserted { continue }
          found.append(entry)
        }
        return found.reversed()
      }
    }
  }
}

extension SessionHistory.State {
  fileprivate func entry(_ index: Int) -> HistoryReply.Entry {
    let line = lines[index]
    let start = index == 0 ? 0 : Int(lines[index - 1].outputEnd)
    func text(_ range: Range<Int>) -> String { String(decoding: texts[range], as: UTF8.self) }
    return HistoryReply.Entry(
      session: SessionHistory.session, line: Int(line.number),
      input: text(start..<Int(line.inputEnd)),
      output: line.hasOutput ? text(Int(line.inputEnd)..<Int(line.outputEnd)) : nil)
  }

  /// Forgets the oldest lines when there are too many, or too much of them; the newest stays.
  ///
  /// A tenth at a time, so that forgetting costs next to nothing per cell.
  fileprivate mutating func trim() {
    var removed = lines.count > SessionHistory.maximumLines ? lines.count / 10 : 0
    if texts.count > SessionHistory.maximumBytes {
      let excess = texts.count - SessionHistory.maximumBytes / 10 * 9
      while removed < lines.count - 1, removed == 0 || lines[removed - 1].outputEnd < excess {
        removed += 1
      }
    }
    removeFirst(removed)
  }

  /// Forgets the oldest lines.
  private mutating func removeFirst(_ count: Int) {
    guard count > 0 else { return }
    let shift = lines[count - 1].outputEnd
    texts.removeFirst(Int(shift))
    lines.removeFirst(count)
    for index in lines.indices {
      lines[index].inputEnd -= shift
      lines[index].outputEnd -= shift
    }
  }
}

import Glibc
import Testing

@testable import History

/// The same answers, by going through all lines.
private struct Model {
  var lines: [HistoryEntry]
  var session: Int

  func answer(_ query: HistoryQuery) -> [HistoryEntry] {
    switch query {
    case .tail(let count):
      let own = lines.filter { $0.session == session }
      let others = lines.filter { $0.session != session }
      return (others + own).suffix(max(count, 0))
    case .written(let count): return lines.suffix(max(count, 0))
    case .range(let asked, let start, let stop):
      let all = lines.filter { $0.session == (asked > 0 ? asked : session + asked) }
      let next = (all.last?.line ?? 0) + 1
      let first = start < 0 ? start + next : start
      let end = stop.map { $0 == 0 ? .max : $0 < 0 ? $0 + next : $0 } ?? .max
      return all.filter { $0.line >= first && $0.line < end }
    case .search(let pattern, let count, let unique):
      var found = lines.filter { fnmatch(pattern, $0.source, FNM_NOESCAPE) == 0 }
      if unique {
        found = found.enumerated().filter { index, entry in
          !found[(index + 1)...].contains { $0.source == entry.source }
        }.map(\.element)
      }
      return count.map { found.suffix(max($0, 0)) } ?? found
    }
  }
}

@Suite("Queries of a history")
struct HistoryQueryTests {
  /// Three sessions in a file, the second of them the present one, and what is in them.
  private func filled(_ folder: Folder) -> (History, Model) {
    let sources = ["x = 1", "y = [1, 2]", "print(x)", "", "é = 3", "한글 = '😀'", "a*b", "x = 1"]
    var model = Model(lines: [], session: 2)
    let sessions = (1...3).map { _ in folder.history() }
    for (index, history) in sessions.enumerated() {
      for line in 1...(index == 2 ? 5 : 12) {
        let source = sources[(line * (index + 1) + index) % sources.count]
        let output = line % 3 == 0 ? "\(source)?" : nil
        history.append(source, line: line)
        if let output { history.setOutput(output, ofLine: line) }
        model.lines.append(
          HistoryEntry(session: index + 1, line: line, source: source, output: output))
      }
      // Only what is written has a number.
      _ = history.entries(.tail(0))
    }
    sessions[0].close(within: 10_000)
    sessions[2].close(within: 10_000)
    return (sessions[1], model)
  }

  @Test("by tail and range give what going through all lines gives")
  func plain() throws {
    let folder = try Folder()
    let (history, model) = filled(folder)
    for count in [-5, 0, 1, 5, 12, 13, 25, 29, 30, .max] {
      let query = HistoryQuery.tail(count)
      #expect(history.entries(query, outputs: true) == model.answer(query))
    }
    let bounds = [Int.min, -100, -12, -3, -1, 0, 1, 2, 5, 11, 12, 13, 14, .max]
    for session in [Int.min, -2, -1, 0, 1, 2, 3, 4, .max] {
      // The sums of the model would overflow there, and there are no such sessions.
      if session == .min || session == .max {
        #expect(history.entries(.range(session: session, start: 1, stop: nil)) == [])
        continue
      }
      for start in bounds {
        for stop in bounds.map(Optional.some) + [nil] {
          let query = HistoryQuery.range(session: session, start: start, stop: stop)
          #expect(history.entries(query, outputs: true) == model.answer(query))
        }
      }
    }
    history.close(within: 10_000)
  }

  @Test("by when lines were written put those of several sessions as they came")
  func written() throws {
    let folder = try Folder()
    let first = folder.history()
    let second = folder.history()
    var model = Model(lines: [], session: 1)
    for (session, line) in [(1, 1), (2, 1), (2, 2), (1, 2), (2, 3), (1, 3)] {
      let history = session == 1 ? first : second
      history.append("\(session):\(line)", line: line)
      // The file answers this, after what was to be written before.
      #expect(history.entries(.written(1)).map(\.line) == [line])
      model.lines.append(
        HistoryEntry(session: session, line: line, source: "\(session):\(line)"))
    }
    for count in [-1, 0, 1, 3, 6, 7, .max] {
      let query = HistoryQuery.written(count)
      #expect(first.entries(query, outputs: true) == model.answer(query))
      #expect(second.entries(query) == model.answer(query))
    }
    first.close(within: 10_000)
    second.close(within: 10_000)
  }

  @Test(
    "by pattern give what the system's matcher gives",
    arguments: [
      "*", "", "x = 1", "x*", "*1*", "?", "??", "*[xy]*", "*[^a-z]", "[a-z] = ?", "a[*]b", "a?b",
      "é*", "* = '?'", "[", "[]]", "**", "*x*=*1*", "X*",
    ])
  func search(pattern: String) throws {
    // The system's matcher is to go by code points, as the history does.
    setlocale(LC_CTYPE, "C.UTF-8")
    let folder = try Folder()
    let (history, model) = filled(folder)
    for count in [nil, -1, 0, 1, 3, 100, .max] {
      for unique in [false, true] {
        let query = HistoryQuery.search(pattern, count: count, unique: unique)
        #expect(history.entries(query, outputs: true) == model.answer(query))
      }
    }
    history.close(within: 10_000)
  }

  @Test("give no results where none are asked for")
  func withoutOutputs() throws {
    let history = try Folder().history(.memory)
    history.append("1 + 1", line: 1)
    history.setOutput("2", ofLine: 1)
    let line = HistoryEntry(session: 1, line: 1, source: "1 + 1")
    #expect(history.entries(.tail(1)) == [line])
    #expect(history.entries(.range(session: 0, start: 1, stop: nil)) == [line])
    #expect(history.entries(.search("1*", count: nil, unique: true)) == [line])
    history.close(within: 10_000)
  }

  @Test("take no exponential time, and refuse what SQLite does not take")
  func hostile() throws {
    let history = try Folder().history(.memory)
    history.append(String(repeating: "a", count: 5000), line: 1)
    for star in ["a*", "*a", "[a]*", "?*"] {
      let pattern = String(repeating: star, count: 500) + "b"
      #expect(history.entries(.search(pattern, count: nil, unique: false)) == [])
    }
    let long = String(repeating: "a", count: HistoryQuery.maximumPattern)
    #expect(HistoryQuery.isSearchable(long))
    #expect(history.entries(.search(long, count: nil, unique: false)) == [])
    for refused in [long + "a", "a\0*"] {
      #expect(!HistoryQuery.isSearchable(refused))
      #expect(history.entries(.search(refused, count: nil, unique: false)) == [])
    }
    #expect(history.sources().count == 1)
    history.close(within: 10_000)
  }
}

import Testing

@testable import History

@Suite("The last lines in memory")
struct RecentLinesTests {
  @Test("give what the file gives, with results, once the session has a number")
  func sameAnswers() throws {
    let folder = try Folder()
    folder.session(["old"])
    let history = folder.history()
    for line in 1...100 {
      history.append("line \(line)", line: line)
      if line.isMultiple(of: 3) { history.setOutput("result \(line)", ofLine: line) }
    }
    #expect(history.recentEntries(.tail(1)) == nil)
    // Asks the file, which writes what waits.
    #expect(history.sources().count == 101)
    let all = history.entries(.range(session: 0, start: 1, stop: nil), outputs: true)
    for count in [0, 1, 3, 20] {
      #expect(history.recentEntries(.tail(count), outputs: true) == all.suffix(count))
      let bare = history.recentEntries(.tail(count))
      #expect(bare?.map(\.source) == all.suffix(count).map(\.source))
      #expect(bare?.allSatisfy { $0.output == nil } == true)
    }
    #expect(history.recentEntries(.tail(101)) == nil)
    #expect(history.recentEntries(.search("*", count: 1, unique: false)) == nil)
    history.close(within: 10_000)
  }

  @Test("are few, whatever their length")
  func bounded() {
    var recent = RecentLines()
    recent.session = 7
    func held() -> Int {
      (0...1000).last { recent.entries(.tail($0), outputs: true) != nil } ?? 0
    }
    for line in 1...1000 { recent.append(.line(line, source: "x")) }
    #expect((32...64).contains(held()))
    for line in 1001...1100 {
      recent.append(.line(line, source: String(repeating: "x", count: 1 << 13)))
      recent.append(.output(String(repeating: "y", count: 1 << 13), line: line))
    }
    #expect((1...4).contains(held()))
    recent.append(.line(1101, source: String(repeating: "x", count: 1 << 20)))
    #expect(held() == 0)
    recent.append(.line(1102, source: "short"))
    recent.append(.output("late", line: 5))
    #expect(
      recent.entries(.tail(1), outputs: true)
        == [HistoryEntry(session: 7, line: 1102, source: "short")])
  }
}

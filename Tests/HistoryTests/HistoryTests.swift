import Files
import Glibc
import Synchronization
import Testing

@testable import History

@Suite("The history")
struct HistoryTests {
  @Test("touches no file before the first line")
  func lazy() throws {
    let folder = try Folder()
    let place = "\(folder.path)/a/b/history.sqlite"
    let history = folder.history(.file(place))
    #expect(folder.names == [])
    history.append("x", line: 1)
    #expect(history.sources() == ["x"])
    for (path, mode) in [("", 0o600), ("-wal", 0o600), ("-shm", 0o600)] {
      var status = stat()
      #expect(stat(place + path, &status) == 0 && Int(status.st_mode & 0o777) == mode)
    }
    for above in ["a", "a/b"] {
      var status = stat()
      #expect(stat("\(folder.path)/\(above)", &status) == 0 && status.st_mode & 0o777 == 0o700)
    }
    history.close(within: 10_000)
    let unused = folder.history()
    unused.close(within: 10_000)
    #expect(folder.names == ["a"])
  }

  @Test("shows each line to the query that follows it, also before it is written")
  func freshness() throws {
    let history = try Folder().history()
    for line in 1...200 {
      history.append("line \(line)", line: line)
      #expect(history.entries(.tail(1)).last?.line == line)
    }
    history.close(within: 10_000)
  }

  @Test("serves jobs in turn, after the lines before them, until it is closed")
  func jobs() throws {
    let history = try Folder().history()
    let seen = Mutex<[Int]>([])
    for line in 1...50 {
      history.append("\(line)", line: line)
      #expect(
        history.perform {
          let count = history.entries(.tail(.max)).count
          seen.withLock { $0.append(count) }
        })
    }
    history.close(within: 10_000)
    let counts = seen.withLock { $0 }
    #expect(counts.count == 50)
    #expect(zip(1..., counts).allSatisfy { $0 <= $1 })
    #expect(!history.perform {})
    history.append("late", line: 51)
    #expect(history.sources().count == 50)
  }

  @Test("writes all that waits when it is closed, and notes how the session went")
  func closing() throws {
    let folder = try Folder()
    folder.session((1...5000).map { "\($0)" })
    let history = folder.history()
    #expect(history.sources() == (1...5000).map { "\($0)" })
    history.close(within: 10_000)
    let database = try Database(folder.file)
    #expect(try database.number("SELECT num_cmds FROM sessions") == 5000)
    let start = try #require(try database.text("SELECT start FROM sessions"))
    let end = try #require(try database.text("SELECT end FROM sessions"))
    #expect(start.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/) != nil)
    #expect(start <= end)
  }

  @Test("numbers sessions by their first lines, and never twice")
  func sessions() throws {
    let folder = try Folder()
    let first = folder.history()
    let second = folder.history()
    #expect(first.entries(.range(session: 0, start: 1, stop: nil)) == [])
    second.append("b", line: 1)
    #expect(second.sources() == ["b"])
    first.append("a", line: 1)
    #expect(
      first.entries(.range(session: -1, start: 1, stop: nil))
        == [HistoryEntry(session: 1, line: 1, source: "b")])
    #expect(
      first.entries(.range(session: 0, start: 1, stop: nil))
        == [HistoryEntry(session: 2, line: 1, source: "a")])
    first.close(within: 10_000)
    second.close(within: 10_000)
    let database = try Database(folder.file)
    for table in ["sessions", "history"] { try database.run("DELETE FROM \(table)") }
    folder.session(["c"])
    let third = folder.history()
    #expect(third.entries(.tail(9)).map(\.session) == [3])
    #expect(third.entries(.range(session: -1, start: 1, stop: nil)).map(\.source) == ["c"])
  }

  @Test(
    "keeps texts as they are",
    arguments: ["", "\n", "a\r\nb\n", "é", "e\u{301}", "😀", "a\0b", "'\"; DROP TABLE history; --"])
  func texts(text: String) throws {
    let folder = try Folder()
    folder.session([text])
    let history = folder.history()
    history.append("x", line: 1)
    history.setOutput(text, ofLine: 1)
    let entries = history.entries(.tail(2), outputs: true)
    #expect(entries.first.map { Array($0.source.utf8) } == Array(text.utf8))
    #expect(entries.last?.output.map { Array($0.utf8) } == Array(text.utf8))
    history.close(within: 10_000)
  }

  @Test("refuses what is too long or too much, and goes on")
  func bounds() throws {
    let folder = try Folder()
    let history = folder.history(.memory)
    history.append(String(repeating: "x", count: History.maximumText + 1), line: 1)
    #expect(folder.reports.withLock { $0.count } == 1)
    let large = String(repeating: "y", count: History.maximumText)
    let fits = History.maximumBytes / History.maximumText
    // Held up, so that nothing is written meanwhile.
    history.store.withLock { _ in
      for line in 2..<(fits + 10) { history.append(large, line: line) }
    }
    #expect(folder.reports.withLock { $0.count } == 2)
    #expect(history.sources(0).isEmpty)
    history.append("z", line: 100)
    #expect(history.sources(1).first?.count == 1)
    history.close(within: 10_000)
  }

  @Test("forgets the oldest lines past its space, and keeps the others")
  func trimming() throws {
    let database = try Database(Database.inMemory)
    try HistoryTables.prepare(database)
    let text = String(repeating: "x", count: 500)
    for session in 1...5 {
      #expect(try HistoryTables.begin(database) == session)
      for line in 1...200 {
        try HistoryTables.insert(.line(line, source: text), in: session, database)
        try HistoryTables.insert(.output("r", line: line), in: session, database)
      }
    }
    try HistoryTables.trim(to: 10 << 20, database)
    #expect(try database.number("SELECT count(*) FROM history") == 1000)
    try HistoryTables.trim(to: 400 << 10, database)
    let all = (1...5).flatMap { session in (1...200).map { [session, $0] } }
    for table in ["history", "output_history"] {
      var lines: [[Int?]] = []
      try database.run("SELECT session, line FROM \(table) ORDER BY session, line") {
        lines.append([$0.number(0), $0.number(1)])
      }
      #expect((200..<400).contains(lines.count))
      #expect(lines == all.suffix(lines.count))
      #expect(try database.number("SELECT min(session) FROM sessions") == lines.first?[0])
    }
    try HistoryTables.trim(to: 0, database)
    #expect(try database.number("SELECT count(*) FROM history") == 0)
  }
}

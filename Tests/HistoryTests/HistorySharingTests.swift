import Files
import Foundation
import Testing

@testable import History

@Suite("Histories in one file")
struct HistorySharingTests {
  /// Does something on several threads at once.
  private func together(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    DispatchQueue.concurrentPerform(iterations: count, execute: body)
  }

  @Test("are written at once, and none loses a line")
  func writers() throws {
    let folder = try Folder()
    let count = 8
    let lines = 500
    together(count) { writer in
      let history = folder.history()
      for line in 1...lines {
        history.append("\(writer) \(line)", line: line)
        history.setOutput("\(line)", ofLine: line)
        if line % 100 == 0 { #expect(history.sources(1) == ["\(writer) \(line)"]) }
      }
      history.close(within: 60_000)
    }
    #expect(folder.reports.withLock { $0 } == [])
    let entries = folder.history().entries(.tail(.max), outputs: true)
    #expect(entries.count == count * lines)
    #expect(entries.allSatisfy { $0.output == "\($0.line)" })
    for (_, session) in Dictionary(grouping: entries, by: \.session) {
      let writer = session[0].source.prefix { $0 != " " }
      #expect(session.map(\.source) == (1...lines).map { "\(writer) \($0)" })
    }
  }

  @Test("set a broken file aside once, though all meet it at once", arguments: 0..<5)
  func recovery(round: Int) throws {
    let folder = try Folder()
    try DiskFile(folder.file).replace(with: Array("this is no database ".utf8) + [0, 1, 2])
    let count = 8
    together(count) { writer in
      let history = folder.history()
      history.append("\(writer)", line: 1)
      history.close(within: 60_000)
    }
    let reports = folder.reports.withLock { $0 }
    #expect(reports.count == 1)
    #expect(folder.aside.count == 1)
    #expect(folder.history().entries(.tail(99)).count == count)
  }

  @Test("are whole in a copy that was made while one was written, as after a killed process")
  func killed() throws {
    let folder = try Folder()
    let copy = try Folder()
    let history = folder.history()
    for line in 1...2000 { history.append(String(repeating: "\(line) ", count: 50), line: line) }
    #expect(history.entries(.tail(1)).count == 1)
    for suffix in ["", "-wal", "-shm"] {
      try FileManager.default.copyItem(atPath: folder.file + suffix, toPath: copy.file + suffix)
    }
    let after = copy.history()
    #expect(after.entries(.tail(.max)) == history.entries(.tail(.max)))
    after.append("x", line: 1)
    #expect(after.entries(.tail(1)).map(\.session) == [2])
    #expect(copy.reports.withLock { $0 } == [])
    after.close(within: 10_000)
    history.close(within: 10_000)
  }

  @Test("may be IPython's file")
  func iPython() throws {
    let folder = try Folder()
    let database = try Database(folder.file)
    for statement in [
      """
      CREATE TABLE IF NOT EXISTS sessions (session integer primary key autoincrement,
        start timestamp, end timestamp, num_cmds integer, remark text)
      """,
      """
      CREATE TABLE IF NOT EXISTS history (session integer, line integer, source text,
        source_raw text, PRIMARY KEY (session, line))
      """,
      """
      CREATE TABLE IF NOT EXISTS output_history (session integer, line integer, output text,
        PRIMARY KEY (session, line))
      """,
      "INSERT INTO sessions VALUES (NULL, '2025-01-01 10:00:00.000000', NULL, NULL, '')",
      "INSERT INTO history VALUES (1, 1, 'get_ipython().system(''ls'')', '!ls')",
    ] { try database.run(statement) }
    let history = folder.history()
    history.append("x", line: 1)
    #expect(history.sources() == ["!ls", "x"])
    #expect(folder.reports.withLock { $0 } == [])
    history.close(within: 10_000)
  }
}

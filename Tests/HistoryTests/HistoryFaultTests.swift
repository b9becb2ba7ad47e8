import CSQLite
import Files
import Foundation
import Testing

@testable import History

@Suite("Faults of the history's file")
struct HistoryFaultTests {
  /// A way to break a file that had lines in it.
  enum Damage: String, CaseIterable, CustomTestStringConvertible {
    case randomBytes, text, truncated, cutHeader, emptiedPages
    case wrongTables, fewerColumns, newerSchema

    var testDescription: String { rawValue }

    func apply(to path: String) throws {
      let file = DiskFile(path)
      var bytes = try file.read()
      switch self {
      case .randomBytes:
        var generator = SystemRandomNumberGenerator()
        bytes = bytes.map { _ in UInt8.random(in: 0...255, using: &generator) }
      case .text: bytes = Array("x = 1\n".utf8)
      case .truncated: bytes.removeLast(bytes.count / 2)
      case .cutHeader: bytes = Array(bytes.prefix(50))
      case .emptiedPages:
        for index in bytes.indices.dropFirst(4096) { bytes[index] = 0xA5 }
      case .wrongTables:
        for table in ["history", "output_history"] { try sql("DROP TABLE \(table)", path) }
        return
      case .fewerColumns:
        try sql("ALTER TABLE history DROP COLUMN source_raw", path)
        return
      case .newerSchema:
        try sql("PRAGMA user_version = 2", path)
        return
      }
      try file.replace(with: bytes)
    }

    private func sql(_ text: String, _ path: String) throws {
      let database = try Database(path)
      try database.run(text)
      try database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    }
  }

  @Test("a broken file is set aside and reported in one line", arguments: Damage.allCases)
  func damage(_ damage: Damage) throws {
    let folder = try Folder()
    folder.session((1...300).map { "line \($0) " + String(repeating: "x", count: 100) })
    // All into the one file, so that there is something to break.
    try Database(folder.file).run("PRAGMA wal_checkpoint(TRUNCATE)")
    try damage.apply(to: folder.file)
    let broken = try DiskFile(folder.file).read()

    let history = folder.history()
    history.append("new", line: 1)
    #expect(history.sources() == ["new"])
    let reports = folder.reports.withLock { $0 }
    #expect(reports.count == 1)
    let report = try #require(reports.first)
    let aside = try #require(folder.aside.first)
    #expect(report.contains(aside) && !report.contains("\n"))
    #expect(try DiskFile("\(folder.path)/\(aside)").read() == broken)
    history.close(within: 10_000)
    let next = folder.history()
    #expect(next.sources() == ["new"])
    #expect(folder.reports.withLock { $0.count } == 1)
    next.close(within: 10_000)
  }

  @Test("a file that breaks while it is used is set aside too")
  func damageLater() throws {
    let folder = try Folder()
    let history = folder.history()
    for line in 1...300 { history.append(String(repeating: "\(line) ", count: 50), line: line) }
    #expect(history.sources().count == 300)
    try Database(folder.file).run("PRAGMA wal_checkpoint(TRUNCATE)")
    let file = try #require(FileHandle(forUpdatingAtPath: folder.file))
    try file.seek(toOffset: 4096)
    try file.write(contentsOf: Data(repeating: 0xA5, count: 40_960))
    try file.close()
    history.append("new", line: 301)
    #expect(history.sources().last == "new")
    #expect(folder.reports.withLock { $0.count } == 1)
    #expect(folder.aside.count == 1)
    history.close(within: 10_000)
  }

  @Test("a second broken file in the same second does not replace the first")
  func twice() throws {
    let folder = try Folder()
    for round in 1...3 {
      // The log has all that was written so far, and would mend the file.
      for suffix in ["-wal", "-shm"] { unlink(folder.file + suffix) }
      try DiskFile(folder.file).replace(with: Array("broken \(round)".utf8))
      folder.session(["x"])
      #expect(folder.aside.count == round)
    }
  }

  @Test(
    "a place that cannot be used leaves the history in memory, with one line",
    arguments: ["is/a/folder", "file/below", "/proc/none/history.sqlite", "/dev/null"])
  func places(place: String) throws {
    let folder = try Folder()
    try DiskFile.makeFolder("\(folder.path)/is/a/folder")
    try DiskFile("\(folder.path)/file").replace(with: [])
    let path = place.hasPrefix("/") ? place : "\(folder.path)/\(place)"
    let before = folder.names
    let history = folder.history(.file(path))
    for line in 1...3 {
      history.append("\(line)", line: line)
      #expect(history.sources().count == line)
    }
    history.close(within: 10_000)
    let reports = folder.reports.withLock { $0 }
    #expect(reports.count == 1)
    #expect(reports.allSatisfy { $0.contains(path) && $0.contains("memory") })
    #expect(folder.names == before)
  }

  @Test(
    "trouble of other kinds while it is used leaves the history in memory",
    arguments: [SQLITE_FULL, SQLITE_READONLY, SQLITE_IOERR, SQLITE_BUSY])
  func trouble(code: Int32) throws {
    let folder = try Folder()
    var store = folder.store()
    store.write([.line(1, source: "before"), .output("7", line: 1)])
    var isFirst = true
    let value = store.perform { (_, _) throws(HistoryFault) in
      defer { isFirst = false }
      if isFirst { throw HistoryFault(code: code) }
      return 7
    }
    #expect(value == 7)
    store.write([.line(2, source: "after")])
    // The lines of this session are taken along.
    let found = store.find(.range(session: 0, start: 1, stop: nil), outputs: true)
    #expect(found.map(\.source) == ["before", "after"])
    #expect(found.map(\.output) == ["7", nil])
    #expect(Set(found.map(\.session)).count == 1)
    #expect(folder.reports.withLock { $0.count } == 1)
    #expect(folder.names.contains("history.sqlite"))
  }

  @Test("another who keeps the folder locked is not waited for without end")
  func lockedFolder() throws {
    let folder = try Folder()
    let lock = try FolderLock(folder.path, milliseconds: 0)
    let fault = #expect(throws: HistoryFault.self) {
      try HistoryFile(folder.file).open(patience: 50)
    }
    withExtendedLifetime(lock) {}
    #expect(fault?.isDamage == false)
    #expect(folder.names == [])
  }
}

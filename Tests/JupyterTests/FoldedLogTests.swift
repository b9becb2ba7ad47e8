import Logging
import Synchronization
import TestSupport
import Testing

@testable import JupyterKernel

@Suite("The log of floods")
struct FoldedLogTests {
  let recorder = LogRecorder()

  private func log(_ level: Logger.Level = .debug) -> FoldedLog {
    var logger = recorder.logger
    logger.logLevel = level
    return FoldedLog(logger)
  }

  @Test("tells the first of a kind, and the number of the others when the burst is over")
  func folding() throws {
    let log = log()
    for index in 0..<12_345 { log.log(.warning, "dropped", "reason \(index)") }
    log.log(.notice, "refused", "other")
    var lines = recorder.lines.withLock { $0 }
    #expect(lines.count == FoldedLog.lines + 1)
    #expect(lines.first == "warning: dropped: reason 0")
    #expect(lines.last == "notice: refused: other")
    let left = try #require(log.summarise())
    #expect(left > 0 && left <= 2001)
    while log.summarise() != nil { Wakeup.wait(forOneOf: [], milliseconds: 20) }
    lines = recorder.lines.withLock { $0 }
    #expect(lines.last == "warning: dropped: … and 12,340 more")
    // Nothing is due any more, and the next burst is told anew.
    #expect(log.summarise() == nil)
    log.log(.warning, "dropped", "again")
    #expect(recorder.lines.withLock { $0.last } == "warning: dropped: again")
  }

  @Test("tells a flood that goes on ever more seldom, and one after a silence anew")
  func endless() {
    let time = Atomic<Int64>(0)
    let log = FoldedLog(recorder.logger) { time.load(ordering: .relaxed) }
    /// A line each tenth of a second.
    func flood(seconds: Int) {
      for _ in 0..<(10 * seconds) {
        log.log(.warning, "failed", "wrong key")
        time.add(100_000_000, ordering: .relaxed)
        _ = log.summarise()
      }
    }
    func told() -> [String] { recorder.lines.withLock { $0 } }
    flood(seconds: 3600)
    // Bursts of 2, 4, 8, 16 and 32 seconds, and from then on of 64: a line and a number each.
    let bursts = 5 + (3600 - 62 + 63) / 64
    #expect(
      told().filter { $0 == "warning: failed: wrong key" }.count == FoldedLog.lines + bursts - 1)
    let numbers = told().filter { $0.hasSuffix(" more") }
    #expect(numbers.count == bursts - 1)
    #expect(
      numbers.prefix(2) == ["warning: failed: … and 15 more", "warning: failed: … and 39 more"])
    time.add(200_000_000_000, ordering: .relaxed)
    let before = told().count
    flood(seconds: 1)
    #expect(
      told().suffix(from: before).filter { $0.hasSuffix("wrong key") }.count == FoldedLog.lines)
  }

  @Test("makes no text of what its level leaves out")
  func levels() {
    var isMade = false
    log(.warning).log(
      .notice, "refused",
      {
        isMade = true
        return ""
      }())
    #expect(!isMade)
    #expect(recorder.text.isEmpty)
  }
}

import Logging
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

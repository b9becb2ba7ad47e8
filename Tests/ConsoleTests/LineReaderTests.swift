import Testing

@testable import Console

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Reading keys")
struct LineReaderTests {
  /// The ends of a pipe.
  private func pipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(Glibc.pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  @Test("who forgets interrupts forgets no signal and no news")
  func keepsSignals() throws {
    let ends = try pipe()
    let reader = LineReader(descriptor: ends.reading)
    reader.wake(UInt8(SIGTERM))
    reader.interrupt()
    reader.wake(LineReader.news)
    let wasInterrupted = reader.takeInterrupts()
    #expect(wasInterrupted)
    #expect(reader.nextByte() == .told(UInt8(SIGTERM)))
    #expect(reader.nextByte() == .told(LineReader.news))
    close(ends.writing)
    #expect(reader.nextByte() == .end)
    close(ends.reading)
  }

  @Test("an interrupt that a wait hears leaves signals for the next one")
  func hearsBoth() throws {
    let ends = try pipe()
    let reader = LineReader(descriptor: ends.reading)
    reader.interrupt()
    reader.wake(UInt8(SIGHUP))
    reader.interrupt()
    #expect(reader.nextByte() == .interrupted)
    #expect(reader.nextByte() == .told(UInt8(SIGHUP)))
    #expect(reader.waitingEvent() == nil)
    close(ends.writing)
    close(ends.reading)
  }

  @Test("signals that are taken leave interrupts and news")
  func takesSignals() throws {
    let ends = try pipe()
    let reader = LineReader(descriptor: ends.reading)
    for reason in [LineReader.news, UInt8(SIGTSTP), 0, UInt8(SIGTERM)] { reader.wake(reason) }
    #expect(reader.takeSignals() == [SIGTSTP, SIGTERM])
    #expect(reader.takeSignals().isEmpty)
    #expect(reader.nextByte() == .interrupted)
    #expect(reader.nextByte() == .told(LineReader.news))
    close(ends.writing)
    close(ends.reading)
  }
}

import Interpreter
import Testing

@Suite("What a cell shows is bounded")
struct OutputLimitTests {
  @Test func `text is kept up to the limit, and the cell ends with an error`() async {
    let session = Cells(output: 10_000)
    let ran = await session.run("for i in range(10 ** 9): print('0123456789')")
    #expect(ran.errorName == "OutputError")
    #expect(ran.errorMessage == "this cell shows more than 9.8 KiB; what follows is cut")
    #expect(ran.output.stdout.utf8.count == 10_000)
    #expect(ran.output.stdout.hasPrefix("0123456789\n0123456789\n"))
    #expect(await session.run("print(i)").output.stdout == "909\n")
  }

  @Test func `one text that is too long is cut, not lost`() async {
    let session = Cells(output: 1_000)
    let ran = await session.run("print('é' * 5000)\nprint('not reached')")
    #expect(ran.errorName == "OutputError")
    #expect(ran.output.stdout == String(repeating: "é", count: 500))
  }

  @Test func `displays count, and what is cleared or replaced does not`() async {
    let session = Cells(output: 10_000)
    let flood = await session.run("for i in range(100): display(HTML('x' * 1000))")
    #expect(flood.errorName == "OutputError")
    let cleared = await session.run(
      "for i in range(100):\n    clear_output()\n    display(HTML('x' * 1000))")
    #expect(cleared.outcome.error == nil)
    let replaced = await session.run(
      "h = display(HTML('x'), display_id='a')\n"
        + "for i in range(100): update_display(HTML('x' * 1000), 'a')")
    #expect(replaced.outcome.error == nil)
    let tooLarge = await session.run("update_display(HTML('x' * 20000), 'a')")
    #expect(tooLarge.errorName == "OutputError")
  }

  @Test func `a handler of the error goes on in silence`() async {
    let session = Cells(output: 100)
    let ran = await session.run(
      "try:\n    while True: print('line')\nexcept RuntimeError as e:\n    kept = str(e)")
    #expect(ran.outcome.error == nil)
    #expect(ran.output.stdout.utf8.count == 100)
    #expect(await session.run("print(kept[:15])").output.stdout == "this cell shows\n")
  }

  @Test func `a message of an error is cut in its middle`() async throws {
    let session = Cells()
    let long = await session.run("raise ValueError('é' * 1_000_000 + 'end')")
    let message = try #require(long.outcome.error?.message)
    #expect(message.utf8.count < 1 << 17)
    #expect(message.hasPrefix("éé") && message.hasSuffix("éend"))
    #expect(message.contains("… 983619 characters are not shown …"))
    #expect(long.outcome.error?.traceback.joined().utf8.count ?? .max < 1 << 18)
    let short = await session.run("raise ValueError('x' * 60_000)")
    #expect(short.outcome.error?.message == String(repeating: "x", count: 60_000))
  }
}

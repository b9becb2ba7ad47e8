import Console
import EngineInterface
import Files
import Foundation
import JSON
import Notebook
import Testing

@testable import nabla

@Suite struct ConsoleTests {
  @Test(
    "colours go to terminals that want them",
    arguments: [
      (true, ["TERM": "xterm"], true), (false, ["TERM": "xterm"], false), (true, [:], false),
      (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm", "NO_COLOR": "1"], false),
      (true, ["TERM": "xterm", "NO_COLOR": ""], true), (false, ["FORCE_COLOR": "1"], true),
      (false, ["FORCE_COLOR": "1", "NO_COLOR": "1"], false), (false, ["FORCE_COLOR": "0"], false),
    ] as [(Bool, [String: String], Bool)])
  func colors(isTerminal: Bool, environment: [String: String], expected: Bool) {
    #expect(Terminal.allowsColors(isTerminal: isTerminal) { environment[$0] } == expected)
  }

  @Test("a terminal tells how many colours it has")
  func colorDepth() {
    func colors(_ environment: [String: String]) -> TextPage.Colors {
      Terminal.colors(isTerminal: true) { environment[$0] }
    }
    #expect(colors(["TERM": "xterm"]) == .basic)
    #expect(colors(["TERM": "xterm-256color"]) == .indexed)
    #expect(colors(["TERM": "xterm-256color", "COLORTERM": "truecolor"]) == .full)
    #expect(colors(["TERM": "screen", "COLORTERM": "24bit"]) == .full)
    #expect(colors(["TERM": "xterm-direct"]) == .full)
    #expect(colors(["TERM": "dumb", "COLORTERM": "truecolor"]) == .none)
    #expect(colors(["TERM": "xterm-256color", "NO_COLOR": "1"]) == .none)
  }

  @Test("signs beyond ASCII go to locales of UTF-8, the first variable that is set deciding")
  func locale() {
    func isUnicode(_ environment: [String: String]) -> Bool {
      Terminal.isUnicode { environment[$0] }
    }
    #expect(isUnicode(["LANG": "de_DE.UTF-8"]) && isUnicode(["LC_ALL": "C.utf8", "LANG": "C"]))
    #expect(!isUnicode(["LANG": "de_DE"]) && !isUnicode(["LC_ALL": "C", "LANG": "C.UTF-8"]))
    #expect(!isUnicode(["LC_CTYPE": "POSIX", "LC_ALL": ""]))
    #expect(isUnicode([:]) && isUnicode(["LANG": ""]))
  }

  @Test(
    "control sequences are taken out of plain text",
    arguments: [
      ("plain", "plain"), ("\u{1B}[31mred\u{1B}[0m", "red"), ("a\u{1B}[1;38;5;196mb", "ab"),
      ("\u{1B}]8;;http://x\u{07}link\u{1B}]8;;\u{1B}\\!", "link!"), ("end\u{1B}", "end"),
      ("end\u{1B}[3", "end"), ("é\u{1B}[K가", "é가"),
    ])
  func plain(text: String, expected: String) {
    #expect(Terminal.plain(text) == expected)
  }

  /// What `body` writes to a file that stands for both streams.
  private func written(_ body: (Terminal) throws -> Void) throws -> String {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("nabla-\(UUID().uuidString)").path
    try DiskFile(path).replace(with: [])
    defer { try? FileManager.default.removeItem(atPath: path) }
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try body(Terminal(descriptor: handle.fileDescriptor, isTerminal: false))
    return String(decoding: try DiskFile(path).read(), as: UTF8.self)
  }

  @Test("displays start on a line of their own, and updates show at the end")
  func sink() throws {
    let text = try written { terminal in
      let sink = TerminalSink(output: terminal, errors: terminal)
      sink.write("no line end", to: .stdout)
      sink.display(MIMEBundle(plain: "\u{1B}[32mtable\u{1B}[0m"), id: "t")
      sink.updateDisplay(MIMEBundle(plain: "second"), id: "t")
      sink.updateDisplay(MIMEBundle(plain: "third"), id: "t")
      sink.display(MIMEBundle(data: ["image/png": "AA"]), id: nil)
      sink.write("again", to: .stdout)
      sink.finish(
        ExecutionOutcome(
          error: ErrorReport(name: "E", message: "m", traceback: ["E: m", "  here"]),
          payloads: [.page(MIMEBundle(plain: "help\n"))]))
      #expect(throws: InputFailure.unavailable) { try sink.input(prompt: "?", password: false) }
    }
    #expect(
      text == "no line end\ntable\n<image/png>\nagain\nthird\nhelp\nE: m\n  here\n")
  }

  @Test("lines come whole, also the last without its end")
  func lines() throws {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data("one\ntwo\r\n\nlast".utf8))
    try pipe.fileHandleForWriting.close()
    let reader = LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor)
    #expect(
      (0..<6).map { _ in reader.next() } == [
        .line("one"), .line("two"), .line(""), .line("last"), .end, .end,
      ])
  }

  @Test("a wait for a line can be interrupted, and what was typed before is dropped")
  func interruption() throws {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data("half".utf8))
    let reader = LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor)
    reader.interrupt()
    #expect(reader.next() == .interrupted)
    reader.interrupt()
    reader.forgetInterrupts()
    pipe.fileHandleForWriting.write(Data("\nwhole\n".utf8))
    _ = reader.next()
    #expect(reader.next() == .line("whole"))
  }

  @Test("a large stack is large, and gives the result")
  func largeStack() {
    @Sendable func depth(_ level: Int) -> Int {
      var filler = (level, level, level, level, level, level, level, level)
      return level == 0 ? 0 : withUnsafeBytes(of: &filler) { _ in depth(level - 1) + 1 }
    }
    #expect(LargeStack.run { depth(200_000) } == 200_000)
  }
}

import Foundation
import Testing

@testable import nabla

@Suite struct ProgramCallTests {
  /// A command line and what it is taken for.
  struct Sample: CustomTestStringConvertible {
    var words: [String]
    var code: ProgramCall.Code
    var arguments: [String] = []
    var tables = false

    var testDescription: String { words.joined(separator: " ") }
  }

  @Test(
    "a command line without a command names a script, code, a pipe or the prompt",
    arguments: [
      Sample(words: [], code: .input(isNamed: false)),
      Sample(words: ["-"], code: .input(isNamed: true)),
      Sample(words: ["-", "a"], code: .input(isNamed: true), arguments: ["a"]),
      Sample(words: ["-c", "1"], code: .text("1")),
      Sample(words: ["-c", "-c", "--help"], code: .text("-c"), arguments: ["--help"]),
      Sample(words: ["a.nabla"], code: .file("a.nabla")),
      Sample(
        words: ["a.nabla", "--tables", "-c", "run"], code: .file("a.nabla"),
        arguments: ["--tables", "-c", "run"]),
      Sample(
        words: ["--tables", "./run", "x"], code: .file("./run"), arguments: ["x"], tables: true),
      Sample(words: ["--", "-odd.nabla"], code: .file("-odd.nabla")),
      Sample(words: ["--max-memory", "1G"], code: .input(isNamed: false)),
      Sample(
        words: ["--max-memory=1G", "--tables", "--tape-memory", "8", "-c", "x"], code: .text("x"),
        tables: true),
    ])
  func forms(_ sample: Sample) throws {
    let call = try #require(try ProgramCall(sample.words))
    #expect(call.code == sample.code)
    #expect(call.arguments == sample.arguments)
    #expect((call.options?.tables ?? false) == sample.tables)
  }

  @Test("the engine's options before a script are those that commands take")
  func engineOptions() throws {
    let words = EngineOptions.names.flatMap { [$0, "67108864"] }
    let options = try #require(try ProgramCall(words + ["a.nabla"])?.options?.engineOptions)
    #expect(options.maxMemory?.bytes == 64 << 20)
    #expect(options.maxOutput?.bytes == 64 << 20)
    #expect(options.tapeMemory == 64 << 20)
    // Another process of this program is told each of them by the same names.
    #expect(options.arguments.filter { $0.hasPrefix("--") } == EngineOptions.names)
  }

  @Test(
    "commands and questions are left to the parser",
    arguments: [
      ["run", "a.ipynb"], ["kernel"], ["worker"], ["help"], ["--help"], ["-h"], ["--version"],
      ["--bogus", "a.nabla"],
    ])
  func others(words: [String]) throws {
    #expect(try ProgramCall(words) == nil)
  }

  @Test(
    "what can be no script is told, with a mend",
    arguments: [
      (["rnu"], "there is no command and no file 'rnu'; did you mean nabla run?"),
      (["bogus"], "there is no command and no file 'bogus'; nabla --help lists the commands"),
      (["worke"], "there is no command and no file 'worke'; nabla --help lists the commands"),
      (["-c"], "-c takes the code to run: nabla -c 'print(6 * 7)'"),
      (["/"], "/ is a folder; nabla run / runs the notebooks in it"),
      (["a/tour.ipynb", "x"], "a/tour.ipynb is a notebook; nabla run a/tour.ipynb runs it"),
      (["--tables", "run"], "--tables before run: a command's options stand behind it"),
    ])
  func mistakes(words: [String], sentence: String) {
    let failure = #expect(throws: CommandFailure.self) { try ProgramCall(words) }
    #expect(failure?.description == sentence)
    #expect(failure?.code == 2)
  }
}

import ArgumentParser
import Console
import EngineInterface
import Files
import Notebook
import Syntax

/// A command line without a command: a file to run, code, a pipe, or the prompt.
///
///     nabla [--tables] [engine options] [FILE | -c CODE | -] [argument …]
struct ProgramCall {
  enum Code: Equatable {
    case file(String)
    case text(String)
    /// The standard input; a terminal gets the prompt instead.
    case input(isNamed: Bool)
  }

  let code: Code
  /// What follows the code on the command line, for its `argv`.
  let arguments: [String]
  /// Nil without any: the parser of command lines takes a millisecond or two.
  let options: ProgramOptions?

  /// Takes the words behind the program's name; nil where they are a command, or ask for help.
  ///
  /// Throws: a word that is neither a command nor a file; a file that is no script.
  init?(_ words: [String]) throws {
    var rest = words[...]
    let given = ProgramOptions.take(from: &rest)
    switch rest.first {
    case nil: code = .input(isNamed: false)
    case "-": code = .input(isNamed: true)
    case "-c":
      guard rest.count > 1 else {
        throw CommandFailure(description: "-c takes the code to run: nabla -c 'print(6 * 7)'")
      }
      rest.removeFirst()
      code = .text(rest[rest.startIndex])
    case "--" where rest.count > 1:
      rest.removeFirst()
      code = .file(try Self.script(rest[rest.startIndex]))
    case .some(let word):
      if word.hasPrefix("-") { return nil }
      if Self.commands.contains(where: { $0.name == word }) {
        guard let option = given.first else { return nil }
        throw CommandFailure(
          description: "\(option) before \(word): a command's options stand behind it")
      }
      code = .file(try Self.script(word))
    }
    arguments = Array(rest.dropFirst())
    options = given.isEmpty ? nil : try ProgramOptions.parse(given)
  }

  private static var commands: [(name: String, isListed: Bool)] {
    NablaCommand.configuration.subcommands.map {
      ($0._commandName, $0.configuration.shouldDisplay)
    } + [("help", true)]
  }

  /// Throws where a script is wanted and a notebook is named, whose text is no code.
  static func refuseNotebook(_ path: String) throws(CommandFailure) {
    if path.hasSuffix(".ipynb") {
      throw CommandFailure(description: "\(path) is a notebook; nabla run \(path) runs it")
    }
  }

  /// The path of a script.
  private static func script(_ path: String) throws(CommandFailure) -> String {
    let file = DiskFile(path)
    if file.isFolder {
      throw CommandFailure(
        description: "\(path) is a folder; nabla run \(path) runs the notebooks in it")
    }
    try refuseNotebook(path)
    if file.exists || path.contains("/") || path.hasSuffix(".nabla") { return path }
    let hint =
      nearest(to: path, among: commands.filter(\.isListed).map(\.name)).map {
        "; did you mean nabla \($0)?"
      }
      ?? "; nabla --help lists the commands"
    throw CommandFailure(description: "there is no command and no file '\(path)'\(hint)")
  }

  /// Runs it and returns the exit code.
  func run() throws -> Int32 {
    switch code {
    case .input(isNamed: false) where Terminal.input.isTerminal:
      return try Prompt.start(makeEngine())
    case .input:
      return try start(Self.inputText(), "<stdin>", word: "-", input: nil)
    case .text(let text): return try start(text, "<command>", word: "-c", input: LineReader())
    case .file(let path):
      let request = ExecutionRequest(
        code: try Self.text(of: path), allowsInput: true, file: path,
        arguments: [path] + arguments, showsTables: options?.tables ?? false)
      return try start(request, input: LineReader())
    }
  }

  /// Runs code that has no file as a cell, which shows its table and its result.
  private func start(
    _ text: String, _ title: String, word: String, input: LineReader?
  ) throws -> Int32 {
    try start(
      ExecutionRequest(
        code: text, allowsInput: input != nil, title: title, arguments: [word] + arguments),
      input: input)
  }

  private func start(_ request: ExecutionRequest, input: LineReader?) throws -> Int32 {
    let program = Program(engine: try makeEngine(), reader: input)
    Interrupts.watch { program.interrupt() }
    return LargeStack.run { program.run(request) }
  }

  private func makeEngine() throws(CommandFailure) -> any Engine {
    if let options { return try options.engineOptions.makeEngine(boundsOutput: false) }
    return try nabla.makeEngine(boundsOutput: false)
  }

  /// The text of a file; throws where it cannot be read or is not UTF-8.
  static func text(of path: String) throws(CommandFailure) -> String {
    try text(path) { () throws(DiskFile.Failure) in try DiskFile(path).read() }
  }

  /// The text of the standard input.
  static func inputText() throws(CommandFailure) -> String {
    try text("the standard input", DiskFile.readInput)
  }

  private static func text(
    _ name: String, _ read: () throws(DiskFile.Failure) -> [UInt8]
  ) throws(CommandFailure) -> String {
    let bytes: [UInt8]
    do throws(DiskFile.Failure) {
      bytes = try read()
    } catch {
      throw CommandFailure(description: error.description)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(description: "\(name) is not UTF-8 text")
    }
    return text
  }
}

/// What may stand before the code.
struct ProgramOptions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nabla", usage: "nabla [--tables] [<engine options>] <file> [<argument> ...]")

  @Flag(help: "Show the tables of a script's tensors, as a cell does.")
  var tables = false

  @OptionGroup(title: "Engine") var engineOptions: EngineOptions

  /// The options that words begin with, which are taken from them.
  static func take(from words: inout ArraySlice<String>) -> [String] {
    var options: [String] = []
    while let word = words.first {
      let name = word.prefix { $0 != "=" }
      if word == "--tables" {
        options.append(words.removeFirst())
      } else if EngineOptions.names.contains(String(name)) {
        options.append(words.removeFirst())
        if name.count == word.count, let value = words.popFirst() { options.append(value) }
      } else {
        break
      }
    }
    return options
  }
}

import ArgumentParser
import Console
import EngineInterface
import Files
import History

/// `nabla repl`: reads, evaluates, shows.
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract: "Type code and see what it gives.",
    discussion: """
      A block ends with an empty line. Tab completes, Up calls back earlier lines that begin with \
      what is typed, Ctrl-R searches them, name? tells what a name is. Ctrl-C stops the running \
      code or drops the line, Ctrl-D leaves. Pasted lines are one input. Other keys are those of \
      Emacs; ~/.editrc can choose others, as `bind -v` those of vi.

      `nabla` alone is the same. Input from a pipe is run as a whole, without banner and prompts:

        nabla repl --load model.nabla
        echo 'x = 3; y = x * x; backward(y)' | nabla
      """)

  @Option(
    help: ArgumentHelp(
      "Run a script first; its names are there at the prompt.", valueName: "file"))
  var load: String?

  @Option(
    help: ArgumentHelp(
      """
      The file that keeps the lines that were typed; 'off' keeps them in memory only. Without it \
      NABLA_HISTORY names the file, or it is nabla/history.sqlite in the user's data folder.
      """, valueName: "file"),
    transform: { HistoryPlace(named: $0) })
  var history: HistoryPlace?

  @OptionGroup var engineOptions: EngineOptions

  func run() throws {
    throw ExitCode(
      try Prompt.start(
        try engineOptions.makeEngine(boundsOutput: false), load: load,
        history: history ?? .standard()))
  }
}

/// The prompt, or what comes from a pipe in its place.
enum Prompt {
  /// Runs until the input ends; returns the exit code.
  ///
  /// An error in the script that is loaded does not keep the prompt away; a pipe is then not read.
  static func start(
    _ engine: any Engine, load path: String? = nil, history: HistoryPlace = .standard()
  ) throws -> Int32 {
    let script = try path.map { path throws(CommandFailure) in
      try ProgramCall.refuseNotebook(path)
      return ExecutionRequest(
        code: try ProgramCall.text(of: path), allowsInput: true, file: path, showsTables: false)
    }
    if Terminal.input.isTerminal {
      let repl = REPL(engine: engine, history: history)
      Interrupts.watch { repl.interrupt() }
      return LargeStack.run { repl.run(loading: script) }
    }
    let source = try ProgramCall.inputText()
    let program = Program(engine: engine, reader: nil)
    Interrupts.watch { program.interrupt() }
    let requests = [script, ExecutionRequest(code: source, title: "<stdin>")].compactMap(\.self)
    return LargeStack.run {
      for request in requests {
        let code = program.run(request)
        if code != 0 { return code }
      }
      return 0
    }
  }
}

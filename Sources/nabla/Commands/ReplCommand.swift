import ArgumentParser
import Console
import History

/// `nabla repl`: reads, evaluates, shows.
struct ReplCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract: "Type code and see what it gives.",
    discussion: """
      A block ends with an empty line. Ctrl-C stops the running code or drops the line, Ctrl-D \
      leaves. Input from a pipe is run as a whole, without banner and prompts:

        echo 'x = 3; y = x * x; backward(y)' | nabla repl
      """)

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
    let repl = REPL(
      engine: try engineOptions.makeEngine(boundsOutput: false), history: history ?? .standard())
    Interrupts.watch { repl.interrupt() }
    throw ExitCode(LargeStack.run { repl.run() })
  }
}

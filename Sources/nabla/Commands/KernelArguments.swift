import ArgumentParser
import Console
import History
import JupyterKernel
import Logging

/// `nabla kernel`: what Jupyter starts.
struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel",
    abstract: "Serve Jupyter clients; Jupyter itself starts this.",
    discussion: """
      Reads the connection file that the client wrote, or the registration file of a launcher that \
      lets the kernel choose its ports; serves the five channels, and ends when a client shuts the \
      kernel down. `nabla install` makes Jupyter call this.

      Without a file the kernel chooses free ports, writes a connection file into Jupyter's runtime \
      folder, where only you can read it, says how to connect, and removes the file at its end.

        nabla kernel
        nabla kernel -f connection.json --log-level info
      """)

  @Option(
    name: [.customShort("f"), .customLong("connection-file")],
    help: ArgumentHelp("The connection file or registration file.", valueName: "file"))
  var connectionFile: String?

  @Option(
    help: ArgumentHelp(
      "What is logged on stderr: trace, debug, info, warning, error or critical.",
      valueName: "level"),
    transform: { name in
      guard let level = Logger.Level(rawValue: name) else {
        throw ValidationError("there is no log level '\(name)'")
      }
      return level
    })
  var logLevel: Logger.Level = .warning

  @Option(
    help: ArgumentHelp(
      """
      The file that keeps the cells that ran; 'off' keeps them in memory only. Without it \
      NABLA_HISTORY names the file, or it is nabla/history.sqlite in the user's data folder.
      """, valueName: "file"),
    transform: { HistoryPlace(named: $0) })
  var history: HistoryPlace?

  @OptionGroup var engineOptions: EngineOptions

  /// What clients hand down that is meant for kernels of other kinds.
  ///
  /// `jupyter run FILE` gives its files to the kernel too, `jupyter console` its own options.
  @Argument(parsing: .allUnrecognized, help: .hidden)
  var ignored: [String] = []

  func validate() throws {
    if connectionFile == nil, let unknown = ignored.first {
      throw ValidationError("unknown argument '\(unknown)'")
    }
  }

  func run() throws {
    if !ignored.isEmpty {
      let log = StandardErrorLog(level: logLevel)
      Logger(label: "kernel") { _ in log }.notice(
        "ignored what is not for this kernel: \(ignored.joined(separator: " "))")
    }
    throw ExitCode(
      runKernel(
        connectionFile: connectionFile, engine: try engineOptions.makeEngine(),
        history: history ?? .standard(), logLevel: logLevel))
  }

  /// Runs the kernel where the arguments are the ones that Jupyter gives; nil for all others.
  ///
  /// Each start of a kernel comes this way, and the parser of command lines takes a millisecond or
  /// two to describe all commands to itself.
  static func runDirectly(_ arguments: [String]) throws -> Int32? {
    guard arguments.count == 4, arguments[1] == "kernel", arguments[2] == "-f" else { return nil }
    return runKernel(connectionFile: arguments[3], engine: try makeEngine())
  }
}

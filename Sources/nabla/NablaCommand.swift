import ArgumentParser
import Console

/// The version of all that is here.
let nablaVersion = "0.1.0"

/// The root of the commands.
struct NablaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nabla",
    abstract: "Notebooks for backpropagation: type a forward pass, see every gradient.",
    discussion: """
      Nabla is a small language that reads like the NumPy that backpropagation is taught in. Every \
      value remembers how it was computed, and each cell returns a table of values and gradients.

      First steps:
        nabla install                      add the kernel to Jupyter
        nabla run tour.ipynb               run a notebook and see its tables
        nabla run --in-place tour.ipynb    run it and keep its outputs
        nabla check notebooks/             do notebooks still give what they have stored?
        nabla repl                         type code, see results
      """,
    version: nablaVersion,
    subcommands: [
      RunCommand.self, CheckCommand.self, ReplCommand.self, InstallCommand.self,
      UninstallCommand.self, GatesCommand.self, KernelCommand.self, WorkerCommand.self,
    ])

  /// Runs the command line and returns the exit code.
  ///
  /// A wrong command line gives 2, as it does in the shell's own tools; the parser would give 64.
  static func start(_ arguments: [String]) -> Int32 {
    do {
      if let code = try KernelCommand.runDirectly(arguments) { return code }
      if arguments == WorkerCommand.plainArguments { try WorkerCommand.serve(makeEngine()) }
      var command = try parseAsRoot(CommandWords.normalized(Array(arguments.dropFirst())))
      try command.run()
      return 0
    } catch let failure as CommandFailure {
      Terminal.error.write("nabla: \(failure.description)\n")
      return failure.code
    } catch {
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty {
        (code.isSuccess ? Terminal.output : Terminal.error).write(message + "\n")
      }
      return code == .validationFailure ? 2 : code.rawValue
    }
  }
}

/// Why a command did not do what it was asked for, in one line, with its exit code.
struct CommandFailure: Error, CustomStringConvertible {
  var description: String
  var code: Int32 = 2
}

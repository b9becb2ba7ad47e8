import ArgumentParser
import Console

/// The version of all that is here.
let nablaVersion = "0.1.0"

/// The root of the commands.
struct NablaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nabla",
    abstract: "Notebooks for backpropagation: type a forward pass, see every gradient.",
    usage: """
      nabla [<file> | -c <code> | -] [<argument> ...]
      nabla <command> [<option> ...] [<argument> ...]
      """,
    discussion: """
      Nabla is a small language that reads like the NumPy that backpropagation is taught in. Every \
      value remembers how it was computed, and each cell returns a table of values and gradients.

      First steps:
        nabla install                      add the kernel to Jupyter
        nabla doctor                       see whether Jupyter can use it
        nabla run tour.ipynb               run a notebook and see its tables
        nabla run --in-place tour.ipynb    run it and keep its outputs
        nabla check notebooks/             run again, compare with what is stored
        nabla                              type code, see results
        nabla model.nabla data.csv         run a script; its argv has the arguments
        nabla -c 'x = 3; y = x*x; backward(y)'
        echo 'grad(sin)(0)' | nabla        run what comes from a pipe

      A script shows what it prints, and with --tables before its name the tables of its tensors \
      too; code and pipes show their table and their result. A first line #!/usr/bin/env nabla \
      makes a script a command. Before the script may also stand --max-memory, --max-output and \
      --tape-memory, as nabla repl --help explains them. Exit codes: 0 all well, 1 an error in \
      the code, 2 wrong usage or a file that cannot be read, 130 interrupted.
      """,
    version: nablaVersion,
    subcommands: [
      RunCommand.self, CheckCommand.self, ReplCommand.self, InstallCommand.self,
      UninstallCommand.self, DoctorCommand.self, GatesCommand.self, KernelCommand.self,
      WorkerCommand.self,
    ])

  /// Throws where help is asked for a command that is none, which the parser answers with all of them.
  private static func refuseHelp(for arguments: [String]) throws(CommandFailure) {
    guard arguments.count > 2, arguments[1] == "help", !arguments[2].hasPrefix("-") else { return }
    let names = configuration.subcommands.map { $0._commandName } + ["help"]
    if !names.contains(arguments[2]) {
      throw CommandFailure(
        description: "there is no command '\(arguments[2])'; nabla --help lists the commands")
    }
  }

  /// Runs the command line and returns the exit code.
  ///
  /// A wrong command line gives 2, as it does in the shell's own tools; the parser would give 64.
  static func start(_ arguments: [String]) -> Int32 {
    do {
      if let code = try KernelCommand.runDirectly(arguments) { return code }
      if arguments == WorkerCommand.plainArguments { try WorkerCommand.serve(makeEngine()) }
      if let program = try ProgramCall(Array(arguments.dropFirst())) { return try program.run() }
      try refuseHelp(for: arguments)
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

import ArgumentParser
import Console
import Files
import Notebook

import enum Syntax.Keyword

/// `nabla run`: runs notebooks and scripts without Jupyter.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run notebooks and scripts here, without Jupyter.",
    usage: "nabla run [<options>] <file> ...",
    discussion: """
      A single file shows what each of its cells gives; of several, each gets one line. A folder \
      stands for the notebooks in it and below it. Each file has a session of its own, from its \
      first cell on. A notebook runs in its own folder, a script in the current one.

      A notebook stays as it is unless its outputs are to be kept. It is then replaced whole or \
      not at all, and differs only where its outputs differ.

        nabla run tour.ipynb             show every cell and its table
        nabla run --in-place notebooks/  run them all and keep the outputs
        nabla run circuit.nabla          run a script; - reads it from a pipe
        nabla run -p steps 10 --output out/ training.ipynb
        nabla run --jobs 4 --timeout 60s --junit results.xml notebooks/

      A cell with the tag skip-execution is passed; one with raises-exception may fail. Cells are \
      counted by their place among all cells of the notebook, from 1.

      Exit codes: 0 all well, 1 a cell failed, 2 wrong usage or a file that cannot be read or \
      written, 3 a time was up, 130 interrupted, 143 and 129 ended by SIGTERM and SIGHUP. The \
      first Ctrl-C interrupts the running cells, the second ends at once.
      """)

  @Argument(help: ArgumentHelp("Notebooks (.ipynb), scripts (.nabla), folders.", valueName: "file"))
  var files: [String]

  @OptionGroup(title: "What is kept and shown") var keeping: Keeping

  struct Keeping: ParsableArguments {
    @Flag(help: "Write the outputs into the notebooks.")
    var inPlace = false

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp(
        """
        Write the executed notebook to a file whose name ends in .ipynb, or into a folder by any \
        other name, which is made.
        """, valueName: "path"))
    var output: String?

    @Flag(
      help: """
        Show what the cells give, also of several files, and beside a report on the output.
        """)
    var show = false

    @Flag(help: "Show the tables of a script's tensors, as a cell does.")
    var tables = false

    func validate() throws {
      try EmptyPath.refuse(output, "--output")
      if inPlace, output != nil {
        throw ValidationError("--in-place and --output exclude each other")
      }
    }
  }

  @OptionGroup(title: "Parameters, as papermill has them") var parameters: ParameterOptions

  @OptionGroup(title: "Errors") var errors: ErrorOptions

  struct ErrorOptions: ParsableArguments {
    @Flag(help: "Let every cell fail, as raises-exception does.")
    var allowErrors = false

    @Flag(help: "Go on with a notebook's next cell after one that failed.")
    var keepGoing = false

    @Flag(help: "Begin no other file after one that failed.")
    var stopAfterError = false

    func validate() throws {
      if [allowErrors, keepGoing, stopAfterError].count(where: { $0 }) > 1 {
        throw ValidationError(
          "--allow-errors, --keep-going and --stop-after-error exclude each other")
      }
    }
  }

  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Reports") var reports: ReportOptions
  @OptionGroup(title: "Engine") var engineOptions: EngineOptions

  func validate() throws {
    try EmptyPath.refuse(in: files)
    if files.contains("-"), files.count > 1 {
      throw ValidationError("- reads a script from the standard input, and is run alone")
    }
  }

  func run() throws {
    let list = FileList(files)
    let destination = RunDestination(
      inPlace: keeping.inPlace, output: keeping.output, count: list.entries.count)
    let values = try parameters.values()
    for entry in list.entries where !entry.isNotebook && entry.problem == nil {
      if keeping.inPlace || keeping.output != nil {
        throw CommandFailure(description: "only notebooks keep outputs, and \(entry.path) is none")
      }
      if !values.isEmpty {
        throw CommandFailure(
          description: "only notebooks take parameters, and \(entry.path) is none")
      }
    }
    if let output = keeping.output, output.hasSuffix(".ipynb"), list.entries.count > 1 {
      throw CommandFailure(
        description:
          "--output \(output) names one notebook, and there are \(list.entries.count): name a folder"
      )
    }
    try destination.checkPaths(of: list.entries)
    var settings = RunSettings(
      purpose: .run(destination), files: list.entries, execution: execution,
      engineOptions: engineOptions)
    settings.policy =
      errors.allowErrors ? .allow : errors.keepGoing ? .keepGoing : .stop
    settings.stopsAfterError = errors.stopAfterError
    settings.parameters = values
    settings.parameterFiles = parameters.files
    settings.showsCells = keeping.show || (list.entries.count == 1 && !reports.takesOutput)
    settings.showsTables = keeping.tables
    throw ExitCode(try RunCall.start(settings, reports: reports))
  }
}

/// Values for the names of a notebook.
struct ParameterOptions: ParsableArguments {
  @Option(
    name: [.customShort("p"), .customLong("parameter")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Give a name a value: True, False, None, a number, else a string.",
      valueName: "name> <value"))
  var typed: [String] = []

  @Option(
    name: [.customShort("r"), .customLong("raw-parameter")], parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Give a name a string.", valueName: "name> <value"))
  var raw: [String] = []

  @Option(
    name: [.customLong("parameters"), .customShort("f")],
    help: ArgumentHelp(
      "Read names and values from a file, YAML or JSON; -p and -r go before it.", valueName: "file")
  )
  var files: [String] = []

  func validate() throws {
    for file in files { try EmptyPath.refuse(file, "--parameters") }
  }

  /// The values, those of the command line last.
  func values() throws(CommandFailure) -> ParameterSet {
    var set = ParameterSet()
    do {
      for file in files { try set.add(file: file, bytes: try DiskFile(file).read()) }
      for pair in typed {
        let (name, value) = try Self.split(pair, option: "-p")
        try set.set(name, to: ParameterValue(word: value))
      }
      for pair in raw {
        let (name, value) = try Self.split(pair, option: "-r")
        try set.set(name, to: .string(value))
      }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(description: "\(error)")
    }
    for member in set.members where Keyword(rawValue: member.key) != nil {
      throw CommandFailure(
        description: "'\(member.key)' is a keyword and cannot name a parameter")
    }
    return set
  }

  private static func split(
    _ pair: String, option: String
  ) throws(CommandFailure) -> (name: String, value: String) {
    guard
      let place = pair.firstIndex(of: CommandWords.separator) ?? pair.firstIndex(of: "=")
    else { throw CommandFailure(description: "\(option) takes a name and a value, not '\(pair)'") }
    return (String(pair[..<place]), String(pair[pair.index(after: place)...]))
  }
}

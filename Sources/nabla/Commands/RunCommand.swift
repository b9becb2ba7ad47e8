import ArgumentParser
import Console
import EngineInterface
import Files
import Notebook
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// `nabla run`: runs notebooks and scripts in this process.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run notebooks and scripts here, without Jupyter.",
    discussion: """
      Runs each file in a session of its own and shows what its cells give. A notebook stays as it \
      is, unless its outputs are to be kept; it is then replaced whole or not at all. A notebook \
      runs in its own folder, a script in the current one.

        nabla run tour.ipynb
        nabla run --in-place notebooks/*.ipynb
        nabla run --output executed/ a.ipynb b.ipynb
        nabla run --tables circuit.nabla

      The tags skip-execution and raises-exception of a cell are honoured.

      Exit codes: 0 all well, 1 a cell failed, 2 wrong usage or a file that cannot be read or \
      written, 130 interrupted. The first Ctrl-C interrupts the running cell, the second ends.
      """)

  @Argument(help: "Notebooks (.ipynb) and scripts (.nabla).")
  var files: [String]

  @Flag(help: "Write the outputs into the notebooks.")
  var inPlace = false

  @Option(
    help: ArgumentHelp(
      "Write the executed notebook to a file, or into a folder.", valueName: "path"))
  var output: String?

  @Flag(help: "Show the tables of a script's tensors, as a cell does.")
  var tables = false

  @Flag(name: .shortAndLong, help: "Show errors and the summary only.")
  var quiet = false

  @Flag(help: "Run notebooks that are written for another language too.")
  var anyLanguage = false

  @OptionGroup var engineOptions: EngineOptions

  func validate() throws {
    if inPlace, output != nil {
      throw ValidationError("--in-place and --output exclude each other")
    }
    if let output, output.hasSuffix(".ipynb"), files.count > 1 {
      throw ValidationError(
        "--output \(output) names one notebook, and there are \(files.count): name a folder")
    }
    if inPlace || output != nil, let script = files.first(where: { !$0.hasSuffix(".ipynb") }) {
      throw ValidationError("only notebooks keep outputs, and \(script) is none")
    }
  }

  func run() throws {
    let run = FileRun(command: self)
    Interrupts.watch { run.interrupt() }
    throw ExitCode(LargeStack.run { run.all() })
  }
}

/// One call of `nabla run`.
final class FileRun: Sendable {
  private struct State {
    var engine: (any Engine)?
    var isInterrupted = false
  }

  private let files: [String]
  private let destination: RunDestination
  private let showsTables: Bool
  private let isQuiet: Bool
  private let takesAnyLanguage: Bool
  private let engineOptions: EngineOptions
  private let state = Mutex(State())

  init(command: RunCommand) {
    files = command.files
    destination = RunDestination(
      inPlace: command.inPlace, output: command.output, count: command.files.count)
    showsTables = command.tables
    isQuiet = command.quiet
    takesAnyLanguage = command.anyLanguage
    engineOptions = command.engineOptions
  }

  /// Asks the running cell to stop; the second call ends the process.
  func interrupt() {
    let (engine, isSecond) = state.withLock { state in
      defer { state.isInterrupted = true }
      return (state.engine, state.isInterrupted)
    }
    if isSecond { _exit(130) }
    engine?.interrupt()
  }

  /// Runs the files one after the other; returns the exit code.
  func all() -> Int32 {
    var code: Int32 = 0
    for file in files {
      do {
        code = max(code, try run(file))
      } catch {
        Terminal.error.write("nabla: \(error.description)\n")
        code = max(code, error.code)
      }
      if state.withLock({ $0.isInterrupted }) { return 130 }
    }
    return code
  }

  private func run(_ path: String) throws(CommandFailure) -> Int32 {
    let engine = try engineOptions.makeEngine(boundsOutput: path.hasSuffix(".ipynb"))
    state.withLock { $0.engine = engine }
    defer { state.withLock { $0.engine = nil } }
    if path.hasSuffix(".ipynb") { return try runNotebook(path, on: engine) }
    if path.hasSuffix(".nabla") { return try runScript(path, on: engine) }
    throw CommandFailure(
      description: "\(path): a notebook ends in .ipynb, a script in .nabla")
  }

  private func read(_ path: String) throws(CommandFailure) -> [UInt8] {
    do {
      return try DiskFile(path).read()
    } catch {
      throw CommandFailure(description: error.description)
    }
  }

  private func runScript(_ path: String, on engine: any Engine) throws(CommandFailure) -> Int32 {
    let script: Script
    do {
      script = try Script(path: path, bytes: try read(path))
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure(description: "\(path): \(error)")
    }
    let sink = TerminalSink(reader: LineReader(), showsResults: showsTables)
    let outcome = script.run(on: engine, to: sink, showsTables: showsTables)
    sink.finish(outcome)
    return outcome.error == nil ? 0 : 1
  }

  private func runNotebook(_ path: String, on engine: any Engine) throws(CommandFailure) -> Int32 {
    let bytes = try read(path)
    var notebook: Notebook
    do {
      notebook = try Notebook(parsing: bytes)
      if !takesAnyLanguage { try notebook.checkLanguage(engine.language.name) }
    } catch {
      let isOtherLanguage = (try? Notebook(parsing: bytes)) != nil
      throw CommandFailure(
        description: "\(path): \(error)" + (isOtherLanguage ? " (--any-language runs it)" : ""))
    }
    let target = try destination.target(of: path)
    let printer = RunPrinter(path: path, isQuiet: isQuiet)
    let clock = ContinuousClock()
    let start = clock.now
    let folder = WorkingFolder(enter: DiskFile(path).folder)
    let report = NotebookRunner(engine: engine, observer: printer).run(&notebook)
    folder.leave()
    if let target {
      do {
        try target.replace(with: notebook.serialized())
      } catch {
        throw CommandFailure(description: error.description)
      }
    }
    printer.summarize(report, of: notebook, seconds: (clock.now - start) / .seconds(1))
    return report.failure == nil ? 0 : 1
  }
}

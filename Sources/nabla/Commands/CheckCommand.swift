import ArgumentParser
import Console
import Notebook

/// `nabla check`: runs notebooks again and compares with what they have stored.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Compare notebooks with what they give now.",
    usage: "nabla check [<options>] <file> ...",
    discussion: """
      Runs each notebook in a session of its own and compares what every cell gives with the output \
      that is stored: tables by all digits of their numbers, texts by their words and the numbers \
      among them, images by their pixels or elements, errors by kind and message. What differs is \
      shown with its place and relative error. The times of %time and %timeit, progress, counts and \
      ids do not count; times that a cell prints itself do. Cells are counted by their place among \
      all cells of the notebook, from 1.

        nabla check notebooks/                  all notebooks in a folder
        nabla check --rtol 1e-3 training.ipynb  a wider tolerance
        nabla check --update tour.ipynb         take what differs as right

      Two numbers are the same if |now - stored| is at most the larger of rtol·|stored| and atol; \
      NaN is NaN, and each infinity itself. Whole numbers must be equal. A cell that fails is the \
      same if its stored output is that error; any other failure ends its notebook.

      Exit codes: 0 all as stored, 1 a cell differs or failed, 2 wrong usage or a file that cannot \
      be read or written, 3 a time was up, 130 interrupted.
      """)

  @Argument(help: ArgumentHelp("Notebooks (.ipynb), folders.", valueName: "file"))
  var files: [String]

  @OptionGroup(title: "Comparison") var comparison: Comparison

  struct Comparison: ParsableArguments {
    @Option(help: ArgumentHelp("The relative error that a number may have.", valueName: "number"))
    var rtol = Tolerance().relative

    @Option(help: ArgumentHelp("The absolute error that a number may have.", valueName: "number"))
    var atol = Tolerance().absolute

    @Flag(help: "Store the new outputs of the cells that differ, and of no others.")
    var update = false

    func validate() throws {
      for (name, value) in [("--rtol", rtol), ("--atol", atol)] where !(value >= 0) {
        throw ValidationError("\(name) takes a number from 0 on, not \(value)")
      }
    }
  }

  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Reports") var reports: ReportOptions
  @OptionGroup(title: "Engine") var engineOptions: EngineOptions

  func validate() throws { try EmptyPath.refuse(in: files) }

  func run() throws {
    let list = FileList(files)
    if let other = list.entries.first(where: { !$0.isNotebook && $0.problem == nil }) {
      throw CommandFailure(
        description: "\(other.path): only notebooks (.ipynb) have stored outputs")
    }
    let tolerance = Tolerance(relative: comparison.rtol, absolute: comparison.atol)
    var settings = RunSettings(
      purpose: .check(tolerance, update: comparison.update), files: list.entries,
      execution: execution, engineOptions: engineOptions)
    settings.policy = .asStored
    throw ExitCode(try RunCall.start(settings, reports: reports))
  }
}

import ArgumentParser
import Files
import Notebook

/// Which files are executed, how many at a time, and for how long at most.
struct ExecutionOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Run that many files at a time; 0 means one for each processor. (default: 1)",
      valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp("How long a cell may take: 90, 90s, 1.5m, 250ms.", valueName: "time"),
    transform: TimeSpan.argument)
  var timeout: TimeSpan?

  @Option(
    help: ArgumentHelp("How long the whole run may take.", valueName: "time"),
    transform: TimeSpan.argument)
  var deadline: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "Run a file that failed up to that many times more, from its start. (default: 0)",
      valueName: "n"))
  var retries: Int?

  @Flag(help: "Run notebooks that are written for another language too.")
  var anyLanguage = false

  @Flag(name: .shortAndLong, help: "Show errors and the summary only.")
  var quiet = false

  func validate() throws {
    if let jobs, jobs < 0 { throw ValidationError("--jobs takes a number of files, not \(jobs)") }
    if let retries, retries < 0 {
      throw ValidationError("--retries takes a number of runs, not \(retries)")
    }
  }

  /// Whether files need processes of their own even where there is only one.
  var hasLimits: Bool { timeout != nil || deadline != nil || (retries ?? 0) > 0 }
}

/// What is written about the run for other programs.
struct ReportOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write results for CI servers: a case for each cell.", valueName: "file"))
  var junit: String?

  @Option(
    help: ArgumentHelp(
      """
      Write a line of JSON for each cell, with times and tables of full precision; --json alone \
      writes them to the output, --json=FILE to a file.
      """, valueName: "file"))
  var json: String?

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      """
      Mark failures beside the lines of the files on GitHub. (default: on where GITHUB_ACTIONS \
      is true)
      """))
  var github: Bool?

  /// Whether the standard output is for a report, so that nothing else may go there.
  var takesOutput: Bool { [json, junit].contains { $0.map(Self.isOutput) ?? false } }

  /// Whether a path names the standard output: by `-`, or as `/dev/stdout` does.
  static func isOutput(_ path: String) -> Bool { path == "-" || DiskFile(path).isOutput }

  func validate() throws {
    try EmptyPath.refuse(junit, "--junit")
    try EmptyPath.refuse(json, "--json=")
    if junit == "-", json == "-" {
      throw ValidationError("--junit and --json cannot both write to the output")
    }
  }
}

/// A path without a character, which is mostly a variable of the shell that is not set.
enum EmptyPath {
  static func refuse(_ path: String?, _ option: String) throws {
    if path?.isEmpty == true {
      throw ValidationError("\(option) takes the name of a file, and this one is empty")
    }
  }

  static func refuse(in paths: [String]) throws {
    if paths.contains("") {
      throw ValidationError("a file to run has a name, and one that is given is empty")
    }
  }
}

extension TimeSpan {
  static func argument(_ text: String) throws -> TimeSpan {
    guard let span = TimeSpan(text) else {
      throw ValidationError("'\(text)' is no time: 90, 90s, 1.5m, 250ms and 1h are")
    }
    return span
  }
}

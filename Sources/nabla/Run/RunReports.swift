import Console
import Files
import Notebook

#if canImport(Glibc)
  import Glibc
#endif

/// What is written about a run for other programs.
final class RunReports: Sendable {
  private let lines: LineFile?
  private let junit: String?
  private let annotations: Terminal?
  private let command: String

  /// Whether the standard output is for programs, so that nothing else may go there.
  let takesOutput: Bool

  /// Opens the files; throws what hinders that, before anything is run.
  init(_ options: ReportOptions, settings: RunSettings) throws(CommandFailure) {
    takesOutput = options.json == "-" || options.junit == "-"
    let isOnGitHub = getenv("GITHUB_ACTIONS").map { String(cString: $0) == "true" } ?? false
    annotations =
      options.github ?? isOnGitHub ? (takesOutput ? Terminal.error : Terminal.output) : nil
    // The current folder changes while a notebook runs in this process.
    junit = options.junit.map { $0 == "-" ? $0 : WorkingFolder.fullPath(of: $0) }
    command = if case .check = settings.purpose { "nabla check" } else { "nabla run" }
    do throws(DiskFile.Failure) {
      lines = if let path = options.json { try LineFile(path) } else { nil }
      if let junit, junit != "-" { _ = try Replacement(of: DiskFile(junit)) }
    } catch {
      throw CommandFailure(description: error.description)
    }
  }

  func add(_ line: CellLine) { lines?.append(line.text) }

  func add(_ file: FileReport) { annotations?.write(GitHubAnnotations.lines(file)) }

  func finish(_ files: [FileReport]) throws(DiskFile.Failure) {
    try lines?.check()
    guard let junit else { return }
    let text = JUnitReport(name: command, files: files).text
    if junit == "-" {
      Terminal.output.write(text)
    } else {
      try DiskFile(junit).replace(with: Array(text.utf8))
    }
  }
}

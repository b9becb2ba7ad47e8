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
  /// The root of the repository on GitHub, which annotations count their paths from.
  private let root: String?
  /// The folder that relative paths start from.
  private let folder: String

  /// Whether the standard output is for programs, so that nothing else may go there.
  let takesOutput: Bool

  /// Opens the files; throws what hinders that, before anything is run.
  init(_ options: ReportOptions, settings: RunSettings) throws(CommandFailure) {
    try ReportPaths.check(options, settings: settings)
    takesOutput = options.takesOutput
    let isOnGitHub = getenv("GITHUB_ACTIONS").map { String(cString: $0) == "true" } ?? false
    annotations =
      options.github ?? isOnGitHub ? (takesOutput ? Terminal.error : Terminal.output) : nil
    root = getenv("GITHUB_WORKSPACE").map { DiskFile(String(cString: $0)).resolved }
    folder = DiskFile(".").resolved
    // The current folder changes while a notebook runs in this process.
    junit = options.junit.map {
      ReportOptions.isOutput($0) ? "-" : WorkingFolder.fullPath(of: $0)
    }
    command = if case .check = settings.purpose { "nabla check" } else { "nabla run" }
    do throws(DiskFile.Failure) {
      lines =
        if let path = options.json {
          try LineFile(ReportOptions.isOutput(path) ? "-" : path)
        } else {
          nil
        }
      if let junit, junit != "-" { _ = try Replacement(of: DiskFile(junit)) }
    } catch {
      throw CommandFailure(description: error.description)
    }
  }

  func add(_ line: CellLine) { lines?.append(line.text) }

  func add(_ file: FileReport) {
    annotations?.write(GitHubAnnotations.lines(file, path: pathInRepository(of: file.path)))
  }

  /// The path from the repository's root; nil for a file outside of it.
  ///
  /// A file that is a link is the link, since that is what the repository has.
  private func pathInRepository(of path: String) -> String? {
    guard let root, path != "-" else { return nil }
    let file = DiskFile(path.hasPrefix("/") ? path : "\(folder)/\(path)")
    let full = "\(DiskFile(file.folder).resolved)/\(file.name)"
    let start = root.hasSuffix("/") ? root : root + "/"
    return full.hasPrefix(start) ? String(full.dropFirst(start.count)) : nil
  }

  /// A report with the cells of its file where that was never begun, as far as it can be read.
  private static func listed(_ report: FileReport) -> FileReport {
    guard report.notRun != nil, report.path.hasSuffix(".ipynb"),
      let bytes = try? DiskFile(report.path).readRegular(),
      let notebook = try? Notebook(parsing: bytes)
    else { return report }
    return report.listing(notebook)
  }

  func finish(_ files: [FileReport]) throws(DiskFile.Failure) {
    try lines?.check()
    guard let junit else { return }
    let text = JUnitReport(name: command, files: files.map(Self.listed)).text
    if junit == "-" {
      Terminal.output.write(text)
    } else {
      try DiskFile(junit).replace(with: Array(text.utf8))
    }
  }
}

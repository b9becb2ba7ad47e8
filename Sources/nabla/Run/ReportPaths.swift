import Files

/// Where the reports of a run go, checked before anything is run or written.
enum ReportPaths {
  /// Throws where a report would take the place of a notebook, a script, or another file of the run.
  ///
  /// `--json` takes no word behind it, so that a file to be run easily becomes the file of `--junit`.
  static func check(_ options: ReportOptions, settings: RunSettings) throws(CommandFailure) {
    var taken: [(file: DiskFile, use: String)] = []
    for entry in settings.files where entry.path != "-" {
      taken.append((DiskFile(entry.path), "a file of the run"))
      if case .run(let destination) = settings.purpose, let path = destination.path(of: entry) {
        taken.append((DiskFile(path), "where an executed notebook goes"))
      }
    }
    taken += settings.parameterFiles.map { (DiskFile($0), "a file of parameters") }
    for (option, path) in [("--json", options.json), ("--junit", options.junit)] {
      guard let path, path != "-" else { continue }
      let lowered = path.lowercased()
      if let suffix = [".ipynb", ".nabla"].first(where: lowered.hasSuffix) {
        throw CommandFailure(
          description: "\(option) would write its report into \(path): no report ends in \(suffix)")
      }
      let file = DiskFile(path)
      if let other = taken.first(where: { $0.file.isSame(as: file) }) {
        throw CommandFailure(
          description: "\(option) would write its report into \(path), which is \(other.use)")
      }
      taken.append((file, "the file of \(option)"))
    }
  }
}

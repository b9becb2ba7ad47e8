import Files

#if canImport(Glibc)
  import Glibc
#endif

/// Where executed notebooks go.
enum RunDestination: Sendable {
  case nowhere
  case inPlace
  case file(String)
  case folder(String)

  /// Reads the options; `count` notebooks are to be written.
  ///
  /// What ends in `.ipynb` is a file, unless it is a folder already; any other name is a folder.
  init(inPlace: Bool, output: String?, count: Int) {
    if let output {
      let isFolder = count > 1 || !output.hasSuffix(".ipynb") || DiskFile(output).isFolder
      self = isFolder ? .folder(output) : .file(output)
    } else {
      self = inPlace ? .inPlace : .nowhere
    }
  }

  /// The path that the notebook is to be written to.
  func path(of entry: FileList.Entry) -> String? {
    if entry.problem != nil { return nil }
    return switch self {
    case .nowhere: nil
    case .inPlace: entry.path
    case .file(let file): file
    case .folder(let folder): "\(folder)/\(entry.relativePath)"
    }
  }

  /// Checks that no two notebooks are to be written to one file.
  func checkPaths(of entries: [FileList.Entry]) throws(CommandFailure) {
    var sources: [String: String] = [:]
    for entry in entries {
      guard let path = path(of: entry) else { continue }
      if let other = sources.updateValue(entry.path, forKey: path) {
        throw CommandFailure(
          description: "\(other) and \(entry.path) would both be written to \(path)")
      }
    }
  }

  /// The file that the notebook is to be written to, by its full path.
  ///
  /// What would fail in the end fails here, before the notebook is run.
  func target(of entry: FileList.Entry) throws(CommandFailure) -> DiskFile? {
    guard let target = path(of: entry) else { return nil }
    if case .folder = self {
      do {
        try DiskFile.makeFolder(DiskFile(target).folder)
      } catch {
        throw CommandFailure(description: error.description)
      }
    }
    let file = DiskFile(WorkingFolder.fullPath(of: target))
    if let cause = Self.obstacle(to: file) {
      throw CommandFailure(description: "\(target): \(String(cString: strerror(cause)))")
    }
    return file
  }

  /// The system's number for what hinders that a file is replaced; nil where nothing does.
  private static func obstacle(to file: DiskFile) -> Int32? {
    if file.isFolder { return EISDIR }
    // Each call is followed by its number at once: another one may fail for a reason of its own.
    if access(file.folder, W_OK | X_OK) != 0 { return errno }
    if file.exists, access(file.path, W_OK) != 0 { return errno }
    return nil
  }
}

/// The current folder, changed for a while.
struct WorkingFolder {
  private let former: String?

  /// Makes `folder` the current one, where that is possible.
  init(enter folder: String) {
    former = Self.current
    chdir(folder)
  }

  func leave() {
    if let former { chdir(former) }
  }

  private static var current: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }

  static func fullPath(of path: String) -> String {
    path.hasPrefix("/") ? path : current.map { "\($0)/\(path)" } ?? path
  }
}

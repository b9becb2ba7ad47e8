import Files

#if canImport(Glibc)
  import Glibc
#endif

/// The files that a command line names, folders replaced by the notebooks in them.
struct FileList: Sendable {
  struct Entry: Sendable, Equatable {
    /// The path as users know it.
    var path: String
    /// The path below the folder that was named; the name for a file that was named itself.
    var relativePath: String

    /// What is read from the standard input.
    static let input = Entry(path: "-", relativePath: "-")

    var isNotebook: Bool { path.hasSuffix(".ipynb") }
    var isScript: Bool { path.hasSuffix(".nabla") || path == "-" }
  }

  private(set) var entries: [Entry] = []

  /// Throws: a folder without notebooks.
  init(_ paths: [String]) throws(CommandFailure) {
    var seen: Set<String> = []
    for path in paths {
      var found: [Entry] = []
      if DiskFile(path).isFolder {
        let folder = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
        Self.collect(folder, "", into: &found)
        guard !found.isEmpty else {
          throw CommandFailure(description: "\(path): there are no notebooks in this folder")
        }
      } else {
        found = [Entry(path: path, relativePath: DiskFile(path).name)]
      }
      for entry in found where seen.insert(DiskFile(entry.path).resolved).inserted {
        entries.append(entry)
      }
    }
  }

  /// Adds the notebooks below a folder in the order of their names, those of hidden folders left out.
  private static func collect(_ folder: String, _ prefix: String, into entries: inout [Entry]) {
    for name in DiskFile.names(inFolder: folder, limit: 1_000_000).sorted() {
      let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
      if name.hasSuffix(".ipynb"), !DiskFile(path).isFolder {
        entries.append(Entry(path: path, relativePath: prefix + name))
      } else if !name.hasPrefix("."), isRealFolder(path) {
        collect(path, "\(prefix)\(name)/", into: &entries)
      }
    }
  }

  /// Whether this is a folder and no link to one, which may lead in a circle.
  private static func isRealFolder(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

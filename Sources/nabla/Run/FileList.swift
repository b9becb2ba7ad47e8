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
    /// Why there is nothing to be run at this path, in one line; nil where there may be.
    var problem: String?

    /// What is read from the standard input.
    static let input = Entry(path: "-", relativePath: "-")

    var isNotebook: Bool { problem == nil && path.hasSuffix(".ipynb") }
    var isScript: Bool { problem == nil && (path.hasSuffix(".nabla") || path == "-") }
  }

  private(set) var entries: [Entry] = []

  /// A folder that cannot be read, or has no notebooks, is an entry with a problem: it is one fault
  /// among the files, and the others are run.
  init(_ paths: [String]) {
    var seen: Set<String> = []
    for path in paths {
      var found: [Entry] = []
      if DiskFile(path).isFolder {
        let folder = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
        Self.collect(folder, "", into: &found)
        if found.isEmpty {
          let problem = "\(path): there are no notebooks in this folder"
          found = [Entry(path: path, relativePath: DiskFile(folder).name, problem: problem)]
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
    let names: [String]
    do throws(DiskFile.Failure) {
      names = try DiskFile.allNames(inFolder: folder, limit: 1_000_000).sorted()
      // Who may read the names in a folder may still have no right to what they name.
      if !names.isEmpty { try DiskFile(folder).checkEntry() }
    } catch {
      let entry = Entry(path: folder, relativePath: prefix, problem: error.description)
      return entries.append(entry)
    }
    for name in names {
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

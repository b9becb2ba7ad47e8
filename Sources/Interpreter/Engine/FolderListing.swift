import EngineInterface

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The files of a folder, for completion.
enum FolderListing {
  /// More of them are no help.
  private static let limit = 500

  /// The names in a folder, folders with a slash behind them; nothing where it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while names.count < 10_000, let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      names.append(isFolder(folder + "/" + name) ? name + "/" : name)
    }
    return names.sorted()
  }

  /// How a path that is typed in part could go on, from a folder; hidden files only when asked for.
  static func matches(_ typed: String, in folder: String) -> [Completions.Match] {
    let slash = typed.lastIndex(of: "/")
    let head = slash.map { String(typed[...$0]) } ?? ""
    let name = slash.map { typed[typed.index(after: $0)...] } ?? typed[...]
    let path = atHome(head)
    return names(in: path.hasPrefix("/") ? path : folder + "/" + path)
      .filter { $0.hasPrefix(name) && (name.hasPrefix(".") || !$0.hasPrefix(".")) }
      .prefix(limit)
      .map { .init(text: head + $0, type: "path") }
  }

  /// A path with the user's folder in place of a `~` that it begins with.
  static func atHome(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = getenv("HOME") else { return path }
    return String(cString: home) + path.dropFirst()
  }

  /// Whether a text that is typed in part can only be a path.
  static func isPath(_ typed: String) -> Bool {
    ["/", "./", "../", "~/"].contains { typed.hasPrefix($0) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

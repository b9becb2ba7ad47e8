import Files

#if canImport(Glibc)
  import Glibc
#endif

/// Where the program finds itself: variables, programs, installed kernels.
struct Surroundings: Sendable {
  let environment: @Sendable (String) -> String?
  /// Nabla's kernels on Jupyter's path, first those that go before others of their name.
  let kernelspecs: [FoundKernelspec]

  init(
    environment: @escaping @Sendable (String) -> String? = KernelspecLocation.processEnvironment
  ) {
    self.environment = environment
    kernelspecs = FoundKernelspec.all(Self.dataFolders(environment))
  }

  /// The path of a program in a folder of the PATH.
  func program(_ name: String) -> String? { Self.program(name, environment) }

  private static func program(_ name: String, _ environment: (String) -> String?) -> String? {
    if name.contains("/") { return isProgram(name) ? name : nil }
    for folder in (environment("PATH") ?? "/usr/bin:/bin").split(separator: ":") {
      let path = "\(folder)/\(name)"
      if isProgram(path) { return path }
    }
    return nil
  }

  static func isProgram(_ path: String) -> Bool {
    access(path, X_OK) == 0 && !DiskFile(path).isFolder
  }

  /// The environment that Python's tools are in, by the place of `jupyter`.
  static func jupyterPrefix(_ environment: (String) -> String?) -> String? {
    program("jupyter", environment).map { DiskFile(DiskFile($0).folder).folder }
  }

  /// Jupyter's data folders in the order in which it looks through them.
  private static func dataFolders(
    _ environment: (String) -> String?
  ) -> [(folder: String, options: String?)] {
    var folders: [(folder: String, options: String?)] = []
    func add(_ folder: String, _ options: String?) {
      let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
      if !folders.contains(where: { $0.folder == folder }) { folders.append((folder, options)) }
    }
    for folder in (environment("JUPYTER_PATH") ?? "").split(separator: ":") {
      add(String(folder), nil)
    }
    let user = try? KernelspecLocation.user(environment: environment).dataFolder
    var prefixes: [String] = []
    for prefix in [
      environment("VIRTUAL_ENV"), environment("CONDA_PREFIX"), jupyterPrefix(environment),
    ] {
      if let prefix, !prefix.isEmpty { prefixes.append(prefix) }
    }
    // In a virtual environment its own folders go before the user's.
    let isVirtual = prefixes.contains {
      DiskFile("\($0)/pyvenv.cfg").exists || DiskFile("\($0)/conda-meta").exists
    }
    if let user, !isVirtual { add(user, "") }
    let system = ["/usr/local", "/usr"]
    for prefix in prefixes where !system.contains(prefix) {
      add("\(prefix)/share/jupyter", " --prefix \(prefix)")
    }
    if let user { add(user, "") }
    for prefix in system { add("\(prefix)/share/jupyter", " --prefix \(prefix)") }
    return folders
  }
}

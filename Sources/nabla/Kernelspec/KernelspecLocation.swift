import Notebook

#if canImport(Glibc)
  import Glibc
#endif

/// A folder in which Jupyter looks for kernels.
struct KernelspecLocation: Equatable {
  /// Jupyter's data folder; the kernels are in `kernels` in it.
  let dataFolder: String

  /// Jupyter's folder of the user, found as Jupyter finds it.
  static func user(environment: (String) -> String?) throws(CommandFailure) -> Self {
    if let folder = environment("JUPYTER_DATA_DIR"), !folder.isEmpty {
      return Self(dataFolder: folder)
    }
    if let folder = environment("XDG_DATA_HOME"), !folder.isEmpty {
      return Self(dataFolder: "\(folder)/jupyter")
    }
    guard let home = environment("HOME"), !home.isEmpty else {
      throw CommandFailure(
        description:
          "there is no home folder: set HOME, or name a folder with nabla install --prefix")
    }
    #if os(macOS)
      return Self(dataFolder: "\(home)/Library/Jupyter")
    #else
      return Self(dataFolder: "\(home)/.local/share/jupyter")
    #endif
  }

  /// The folder of the virtual environment that is active.
  static func activeEnvironment(
    environment: (String) -> String?
  ) throws(CommandFailure) -> Self {
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
      if let prefix = environment(name), !prefix.isEmpty { return .prefix(prefix) }
    }
    throw CommandFailure(
      description: "no virtual environment is active: activate one, or name it with --prefix")
  }

  static func prefix(_ prefix: String) -> Self { Self(dataFolder: "\(prefix)/share/jupyter") }

  /// The variable of that name in the process's environment.
  static func processEnvironment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// Jupyter's folder for the connection files of running kernels.
enum RuntimeFolder {
  /// Found as Jupyter finds it.
  static func path(
    environment: (String) -> String? = KernelspecLocation.processEnvironment
  ) throws(CommandFailure) -> String {
    if let folder = environment("JUPYTER_RUNTIME_DIR"), !folder.isEmpty { return folder }
    return try KernelspecLocation.user(environment: environment).dataFolder + "/runtime"
  }
}

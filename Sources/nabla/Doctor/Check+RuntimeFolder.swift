import Files

#if canImport(Glibc)
  import Glibc
#endif

extension Check {
  /// Whether connection files can be written, and are the user's alone.
  @Sendable static func runtimeFolder(_ surroundings: Surroundings) -> [Finding] {
    let path: String
    do throws(CommandFailure) {
      path = try RuntimeFolder.path(environment: surroundings.environment)
    } catch {
      return [.fail(error.description, mend: "set HOME or JUPYTER_RUNTIME_DIR")]
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      // Jupyter makes it.
      if let obstacle = DiskFile(path).obstacle {
        return [
          .fail(
            "\(path) is missing and cannot be made: \(obstacle)",
            mend: "name a folder of your own in JUPYTER_RUNTIME_DIR")
        ]
      }
      return [.ok("\(path) comes with the first kernel")]
    }
    guard DiskFile(path).isFolder else {
      return [.fail("\(path) is no folder", mend: "move it away, so that the folder can be made")]
    }
    var template = TemporaryName.template("\(path)/.nabla-doctor")
    let file = mkstemp(&template)
    guard file >= 0 else {
      return [
        .fail(
          "no file can be written in \(path): \(String(cString: strerror(errno)))",
          mend: "chmod u+rwx \(path), or name another folder in JUPYTER_RUNTIME_DIR")
      ]
    }
    unlink(template)
    close(file)
    let others = status.st_mode & 0o077
    if status.st_uid != geteuid() {
      return [.warn("\(path) is another user's", mend: "name a folder in JUPYTER_RUNTIME_DIR")]
    }
    if others & 0o022 != 0 {
      return [.warn("others may put files into \(path)", mend: "chmod 700 \(path)")]
    }
    return [.ok(others == 0 ? "\(path) is yours alone" : "\(path) is yours to write")]
  }
}

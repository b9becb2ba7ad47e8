import Files
import Glibc
import JSON
import JupyterKernel
import JupyterProtocol

/// A connection file that the kernel writes for its clients, and takes away at its end.
struct ClientFile {
  let path: String

  /// Writes the file under a name that no other has, readable for its owner only.
  ///
  /// It has its content from the moment on that it has its name.
  init(_ connection: ConnectionFile, in folder: String) throws(KernelFailure) {
    do throws(DiskFile.Failure) {
      try DiskFile.makeFolder(DiskFile(folder).folder)
    } catch {
      throw .connectionFile(path: folder, reason: error.cause)
    }
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw .connectionFile(path: folder, reason: String(cString: strerror(errno)))
    }
    var template = TemporaryName.template("\(folder)/.kernel")
    let file = mkstemp(&template)
    guard file >= 0 else {
      throw .connectionFile(path: folder, reason: String(cString: strerror(errno)))
    }
    defer {
      unlink(template)
      close(file)
    }
    var members = connection.members
    members["kernel_name"] = "nabla"
    let bytes = JSON.object(members).pretty() + Array("\n".utf8)
    guard write(file, bytes, bytes.count) == bytes.count else {
      throw .connectionFile(path: folder, reason: String(cString: strerror(errno)))
    }
    // A process of another container may have the same number.
    for attempt in 1...1000 {
      let path = "\(folder)/kernel-\(getpid())\(attempt == 1 ? "" : "-\(attempt)").json"
      if link(template, path) == 0 {
        self.path = path
        return
      }
      guard errno == EEXIST else {
        throw .connectionFile(path: path, reason: String(cString: strerror(errno)))
      }
    }
    throw .connectionFile(path: folder, reason: "all names for it are taken")
  }

  func remove() { unlink(path) }

  /// Puts the ports that were chosen into the file that asked for any.
  static func complete(_ path: String, with connection: ConnectionFile) throws(KernelFailure) {
    do {
      let file = DiskFile(path)
      var object = try JSON.parse(try file.read()).object ?? [:]
      for (key, value) in connection.members.pairs { object[key] = value }
      try file.replace(with: JSON.object(object).pretty() + Array("\n".utf8), mode: 0o600)
    } catch {
      throw .connectionFile(path: path, reason: "the ports cannot be written: \(error)")
    }
  }
}

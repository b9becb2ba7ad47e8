import Files
import JSON
import ZeroMQTransport

#if canImport(Glibc)
  import Glibc
#endif

/// The kernel under one name in one of Jupyter's folders.
///
/// The folder has all that the kernel needs, its own copy of the binary too: it works after the clone
/// that it came from has been moved, and removing the folder removes everything.
struct KernelspecInstallation {
  let folder: String
  let name: String

  init(name: String, in location: KernelspecLocation) throws(CommandFailure) {
    // The rule of Jupyter's own `KernelSpecManager`.
    let isAllowed =
      !name.isEmpty && name != "." && name != ".."
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
    guard isAllowed else {
      throw CommandFailure(
        description: "a kernel's name has letters, digits, dots, dashes and underscores, "
          + "unlike '\(name)'")
    }
    self.name = name
    folder = WorkingFolder.fullPath(of: "\(location.dataFolder)/kernels/\(name.lowercased())")
  }

  var binary: DiskFile { DiskFile("\(folder)/bin/nabla") }
  private var specification: DiskFile { DiskFile("\(folder)/kernel.json") }

  /// The files but for the binary, the specification last: with it the kernel exists for Jupyter.
  private func files() -> [(file: DiskFile, bytes: [UInt8])] {
    [
      (DiskFile("\(folder)/logo-svg.svg"), Array(KernelspecFiles.vectorLogo.utf8)),
      (DiskFile("\(folder)/logo-32x32.png"), KernelspecFiles.smallLogo),
      (DiskFile("\(folder)/logo-64x64.png"), KernelspecFiles.largeLogo),
      (specification, specificationBytes),
    ]
  }

  /// The template with the path of the copied binary and, under another name, that name.
  private var specificationBytes: [UInt8] {
    guard var object = (try? JSON(parsing: KernelspecFiles.specification))?.object else {
      return Array(KernelspecFiles.specification.utf8)
    }
    if var arguments = object["argv"]?.array, !arguments.isEmpty {
      arguments[0] = .string(binary.path)
      object["argv"] = .array(arguments)
    }
    if !ZeroMQTransport.canEncrypt, var metadata = object["metadata"]?.object {
      metadata["supported_encryption"] = nil
      object["metadata"] = .object(metadata)
    }
    if name != "nabla" { object["display_name"] = .string("Nabla (\(name))") }
    return JSON.object(object).pretty() + Array("\n".utf8)
  }

  /// Puts everything in its place, also over an earlier installation whose kernel runs.
  func install(binary source: String = "/proc/self/exe") throws(CommandFailure) {
    try requireOurs()
    do throws(DiskFile.Failure) {
      try DiskFile.makeFolder("\(folder)/bin")
      try Self.put(try DiskFile(source).read(), in: binary, mode: 0o777)
      for (file, bytes) in files() { try Self.put(bytes, in: file, mode: 0o666) }
    } catch {
      throw CommandFailure(description: error.description, code: 1)
    }
  }

  /// Refuses to touch the kernel of another program that has the name.
  private func requireOurs() throws(CommandFailure) {
    guard specification.exists else { return }
    let object = (try? specification.read()).flatMap { try? JSON.parse($0) }
    let arguments = object?["argv"]?.array?.compactMap(\.string) ?? []
    let isOurs =
      arguments.count >= 2 && arguments[1] == "kernel"
      && arguments[0].split(separator: "/").last == "nabla"
    // A specification that was broken since is known by what stands beside it.
    guard isOurs || binary.exists else {
      throw CommandFailure(
        description: "the kernel '\(name)' in \(folder) is another program's; it stays as it is",
        code: 1)
    }
  }

  /// Writes what is not there yet.
  private static func put(
    _ bytes: [UInt8], in file: DiskFile, mode: mode_t
  ) throws(DiskFile.Failure) {
    if (try? file.read()) != bytes { try file.replace(with: bytes, mode: mode) }
    guard mode & 0o111 != 0, access(file.path, X_OK) != 0 else { return }
    // What was there keeps its permissions when it is replaced, and it had lost that to run.
    let mask = umask(0)
    umask(mask)
    chmod(file.path, mode & ~mask)
  }

  /// Removes what was installed; a file that somebody else put there stays, with its folder.
  func uninstall() throws(CommandFailure) {
    guard specification.exists else {
      throw CommandFailure(description: "there is no kernel '\(name)' in \(folder)", code: 1)
    }
    try requireOurs()
    // The specification first: from then on the kernel does not exist for Jupyter.
    for file in [specification] + files().map(\.file) + [binary] where file.exists {
      guard unlink(file.path) == 0 else {
        let cause = String(cString: strerror(errno))
        throw CommandFailure(description: "\(file.path): \(cause)", code: 1)
      }
    }
    rmdir("\(folder)/bin")
    rmdir(folder)
  }
}

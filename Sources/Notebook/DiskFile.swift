#if canImport(Glibc)
  import Glibc
#endif

/// A file by its path: read whole, and replaced so that no moment sees half of it.
public struct DiskFile: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  /// Why a file could not be read or written, in one line.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
    /// The system's number for the failure.
    public let code: Int32

    init(_ path: String, _ code: Int32) {
      self.code = code
      description = "\(path): \(String(cString: strerror(code)))"
    }
  }

  public func read() throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(path, errno) }
    if status.st_mode & S_IFMT == S_IFDIR { throw Failure(path, EISDIR) }
    var bytes: [UInt8] = []
    // One byte more than the size, so that the end shows itself without a second buffer.
    var room = max(Int(status.st_size) + 1, 4096)
    while true {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, used in
        count = Glibc.read(descriptor, buffer.baseAddress, room)
        used = max(count, 0)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(path, errno) }
      if count == 0 { return bytes }
      bytes = bytes.isEmpty ? chunk : bytes + chunk
      room = max(room, 65_536)
    }
  }

  /// Writes `bytes` as the whole content of the file, on the disk when this returns.
  ///
  /// A new file is written beside the old one and takes its name at the end: who reads, or is left
  /// after a crash, has the old content or the new. A symbolic link stays one; the permissions stay
  /// as they are, or are `mode` (less the user's mask) for a file that was not there.
  public func replace(with bytes: [UInt8], mode: mode_t = 0o666) throws(Failure) {
    let target = resolved
    var status = stat()
    let exists = stat(target, &status) == 0
    // The right to write the folder is not the right to change a file that is protected.
    if exists, access(target, W_OK) != 0 { throw Failure(path, errno) }
    let folder = Self(target).folder
    var template = Array("\(folder)/.\(Self(target).name).XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw Failure(path, errno) }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    do throws(Failure) {
      try Self.write(bytes, to: descriptor, path)
      let mask = umask(0)
      umask(mask)
      guard
        fchmod(descriptor, exists ? status.st_mode & 0o7777 : mode & ~mask) == 0,
        fsync(descriptor) == 0, rename(template, target) == 0
      else { throw Failure(path, errno) }
      close(descriptor)
    } catch {
      close(descriptor)
      unlink(template)
      throw error
    }
    Self.synchronize(folder: folder)
  }

  private static func write(
    _ bytes: [UInt8], to descriptor: Int32, _ path: String
  ) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(path, count < 0 ? errno : EIO) }
      done += count
    }
  }

  /// Puts the new name on the disk; the file is whole without it, so a failure is none.
  private static func synchronize(folder: String) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// The path of the file itself where this is a link to it.
  public var resolved: String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// The folder that the file is in.
  public var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part of the path.
  public var name: String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  public var isFolder: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  public var exists: Bool { access(path, F_OK) == 0 }

  /// Makes the folder of that path and those above it.
  public static func makeFolder(_ path: String) throws(Failure) {
    if Self(path).isFolder || path.isEmpty { return }
    let parent = Self(path).folder
    if parent != path { try makeFolder(parent) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw Failure(path, errno) }
    guard Self(path).isFolder else { throw Failure(path, ENOTDIR) }
  }
}

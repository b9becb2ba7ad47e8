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
    /// The cause without the path.
    public let cause: String

    /// `cause` is the system's text unless it is given.
    init(_ path: String, _ code: Int32, _ cause: String? = nil) {
      self.code = code
      self.cause = cause ?? String(cString: strerror(code))
      description = "\(path): \(self.cause)"
    }

    /// What has no room to be written.
    public static let outOfMemory = Failure("memory", ENOMEM)
  }

  public func read() throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(path, errno) }
    defer { close(descriptor) }
    return try read(descriptor)
  }

  /// The content of a regular file; a pipe is not waited for.
  public func readRegular() throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      // A socket cannot even be opened.
      throw errno == ENXIO ? Failure(path, ENODEV, "no regular file") : Failure(path, errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Failure(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFREG, S_IFDIR: return try read(descriptor)
    default: throw Failure(path, ENODEV, "no regular file")
    }
  }

  /// All that is left of the standard input.
  public static func readInput() throws(Failure) -> [UInt8] {
    try Self("the standard input").read(STDIN_FILENO)
  }

  private func read(_ descriptor: Int32) throws(Failure) -> [UInt8] {
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
  /// Who reads, or is left after a crash, has the old content or the new: see ``Replacement``.
  public func replace(with bytes: [UInt8], mode: mode_t = 0o666) throws(Failure) {
    let replacement = try Replacement(of: self, mode: mode)
    try replacement.write(bytes)
    try replacement.commit()
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

  /// Whether both paths lead to one file, or would if it were there.
  public func isSame(as other: DiskFile) -> Bool {
    var (mine, theirs) = (stat(), stat())
    switch (stat(path, &mine), stat(other.path, &theirs)) {
    case (0, 0): return mine.st_dev == theirs.st_dev && mine.st_ino == theirs.st_ino
    case (0, _), (_, 0): return false
    default: return name == other.name && Self(folder).resolved == Self(other.folder).resolved
    }
  }

  /// Whether the path leads to where the standard output goes.
  public var isOutput: Bool {
    var (mine, output) = (stat(), stat())
    return stat(path, &mine) == 0 && fstat(STDOUT_FILENO, &output) == 0
      && mine.st_dev == output.st_dev && mine.st_ino == output.st_ino
  }

  public var isFolder: Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  public var exists: Bool { access(path, F_OK) == 0 }

  /// The names in a folder, at most `limit` of them; empty where it cannot be read.
  public static func names(inFolder path: String, limit: Int = 10_000) -> [String] {
    (try? allNames(inFolder: path, limit: limit)) ?? []
  }

  /// The names in a folder, at most `limit` of them.
  ///
  /// Throws: where they cannot be read.
  public static func allNames(inFolder path: String, limit: Int) throws(Failure) -> [String] {
    guard let folder = opendir(path) else { throw Failure(path, errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while names.count < limit, let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Throws where this is a folder whose files this user may not reach.
  public func checkEntry() throws(Failure) {
    guard access(path, X_OK) == 0 else { throw Failure(path, errno) }
  }

  /// Why nothing can be made at a path that is not there, nor the folders above it; nil where it can.
  ///
  /// Rights do not tell: a file system may be read-only, or one that takes no files, such as `/proc`.
  /// So a folder is made in the nearest one that is there, and removed at once.
  public var obstacle: String? {
    var parent = Self(folder)
    while !parent.exists, parent.path != "/", parent.path != "." { parent = Self(parent.folder) }
    guard parent.isFolder else { return "\(parent.path) is no folder" }
    var template = TemporaryName.template("\(parent.path)/.nabla")
    guard mkdtemp(&template) != nil else {
      return "nothing can be made in \(parent.path): \(String(cString: strerror(errno)))"
    }
    rmdir(template)
    return nil
  }

  /// Makes the folder of that path and those above it, with a mode less the user's mask.
  public static func makeFolder(_ path: String, mode: mode_t = 0o777) throws(Failure) {
    if Self(path).isFolder || path.isEmpty { return }
    let parent = Self(path).folder
    if parent != path { try makeFolder(parent, mode: mode) }
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw Failure(path, errno) }
    guard Self(path).isFolder else { throw Failure(path, ENOTDIR) }
  }
}

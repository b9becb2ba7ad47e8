#if canImport(Glibc)
  import Glibc
#endif

/// The new content of a file while it is written: nobody sees it before `commit`.
///
/// It stands beside the old content and takes its name at the end: who reads, or is left after a
/// crash, has the old content or the new. A symbolic link stays one; the permissions stay as they
/// are, or are `mode` (less the user's mask) for a file that was not there; owner and group stay as
/// far as this user may give files away. What is not committed leaves no trace.
///
/// Where the file system can, the new content has no name until it is whole and on the disk, so that
/// not even a process that is killed leaves it behind, but for the moment between two calls.
public final class Replacement {
  private let path: String
  private let target: String
  private let mode: mode_t
  /// Who owned the old content; nil where there was none.
  private let owner: (user: uid_t, group: gid_t)?
  /// The name beside the old content, as the system wants it; nil while there is none.
  private var temporary: [CChar]?
  /// What names beside the old content begin with.
  private let stem: String
  private let descriptor: Int32
  private var isCommitted = false
  /// How many bytes were appended.
  public private(set) var count = 0

  public init(of file: DiskFile, mode: mode_t = 0o666) throws(DiskFile.Failure) {
    path = file.path
    target = file.resolved
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists {
      // The right to write the folder is not the right to change a file that is protected.
      guard access(target, W_OK) == 0 else { throw DiskFile.Failure(path, errno) }
      let type = status.st_mode & S_IFMT
      guard type != S_IFDIR else { throw DiskFile.Failure(path, EISDIR) }
      // A device or pipe would lose its name to a file.
      guard type == S_IFREG else { throw DiskFile.Failure(path, ENODEV, "no regular file") }
      self.mode = status.st_mode & 0o7777
      owner = (status.st_uid, status.st_gid)
    } else {
      let mask = umask(0)
      umask(mask)
      self.mode = mode & ~mask
      owner = nil
    }
    let file = DiskFile(target)
    guard !file.name.isEmpty else { throw DiskFile.Failure(path, EISDIR) }
    // A name may be as long as the system takes names, so the temporary one has a part of it.
    stem = "\(file.folder)/." + String(decoding: file.name.utf8.prefix(64), as: UTF8.self)
    if let nameless = Self.openNameless(in: file.folder) {
      descriptor = nameless
      return
    }
    var template = TemporaryName.template(stem)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw DiskFile.Failure(path, errno) }
    temporary = template
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// A file without a name that can get one later; nil where there are none.
  private static func openNameless(in folder: String) -> Int32? {
    // The header's O_TMPFILE, a sum of two flags, is not imported.
    let flags = 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC
    let descriptor = open(folder, flags, 0o600)
    guard descriptor >= 0 else { return nil }
    // It gets its name by the path that the system has for it, which needs /proc.
    if access(Self.path(of: descriptor), F_OK) == 0 { return descriptor }
    close(descriptor)
    return nil
  }

  private static func path(of descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  /// Gives the content a name beside the old one, if it has none; false where that fails.
  private func name() -> Bool {
    let source = Self.path(of: descriptor)
    while temporary == nil {
      let digits = String(UInt32.random(in: .min ... .max), radix: 16)
      let name = Array("\(stem).\(digits)".utf8CString)
      if linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 {
        temporary = name
      } else if errno != EEXIST {
        return false
      }
    }
    return true
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if !isCommitted, let temporary { unlink(temporary) }
  }

  /// Appends bytes.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(DiskFile.Failure) {
    try write(bytes, at: count)
    count += bytes.count
  }

  public func write(_ bytes: [UInt8]) throws(DiskFile.Failure) {
    try write(bytes, at: count)
    count += bytes.count
  }

  /// Writes bytes over those from an offset on.
  public func write(_ bytes: [UInt8], at offset: Int) throws(DiskFile.Failure) {
    try bytes.withUnsafeBufferPointer { buffer throws(DiskFile.Failure) in
      try write(UnsafeRawBufferPointer(buffer), at: offset)
    }
  }

  private func write(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(DiskFile.Failure) {
    var done = 0
    while done < bytes.count {
      let written = pwrite(
        descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, offset + done)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw DiskFile.Failure(path, written < 0 ? errno : EIO) }
      done += written
    }
  }

  /// Puts what was written in the place of the old content, on the disk when this returns.
  public func commit() throws(DiskFile.Failure) {
    if let owner, fchown(descriptor, owner.user, owner.group) != 0 {
      // Only root gives files away; a group may be one's own.
      _ = fchown(descriptor, uid_t.max, owner.group)
    }
    guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0, name(), let temporary,
      rename(temporary, target) == 0
    else { throw DiskFile.Failure(path, errno) }
    isCommitted = true
    // Puts the new name on the disk; the file is whole without it, so a failure is none.
    let folder = open(DiskFile(target).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}

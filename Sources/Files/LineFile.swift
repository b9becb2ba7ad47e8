import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// A file that grows by whole lines, so that whoever reads it meanwhile, or after a crash, can use it.
public final class LineFile: Sendable {
  private let path: String
  private let descriptor: Int32
  private let failure = Mutex<DiskFile.Failure?>(nil)

  /// Empties the file of that path, or makes it; `-` is the standard output.
  public init(_ path: String) throws(DiskFile.Failure) {
    self.path = path == "-" ? "the output" : path
    descriptor =
      path == "-" ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw DiskFile.Failure(path, errno) }
  }

  deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

  /// Appends text; from its first failure on the file stays as it is.
  public func append(_ text: String) {
    failure.withLock { failure in
      if failure == nil { failure = write(Array(text.utf8)) }
    }
  }

  /// Throws the first failure to append.
  public func check() throws(DiskFile.Failure) {
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  private func write(_ bytes: [UInt8]) -> DiskFile.Failure? {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return DiskFile.Failure(path, count < 0 ? errno : EIO) }
      done += count
    }
    return nil
  }
}

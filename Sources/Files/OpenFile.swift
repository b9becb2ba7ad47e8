#if canImport(Glibc)
  import Glibc
#endif

/// A regular file that is open for reading, for content that is read in parts.
public final class OpenFile {
  public let path: String
  /// The size in bytes when it was opened.
  public let size: Int
  private let descriptor: Int32

  /// Throws: what is missing or protected, a folder, a device or a pipe.
  public init(_ path: String) throws(DiskFile.Failure) {
    self.path = path
    // A pipe without a writer would block.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    self.descriptor = descriptor
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      size = 0
      throw DiskFile.Failure(path, errno)
    }
    size = Int(status.st_size)
    let type = status.st_mode & S_IFMT
    guard type != S_IFDIR else { throw DiskFile.Failure(path, EISDIR) }
    guard type == S_IFREG else { throw DiskFile.Failure(path, ENODEV, "no regular file") }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Fills the buffer with the bytes from an offset on; gives their number, less at the end.
  public func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(DiskFile.Failure) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, offset + done)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw DiskFile.Failure(path, errno) }
      if count == 0 { break }
      done += count
    }
    return done
  }
}

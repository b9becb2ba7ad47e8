#if canImport(Glibc)
  import Glibc
#endif

/// A folder that one process at a time holds, for what must not happen twice at once in it.
///
/// It is freed when this goes out of use, or when the process ends in whatever way.
struct FolderLock: ~Copyable {
  private let descriptor: Int32

  /// Waits until the others are done, but not for one that hangs.
  init(_ path: String, milliseconds: Int) throws(HistoryFault) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else {
      throw .unusable("cannot open its folder: \(String(cString: strerror(errno)))")
    }
    let step = 5
    var waited = 0
    while flock(folder, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR, waited < milliseconds else {
        close(folder)
        throw .unusable("cannot lock its folder: \(String(cString: strerror(code)))")
      }
      usleep(UInt32(step) * 1000)
      waited += step
    }
    descriptor = folder
  }

  deinit { close(descriptor) }
}

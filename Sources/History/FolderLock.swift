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
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .unusable("cannot open its folder: \(String(cString: strerror(errno)))")
    }
    let step = 5
    var waited = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, waited < milliseconds else {
        throw .unusable("cannot lock its folder: \(String(cString: strerror(errno)))")
      }
      usleep(UInt32(step) * 1000)
      waited += step
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}

import Glibc
import JupyterKernel
import JupyterProtocol
import Logging

/// The one file that a launcher gives a kernel.
enum StartupFile {
  /// Where to listen.
  case connection(ConnectionFile)
  /// Where to tell the launcher the ports that the kernel chooses.
  case registration(Registration)

  /// A file larger than this is none.
  private static let maximumSize = 1 << 20

  /// Reads a file; the logger hears of what its permissions let others do.
  init(path: String, _ logger: Logger) throws(KernelFailure) {
    let bytes = try Self.bytes(of: path, logger)
    do throws(ConnectionFileError) {
      if let registration = try Registration(parsing: bytes) {
        self = .registration(registration)
      } else {
        self = .connection(try ConnectionFile(parsing: bytes))
      }
    } catch {
      throw .connectionFile(path: path, reason: error.description)
    }
  }

  private static func bytes(of path: String, _ logger: Logger) throws(KernelFailure) -> [UInt8] {
    // A pipe without a writer would block.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      throw .connectionFile(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .connectionFile(path: path, reason: "it is no regular file")
    }
    warn(of: status, logger)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= maximumSize {
      let count = read(file, &chunk, chunk.count)
      guard count >= 0 else {
        throw .connectionFile(path: path, reason: String(cString: strerror(errno)))
      }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    guard bytes.count <= maximumSize else {
      throw .connectionFile(path: path, reason: "it is too large")
    }
    return bytes
  }

  /// Who has the key can run code in the kernel, so it is told who else may have it or choose it.
  private static func warn(of status: stat, _ logger: Logger) {
    if status.st_uid != geteuid() {
      logger.warning(
        "the connection file belongs to another user (\(status.st_uid)), who has its key")
    }
    if status.st_mode & 0o022 != 0 {
      logger.warning("others may write the connection file, and so choose its key")
    } else if status.st_mode & 0o044 != 0 {
      logger.warning("others may read the connection file, and the key in it")
    }
  }
}

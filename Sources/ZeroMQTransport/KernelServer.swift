import EngineInterface
import Glibc
import History
import JupyterKernel
import JupyterProtocol
import Logging

/// Runs a kernel over ZeroMQ from its connection file to its end.
public enum KernelServer {
  /// Serves an engine until a client, the system or the end of the parent process ends it.
  ///
  /// - Parameters:
  ///   - path: the connection file that the launcher wrote.
  ///   - engine: the language to serve.
  ///   - implementation: what the kernel calls itself.
  ///   - place: where the lines are kept that ran.
  ///   - logLevel: from which level on the log on stderr speaks.
  /// - Returns: how it ended; when a cell was stuck, only the end of the process ends it.
  public static func run(
    connectionFile path: String, engine: any Engine, implementation: String, version: String,
    history place: HistoryPlace, logLevel: Logger.Level = .warning
  ) throws(KernelFailure) -> Kernel.Ending {
    let logger = Logger(label: "kernel") { _ in StandardErrorLog(level: logLevel) }
    let connection = try read(path, logger)
    if connection.key.isEmpty {
      logger.warning("the connection file's key is empty: messages are not signed")
    }
    let history = History(place) { body in
      try KernelThread.start(name: "history", stackSize: 1 << 20, body)
    } report: { line in
      logger.warning("history: \(line)")
    }
    let kernel = try Kernel(
      engine: engine,
      configuration: Kernel.Configuration(
        implementation: implementation, implementationVersion: version, key: connection.key,
        ports: connection.ports),
      history: history, logger: logger)
    let transport = try ZeroMQTransport(connection, parent: parentProcess)
    logger.info("listening as \(connection.address(of: .shell))")
    return try kernel.run(on: transport)
  }

  /// The process whose end ends the kernel, where the launcher named one.
  private static var parentProcess: Int32? {
    getenv("JPY_PARENT_PID").flatMap { Int32(String(cString: $0)) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// A connection file larger than this is none.
  private static let maximumSize = 1 << 20

  private static func read(
    _ path: String, _ logger: Logger
  ) throws(KernelFailure) -> ConnectionFile {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw .connectionFile(path: path, reason: String(cString: strerror(errno)))
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw .connectionFile(path: path, reason: "it is no regular file")
    }
    if status.st_mode & 0o077 != 0 {
      logger.notice("others may read the connection file, and the key in it")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= maximumSize {
      let count = Glibc.read(file, &chunk, chunk.count)
      guard count >= 0 else {
        throw .connectionFile(path: path, reason: String(cString: strerror(errno)))
      }
      if count == 0 { break }
      bytes += chunk.prefix(count)
    }
    guard bytes.count <= maximumSize else {
      throw .connectionFile(path: path, reason: "it is too large")
    }
    do throws(ConnectionFileError) { return try ConnectionFile(parsing: bytes) } catch {
      throw .connectionFile(path: path, reason: error.description)
    }
  }
}

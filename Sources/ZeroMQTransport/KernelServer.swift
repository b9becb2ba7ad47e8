import EngineInterface
import Glibc
import History
import JupyterKernel
import JupyterProtocol
import Logging

/// Runs a kernel over ZeroMQ from its start to its end.
public struct KernelServer {
  private let engine: any Engine
  private let implementation: String
  private let version: String
  private let place: HistoryPlace
  private let logger: Logger

  /// - Parameters:
  ///   - engine: the language to serve.
  ///   - implementation: what the kernel calls itself.
  ///   - place: where the cells that ran are kept.
  ///   - logLevel: from which level on the log on stderr speaks.
  public init(
    engine: any Engine, implementation: String, version: String, history place: HistoryPlace,
    logLevel: Logger.Level = .warning
  ) {
    self.engine = engine
    self.implementation = implementation
    self.version = version
    self.place = place
    logger = Logger(label: "kernel") { _ in StandardErrorLog(level: logLevel) }
  }

  /// Serves until a client, the system or the end of the parent process ends the kernel.
  ///
  /// - Parameters:
  ///   - path: the connection file or the registration file that the launcher wrote.
  ///   - folder: where to leave a connection file for other clients, when the kernel chooses its
  ///     ports and tells them to a launcher.
  /// - Returns: how it ended; when a cell was stuck, only the end of the process ends it.
  public func run(
    startupFile path: String, runtimeFolder folder: () -> String? = { nil }
  ) throws(KernelFailure) -> Kernel.Ending {
    switch try StartupFile(path: path, logger) {
    case .connection(let connection):
      let transport = try listen(connection)
      if connection.choosesPorts {
        try ClientFile.complete(path, with: transport.connection)
      }
      return try serve(transport)
    case .registration(let registration):
      let transport = try listen(registration.connection)
      try transport.register(with: registration)
      var written: ClientFile?
      do throws(KernelFailure) {
        written = try folder().map { folder throws(KernelFailure) in
          try ClientFile(transport.connection, in: folder)
        }
      } catch {
        logger.warning("other clients cannot connect: \(error)")
      }
      defer { written?.remove() }
      return try serve(transport)
    }
  }

  /// Serves whoever reads the connection file that is written into `folder`, until the end.
  ///
  /// `announce` is told the path of the file.
  public func run(
    runtimeFolder folder: String, announce: (String) -> Void
  ) throws(KernelFailure) -> Kernel.Ending {
    let key = Array(Envelope.randomIdentifier().utf8)
    let transport = try listen(ConnectionFile(key: key))
    let file = try ClientFile(transport.connection, in: folder)
    defer { file.remove() }
    announce(file.path)
    return try serve(transport)
  }

  private func listen(_ connection: ConnectionFile) throws(KernelFailure) -> ZeroMQTransport {
    if connection.key.isEmpty {
      logger.warning("the connection file's key is empty: messages are not signed")
    }
    if connection.transport == .tcp, connection.curve == nil {
      logger.info("messages are not encrypted: other users of this machine may read them")
    }
    let transport = try ZeroMQTransport(connection, parent: Self.parentProcess)
    logger.info("listening as \(transport.connection.address(of: .shell))")
    return transport
  }

  private func serve(_ transport: ZeroMQTransport) throws(KernelFailure) -> Kernel.Ending {
    let connection = transport.connection
    let history = History(place) { body in
      try KernelThread.start(name: "history", stackSize: 1 << 20, body)
    } report: { [logger] line in
      logger.warning("history: \(line)")
    }
    let kernel = try Kernel(
      engine: engine,
      configuration: Kernel.Configuration(
        implementation: implementation, implementationVersion: version, key: connection.key,
        ports: connection.ports),
      history: history, logger: logger)
    return try kernel.run(on: transport)
  }

  /// The process whose end ends the kernel, where the launcher named one.
  private static var parentProcess: Int32? {
    getenv("JPY_PARENT_PID").flatMap { Int32(String(cString: $0)) }.flatMap { $0 > 0 ? $0 : nil }
  }
}

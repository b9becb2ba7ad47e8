import EngineInterface
import History
import JupyterProtocol
import Logging
import Synchronization

/// A Jupyter kernel: serves requests from a transport by an engine.
///
/// Three threads work for it. The thread that calls ``run(on:)`` owns the transport, and serves
/// what must be quick; one thread runs cells, and may block for input; one answers queries beside a
/// running cell. Each subshell that is given a cell has one more. What they share is here, and each
/// piece of it guards itself. All that leaves goes through the one ``Outbox``.
public final class Kernel: Sendable {
  /// What the kernel says of itself, and its key.
  public struct Configuration: Sendable {
    public var implementation: String
    public var implementationVersion: String
    public var key: [UInt8]
    /// The ports for `connect_request`.
    public var ports: [Channel: Int]

    public init(
      implementation: String, implementationVersion: String, key: [UInt8],
      ports: [Channel: Int] = [:]
    ) {
      self.implementation = implementation
      self.implementationVersion = implementationVersion
      self.key = key
      self.ports = ports
    }
  }

  /// How a run ended.
  public enum Ending: Sendable, Equatable {
    /// All cells have stopped.
    case stopped
    /// A cell did not stop in time; only the end of the process will end it.
    case stuck
  }

  let engine: any Engine
  let configuration: Configuration
  let logger: Logger
  let foldedLog: FoldedLog
  let outbox: Outbox
  let busyCells: BusyCells
  let mainShell: Shell
  let subshells = Subshells()
  let session: SessionQueue
  let history: History
  let comms = CommRegistry()
  let usage = ProcessUsage()
  let queries: WorkQueue<Exchange>
  /// The number of the last cell that counted.
  let executionCount = Atomic<Int>(0)
  /// How many threads may be running a cell.
  let cellThreads = Atomic<Int>(0)
  /// How many interrupts there were.
  let interrupts = Atomic<Int>(0)
  /// Set by a shutdown request, a signal or the parent's end.
  let isEnding = Atomic<Bool>(false)

  public init(
    engine: any Engine, configuration: Configuration, history: History, logger: Logger
  ) throws(KernelFailure) {
    self.engine = engine
    self.configuration = configuration
    self.history = history
    self.logger = logger
    foldedLog = FoldedLog(logger)
    outbox = try Outbox()
    busyCells = BusyCells(outbox: outbox)
    mainShell = try Shell(id: nil)
    session = try SessionQueue()
    queries = try WorkQueue()
  }

  /// The stack of the thread that runs cells; address space only, until it is used.
  static let cellStackSize = 512 << 20
  static let queryStackSize = 64 << 20
  /// How long a running cell may take to stop when the kernel ends, and its last lines to be
  /// written.
  static let patience = 200

  var information: KernelInfoReply {
    KernelInfoReply(
      implementation: configuration.implementation,
      implementationVersion: configuration.implementationVersion, language: engine.language,
      supportedFeatures: ["kernel subshells"])
  }

  /// Serves requests until a client or the system ends the kernel.
  public func run(on transport: any Transport) throws(KernelFailure) -> Ending {
    try transport.watch(outbox.wakeup)
    try startCells(name: "cells") { [self] in
      while let work = session.next() {
        switch work {
        case .cell(let exchange): serve(exchange)
        case .turn(let run): run()
        }
      }
    }
    try KernelThread.start(name: "queries", stackSize: Self.queryStackSize) { [self] in
      while let exchange = queries.next() { serve(exchange) }
    }
    var desk = Desk(kernel: self, transport: transport)
    desk.run()
    history.close(within: Self.patience)
    return areCellsRunning ? .stuck : .stopped
  }

  /// Whether a thread that runs cells has not ended yet.
  var areCellsRunning: Bool { cellThreads.load(ordering: .sequentiallyConsistent) > 0 }

  /// Starts a thread that runs cells.
  private func startCells(
    name: String, _ body: @escaping @Sendable () -> Void
  ) throws(KernelFailure) {
    cellThreads.add(1, ordering: .sequentiallyConsistent)
    do throws(KernelFailure) {
      try KernelThread.start(name: name, stackSize: Self.cellStackSize) { [self] in
        body()
        cellThreads.subtract(1, ordering: .sequentiallyConsistent)
        outbox.wakeup.signal()
      }
    } catch {
      cellThreads.subtract(1, ordering: .sequentiallyConsistent)
      throw error
    }
  }

  /// Hands a cell or a comm message to its shell; false when that takes nothing more.
  ///
  /// For the I/O thread only.
  func accept(_ exchange: Exchange) throws(KernelFailure) -> Bool {
    let shell = exchange.shell
    shell.lastArrival.store(exchange.arrival.nanoseconds, ordering: .relaxed)
    if shell.id == nil { return session.append(exchange) }
    if !shell.hasThread.load(ordering: .relaxed) {
      try startCells(name: "subshell") { [self] in
        while let exchange = shell.cells.next() { serve(exchange) }
      }
      shell.hasThread.store(true, ordering: .relaxed)
    }
    return shell.cells.append(exchange)
  }

  /// Serves one exchange: busy, what its route does, an error reply where that fails, idle.
  func serve(_ exchange: Exchange) {
    // Before anybody sees that the cell was taken, so that no interrupt of it can be lost.
    let isCell = Routes.byType[exchange.type]?.needsSession == true
    if exchange.shell.id == nil, isCell { engine.prepareToExecute() }
    var exchange = exchange
    exchange.interrupts = interrupts.load(ordering: .sequentiallyConsistent)
    let parent = exchange.parent
    busyCells.begin(parent, isCell: isCell)
    defer {
      busyCells.end(parent, isCell: isCell)
      // Who interrupted waits for the end, which must not wait for those who do not read.
      if wasInterrupted(since: exchange) { outbox.hurry() }
    }
    do throws(ErrorReply) {
      guard let route = Routes.byType[exchange.type] else {
        throw ErrorReply(
          name: "UnknownRequest",
          message: "this kernel knows no message of the type \(exchange.shownType)")
      }
      guard route.channels.contains(exchange.channel) else {
        let places = route.channels.map(\.rawValue).joined(separator: " and ")
        throw ErrorReply(
          name: "WrongChannel",
          message: "\(route.type) is served on \(places), not on \(exchange.channel.rawValue)")
      }
      switch route.place {
      case .transport, .queries, .history: try route.serve(self, exchange)
      case .cells:
        try requireOpen(exchange.shell)
        try route.serve(self, exchange)
      case .session:
        try requireOpen(exchange.shell)
        let failure = Held<ErrorReply?>(nil)
        try takeTurn(of: exchange.shell) { [self, exchange] in
          if exchange.shell.id != nil { engine.prepareToExecute() }
          do throws(ErrorReply) { try route.serve(self, exchange) } catch { failure.value = error }
        }
        if let error = failure.value { throw error }
      }
    } catch {
      refuse(exchange, error)
    }
  }

  /// Refuses what waited when its shell was closed.
  private func requireOpen(_ shell: Shell) throws(ErrorReply) {
    guard shell.isClosed else { return }
    throw isEnding.load(ordering: .sequentiallyConsistent) ? .ending : .subshellDeleted
  }

  /// Replies with an error.
  func refuse(_ exchange: Exchange, _ error: ErrorReply) {
    foldedLog.log(
      .notice, "refused a request", "\(exchange.shownType): \(error.report.message)")
    var content = error.content
    if exchange.type == ExecuteRequest.type {
      content["execution_count"] = .number(executionCount.load(ordering: .relaxed))
    }
    outbox.post(Outgoing(reply: content, type: exchange.replyType, to: exchange))
  }

  /// Stops every cell that is busy, also where it waits for input, for room or for its turn.
  func interrupt() {
    interrupts.add(1, ordering: .sequentiallyConsistent)
    engine.interrupt()
    outbox.hurry()
    for shell in shells { shell.inputGate.interrupt() }
  }

  /// Whether there was an interrupt since `exchange` was taken.
  func wasInterrupted(since exchange: Exchange) -> Bool {
    interrupts.load(ordering: .sequentiallyConsistent) != exchange.interrupts
  }

  /// The main shell, and the subshells.
  var shells: [Shell] { [mainShell] + subshells.all }

  /// Replies to the client that asked, tells all others, and ends.
  func shutDown(_ request: ShutdownRequest, _ exchange: Exchange) {
    let reply = ShutdownReply(restart: request.restart)
    outbox.post(Outgoing(reply: reply.content, type: ShutdownReply.type, to: exchange))
    outbox.post(Outgoing(reply, parent: exchange.parent))
    isEnding.store(true, ordering: .sequentiallyConsistent)
  }
}

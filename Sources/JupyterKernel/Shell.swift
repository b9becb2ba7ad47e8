import Synchronization

/// A line of cells that are run one after the other: the main shell, or a subshell.
///
/// A subshell has a thread of its own, made when its first cell comes. A cell in it runs beside the
/// running cell where the engine can do that; otherwise it has its turn in the session, see
/// ``SessionQueue``. Comm messages always have their turn, because a widget's callback needs the
/// session. The numbers of cells and the history are those of the session, in every shell; a failed
/// cell stops those behind it in its own shell only.
final class Shell: Sendable {
  /// Nil for the main shell.
  let id: String?
  /// What waits in a subshell; the main shell's cells wait in the ``SessionQueue``.
  let cells: WorkQueue<Exchange>
  let inputGate: InputGate
  /// The last failure that is to stop the cells behind it.
  let lastFailure = Mutex<Failure?>(nil)
  /// When its last cell or comm message arrived, in nanoseconds; set by the I/O thread only.
  let lastArrival = Atomic<Int64>(0)
  /// Rings when the turn that its thread waits for is over.
  let turnEnded: Wakeup
  /// Whether its thread runs; set by the I/O thread only.
  let hasThread = Atomic<Bool>(false)

  init(id: String?) throws(KernelFailure) {
    self.id = id
    cells = try WorkQueue()
    inputGate = try InputGate()
    turnEnded = try Wakeup()
  }

  /// Takes nothing more; a cell that waits for input is told so.
  func close() {
    cells.close()
    inputGate.close()
  }

  var isClosed: Bool { cells.isClosed }
}

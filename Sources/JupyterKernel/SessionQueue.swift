import Synchronization

/// What waits for the one session: the cells of the main shell, and turns of subshells.
///
/// After each cell of the main shell every subshell that waits has one turn, in their order; then
/// comes the next cell. So a subshell waits for no more than one cell, and no flood of its cells
/// keeps the main shell from its own.
final class SessionQueue: Sendable {
  /// What the execution thread is to do next.
  enum Work: Sendable {
    case cell(Exchange)
    case turn(@Sendable () -> Void)
  }

  private struct State {
    var cells = FIFO<Exchange>()
    var turns = FIFO<@Sendable () -> Void>()
    /// How many turns come before the next cell.
    var granted = 0
    var lastWasCell = false
    var isClosed = false
    var isWaiting = false
  }

  private let state = Mutex(State())
  private let wakeup: Wakeup

  init() throws(KernelFailure) { wakeup = try Wakeup() }

  /// Appends a cell of the main shell, or a message that is served between cells; false when the
  /// queue is closed.
  func append(_ cell: Exchange) -> Bool { add { $0.cells.append(cell) } }

  /// Appends a turn of a subshell; false when the queue is closed.
  func append(turn: @escaping @Sendable () -> Void) -> Bool { add { $0.turns.append(turn) } }

  private func add(_ append: (inout State) -> Void) -> Bool {
    let (accepted, wake) = state.withLock { state -> (Bool, Bool) in
      guard !state.isClosed else { return (false, false) }
      append(&state)
      defer { state.isWaiting = false }
      return (true, state.isWaiting)
    }
    if wake { wakeup.signal() }
    return accepted
  }

  /// The cell or message of the main shell that comes next.
  var firstCell: Exchange? { state.withLock { $0.cells.first } }

  /// Accepts nothing more; what is there is still handed out.
  func close() {
    state.withLock { $0.isClosed = true }
    wakeup.signal()
  }

  /// The next work; blocks while there is none.
  ///
  /// Nil when the queue is closed and empty.
  func next() -> Work? {
    while true {
      let (work, ended) = state.withLock { state -> (Work?, Bool) in
        if state.lastWasCell { state.granted = state.turns.count }
        state.lastWasCell = false
        if state.granted > 0 || state.cells.isEmpty, let turn = state.turns.popFirst() {
          state.granted = max(state.granted - 1, 0)
          return (.turn(turn), false)
        }
        if let cell = state.cells.popFirst() {
          state.lastWasCell = true
          return (.cell(cell), false)
        }
        state.isWaiting = true
        return (nil, state.isClosed)
      }
      if let work { return work }
      if ended { return nil }
      wakeup.wait()
    }
  }
}

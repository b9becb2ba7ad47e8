import EngineInterface
import Synchronization

/// Where a running cell waits for the line that the user types.
final class InputGate: Sendable {
  private enum Answer {
    case line(String)
    case failure(InputFailure)
  }

  private struct State {
    /// Set while a cell waits: whose answer counts, and to which messages it may refer.
    var identities: [[UInt8]]?
    var accepted: [String] = []
    var answer: Answer?
    /// An interrupt that came before the cell asked.
    var isInterrupted = false
    var isClosed = false
  }

  private let state = Mutex(State())
  private let wakeup: Wakeup

  init() throws(KernelFailure) { wakeup = try Wakeup() }

  /// A new cell starts: an interrupt of the last one is forgotten.
  func begin() { state.withLock { $0.isInterrupted = false } }

  /// Asks by `ask`, and waits for the answer of the client with these identities.
  func line(
    from identities: [[UInt8]], request: String, ask: () -> Void
  ) throws(InputFailure) -> String {
    let refused = state.withLock { state -> Bool in
      if state.isInterrupted || state.isClosed {
        state.isInterrupted = false
        return true
      }
      state.identities = identities
      state.accepted = [request]
      state.answer = nil
      return false
    }
    if refused { throw .interrupted }
    wakeup.reset()
    ask()
    while true {
      let answer = state.withLock { state -> Answer? in
        guard let answer = state.answer else { return nil }
        state.answer = nil
        state.identities = nil
        if case .failure(.interrupted) = answer { state.isInterrupted = false }
        return answer
      }
      switch answer {
      case .line(let line): return line
      case .failure(let failure): throw failure
      case nil: wakeup.wait()
      }
    }
  }

  /// The question was sent under this id.
  func announce(messageID: String) { state.withLock { $0.accepted.append(messageID) } }

  /// Whether a cell waits for the answer of the client with these identities.
  func waits(for identities: [[UInt8]]) -> Bool {
    state.withLock { $0.identities == identities && $0.answer == nil }
  }

  /// An answer arrived; false when nobody waits for it.
  ///
  /// Clients differ in the parent header of an answer: that of the question, that of the cell, or
  /// none.
  func deliver(
    _ line: Result<String, InputFailure>, from identities: [[UInt8]], parent: String?
  ) -> Bool {
    let accepted = state.withLock { state -> Bool in
      guard state.identities == identities, state.answer == nil,
        parent.map(state.accepted.contains) ?? true
      else { return false }
      switch line {
      case .success(let text): state.answer = .line(text)
      case .failure(let failure): state.answer = .failure(failure)
      }
      return true
    }
    if accepted { wakeup.signal() }
    return accepted
  }

  /// Whoever waits is told of an interrupt; so is who asks next in this cell.
  func interrupt() {
    state.withLock { state in
      state.isInterrupted = true
      if state.identities != nil, state.answer == nil { state.answer = .failure(.interrupted) }
    }
    wakeup.signal()
  }

  /// Nobody will answer any more.
  func close() {
    state.withLock { $0.isClosed = true }
    interrupt()
  }
}

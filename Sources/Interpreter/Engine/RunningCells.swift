import Autodiff
import Synchronization

/// What interrupts the cells that run: the session's, and those beside it.
final class RunningCells: Sendable {
  private let session: Interruption
  private let beside = Mutex<[ObjectIdentifier: Interruption]>([:])

  init(_ session: Interruption) { self.session = session }

  /// A cell begins beside the session's.
  func add(_ interruption: Interruption) {
    beside.withLock { $0[ObjectIdentifier(interruption)] = interruption }
  }

  /// It has ended.
  func remove(_ interruption: Interruption) {
    beside.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(interruption)) }
  }

  /// The user asks all of them to stop.
  func request() {
    session.request()
    beside.withLock { for other in $0.values { other.request() } }
  }

  /// They take too much together: all of them stop, since nobody knows whose fault it is.
  func request(with error: GateError) {
    session.request(with: error)
    beside.withLock { for other in $0.values { other.request(with: error) } }
  }
}

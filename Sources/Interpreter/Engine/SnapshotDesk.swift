import Autodiff
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where other threads ask the running cell for a snapshot of its session.
///
/// The thread of the cell takes it between two statements, or at the turn of a loop: then no value
/// is half written.
final class SnapshotDesk: Sendable {
  private struct State {
    /// Whether a cell runs that will answer.
    var isOpen = false
    var waiting: [Request] = []
    /// What the names hold while the cell waits for the user, who may take long.
    var resting: Snapshot?
  }

  private let state = Mutex(State())
  private let interruption: Interruption

  init(_ interruption: Interruption) { self.interruption = interruption }

  /// A cell begins.
  func open() { state.withLock { $0.isOpen = true } }

  /// The cell has ended: who still waits has its turn in the session instead.
  func close() {
    let waiting = state.withLock { state in
      defer { state = State() }
      return state.waiting
    }
    for request in waiting { request.answer(nil) }
  }

  /// Answers all who wait.
  func serve(_ session: Session) {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    guard !waiting.isEmpty else { return }
    var taker = SnapshotTaker(session)
    let snapshot = taker.snapshot()
    for request in waiting { request.answer(snapshot) }
  }

  /// Runs `body`, which changes nothing, and lets others see the session meanwhile.
  func resting<Result>(
    _ session: Session, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var taker = SnapshotTaker(session)
    let snapshot = taker.snapshot()
    let waiting = state.withLock { state in
      state.resting = snapshot
      defer { state.waiting = [] }
      return state.waiting
    }
    for request in waiting { request.answer(snapshot) }
    defer { state.withLock { $0.resting = nil } }
    return try body()
  }

  /// A snapshot of the running cell's session, as soon as it can give one.
  ///
  /// Nil when no cell runs, when it ends first, or when `isCancelled` says so meanwhile.
  func snapshot(unless isCancelled: () -> Bool) -> Snapshot? {
    let request = Request()
    let (isOpen, resting) = state.withLock { state -> (Bool, Snapshot?) in
      guard state.isOpen else { return (false, nil) }
      if let resting = state.resting { return (true, resting) }
      state.waiting.append(request)
      return (true, nil)
    }
    guard isOpen else { return nil }
    if let resting { return resting }
    interruption.requestAttention()
    while true {
      if let answer = request.answer(withinMilliseconds: 20) { return answer.snapshot }
      if isCancelled() {
        state.withLock { $0.waiting.removeAll { $0 === request } }
        return nil
      }
    }
  }

  /// One who waits.
  private final class Request: Sendable {
    struct Answer: Sendable { var snapshot: Snapshot? }

    private let given = Mutex<Answer?>(nil)
    // Sendable: a semaphore is made for several threads.
    nonisolated(unsafe) private let bell: UnsafeMutablePointer<sem_t>

    init() {
      bell = .allocate(capacity: 1)
      sem_init(bell, 0, 0)
    }

    deinit {
      sem_destroy(bell)
      bell.deallocate()
    }

    func answer(_ snapshot: Snapshot?) {
      given.withLock { $0 = Answer(snapshot: snapshot) }
      sem_post(bell)
    }

    func answer(withinMilliseconds limit: Int) -> Answer? {
      var end = timespec()
      clock_gettime(CLOCK_REALTIME, &end)
      end.tv_nsec += limit * 1_000_000
      end.tv_sec += end.tv_nsec / 1_000_000_000
      end.tv_nsec %= 1_000_000_000
      // Woken early or not: the answer is there or it is not.
      sem_timedwait(bell, &end)
      return given.withLock { $0 }
    }
  }
}

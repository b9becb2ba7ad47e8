import EngineInterface
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The life of a process that runs the cells of one file for another process.
///
/// It ends with the process that it works for: nothing is left behind when that one is killed.
public final class WorkerServer: Sendable {
  private let engine: any Engine
  private let channel = WorkerChannel(descriptor: WorkerChannel.workerDescriptor)
  private let sink: WorkerSink
  private let state = Mutex(State())
  /// Counts the requests that wait, so that the thread that executes them sleeps until one comes.
  private let semaphore = Semaphore()

  private struct State {
    /// Cells that were asked for and have not begun.
    var requests: [ExecutionRequest] = []
    /// Whether the first of them is to be stopped as soon as it begins.
    var isInterrupted = false
  }

  public init(engine: any Engine) {
    self.engine = engine
    sink = WorkerSink(channel: channel)
  }

  /// Takes requests until the other end is gone, and then ends the process; for a thread of its own.
  public func listen() -> Never {
    // Text that a cell wrote waits no longer than this for more of it.
    let pause = Duration.milliseconds(50)
    channel.send(WorkerEvent.ready.json)
    while true {
      switch channel.receive(until: .now + pause) {
      case .message(let message):
        switch WorkerRequest(message) {
        case .enter(let folder): chdir(folder)
        case .execute(let request):
          state.withLock { $0.requests.append(request) }
          semaphore.signal()
        case .interrupt: interrupt()
        case nil: _exit(2)
        }
      case .nothing: sink.flush()
      case .closed: _exit(0)
      }
    }
  }

  private func interrupt() {
    state.withLock { state in
      if state.requests.isEmpty {
        engine.interrupt()
      } else {
        state.isInterrupted = true
      }
    }
  }

  /// Runs the cells that are asked for; for the thread that has the large stack.
  public func serve() -> Never {
    while true {
      semaphore.wait()
      guard let request = next() else { continue }
      let outcome = engine.execute(request, to: sink)
      let pages = outcome.payloads.compactMap { payload in
        if case .page(let bundle) = payload { bundle } else { nil }
      }
      sink.send(.ended(outcome.error, pages: pages))
    }
  }
}

extension WorkerServer {
  /// The next cell; from now on an interrupt is meant for it.
  private func next() -> ExecutionRequest? {
    state.withLock { state in
      if state.requests.isEmpty { return nil }
      engine.prepareToExecute()
      if state.isInterrupted { engine.interrupt() }
      state.isInterrupted = false
      return state.requests.removeFirst()
    }
  }
}

/// A counting semaphore of the system's.
private final class Semaphore: Sendable {
  /// The system's calls are made for use by several threads, and the place never changes.
  private nonisolated(unsafe) let place: UnsafeMutablePointer<sem_t>

  init() {
    place = .allocate(capacity: 1)
    sem_init(place, 0, 0)
  }

  deinit {
    sem_destroy(place)
    place.deallocate()
  }

  func signal() { sem_post(place) }

  func wait() { while sem_wait(place) != 0 && errno == EINTR {} }
}

import Synchronization

/// The processes that run files, one of them started ahead, so that no file has to wait for its own.
public final class WorkerPool: Sendable {
  private struct State {
    var spare: WorkerProcess?
    /// Processes that were ended and may not be gone yet.
    var ended: [WorkerProcess] = []
  }

  private let arguments: [String]
  private let state = Mutex(State())

  /// `arguments` are those that make this program a worker.
  public init(arguments: [String]) { self.arguments = arguments }

  /// A process that has run nothing; `isFollowed` says that another one will be asked for.
  public func take(isFollowed: Bool) throws(SystemFailure) -> WorkerProcess {
    let spare = state.withLock { state in
      defer { state.spare = nil }
      return state.spare
    }
    let process: WorkerProcess
    if let spare, !spare.isGone {
      process = spare
    } else {
      process = try WorkerProcess(arguments: arguments)
    }
    // Without one ahead the next file starts its own, and tells what hinders that.
    let next = isFollowed ? try? WorkerProcess(arguments: arguments) : nil
    let surplus = state.withLock { state in
      if state.spare != nil { return next }
      state.spare = next
      return nil
    }
    if let surplus { end(surplus) }
    return process
  }

  /// Ends a process, whatever it does.
  public func end(_ process: WorkerProcess) {
    process.kill()
    // What it held may take the system longer to take down than the next file takes to begin.
    state.withLock { state in
      state.ended.removeAll(where: \.isGone)
      state.ended.append(process)
    }
  }

  /// Ends all processes and waits until they are gone.
  public func close() {
    let processes = state.withLock { state in
      defer { state = State() }
      return state.ended + (state.spare.map { [$0] } ?? [])
    }
    for process in processes { process.kill() }
    for process in processes { process.end() }
  }
}

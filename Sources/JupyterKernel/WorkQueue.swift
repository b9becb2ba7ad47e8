import Synchronization

/// A first-in-first-out queue that one thread fills and another empties, waiting when it is empty.
final class WorkQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements = FIFO<Element>()
    var isClosed = false
    var isWaiting = false
  }

  private let state = Mutex(State())
  private let wakeup: Wakeup

  init() throws(KernelFailure) { wakeup = try Wakeup() }

  /// Appends an element; false when the queue is closed.
  func append(_ element: Element) -> Bool {
    let (accepted, wake) = state.withLock { state -> (Bool, Bool) in
      guard !state.isClosed else { return (false, false) }
      state.elements.append(element)
      defer { state.isWaiting = false }
      return (true, state.isWaiting)
    }
    if wake { wakeup.signal() }
    return accepted
  }

  /// Accepts nothing more; what is there is still handed out.
  func close() {
    state.withLock { $0.isClosed = true }
    wakeup.signal()
  }

  /// What ``next()`` would give now.
  var first: Element? { state.withLock { $0.elements.first } }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// The next element; blocks while there is none.
  ///
  /// Nil when the queue is closed and empty.
  func next() -> Element? {
    while true {
      let (element, ended) = state.withLock { state -> (Element?, Bool) in
        if let element = state.elements.popFirst() { return (element, false) }
        state.isWaiting = true
        return (nil, state.isClosed)
      }
      if let element { return element }
      if ended { return nil }
      wakeup.wait()
    }
  }
}

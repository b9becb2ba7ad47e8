import EngineInterface
import JupyterProtocol
import Synchronization

/// The one queue of everything that leaves the kernel, on whatever channel.
///
/// What is posted first is sent first, so nothing of a request can come after its idle. Text on a
/// stream is joined to the text before it while that still waits; the first line goes out at once,
/// those that follow at most every few milliseconds, unless something else follows them.
final class Outbox: Sendable {
  /// What the I/O thread does.
  fileprivate enum Reader {
    /// Sends, and will look again by itself.
    case working
    /// Lets text pile up for a moment.
    case pausing
    /// Waits for a signal.
    case asleep
  }

  fileprivate struct State {
    var items: [Outgoing] = []
    var textBytes = 0
    /// Of text and of what else running cells show.
    var bytes = 0
    var onlyText = true
    var lastText: Int64 = 0
    var reader = Reader.working
    /// How many threads wait for room.
    var waiting = 0
    /// Whether what waits now is to be sent, however much waits for subscribers.
    var isUrgent = false
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Wakes the I/O thread.
  let wakeup: Wakeup
  /// Wakes the cells that wait for room.
  private let room: Wakeup

  /// How long text may wait for more text.
  static let textPause: Int64 = 5_000_000
  /// A message of text is not made longer than this.
  static let textMessageSize = 1 << 20
  /// Past this a cell that shows something waits until the I/O thread has caught up.
  static let limit = 8 << 20
  /// A text is joined to one of the last messages only, so that to find it costs next to nothing.
  fileprivate static let joinedItems = 8

  init() throws(KernelFailure) {
    wakeup = try Wakeup()
    room = try Wakeup(isCounted: true)
  }

  /// Queues a message; never blocks.
  func post(_ item: Outgoing) {
    if state.withLock({ $0.append(item) }) { wakeup.signal() }
  }

  /// Queues what a cell shows; blocks while too much waits, unless the cell `isInterrupted`.
  ///
  /// For threads that run cells only.
  func show(_ item: Outgoing, isInterrupted: () -> Bool) {
    whenThereIsRoom(isInterrupted) { state in
      state.bytes += item.size
      return state.append(item)
    }
  }

  /// Queues text on a stream; blocks while too much waits, unless the cell `isInterrupted`.
  ///
  /// For threads that run cells only. Returns whether it is sent at once, and nothing waits before
  /// it.
  func write(
    _ text: String, to stream: StandardStream, parent: [UInt8], isInterrupted: () -> Bool
  ) -> Bool {
    var isFirst = false
    let size = text.utf8.count
    whenThereIsRoom(isInterrupted) { state in
      state.bytes += size
      isFirst = state.textBytes == 0 && state.reader != .pausing
      state.textBytes += size
      if !state.join(text, on: stream, parent: parent) {
        state.items.append(Outgoing(text, on: stream, parent: parent))
        state.bytes += Outgoing.overhead
      }
      let wakes =
        state.reader == .asleep
        || state.reader == .pausing && state.textBytes > Self.textMessageSize
      if wakes { state.reader = .working }
      return wakes
    }
    return isFirst
  }

  /// Waits for room, and does `body`, which says whether to wake the I/O thread.
  ///
  /// `isInterrupted` is asked under the lock: an interrupt before is seen, one after finds that
  /// this waits, and wakes it.
  private func whenThereIsRoom(_ isInterrupted: () -> Bool, _ body: (inout State) -> Bool) {
    while true {
      let (isDone, wake) = state.withLock { state -> (Bool, Bool) in
        guard state.bytes > Self.limit, !state.isClosed, !isInterrupted() else {
          return (true, body(&state))
        }
        state.waiting += 1
        defer { state.reader = .working }
        return (false, state.reader != .working)
      }
      if wake { wakeup.signal() }
      if isDone { return }
      room.waitForOne()
    }
  }

  /// What the I/O thread is to do next.
  enum Turn {
    case send([Outgoing])
    /// Wait for a signal, or that many milliseconds.
    case wait(milliseconds: Int?)
  }

  /// All that waits; or how long to wait before asking again.
  func take(now: Timestamp) -> Turn {
    let (turn, waiting) = state.withLock { state -> (Turn, Int) in
      if state.items.isEmpty {
        state.isUrgent = false
        state.reader = .asleep
        return (.wait(milliseconds: nil), 0)
      }
      if state.onlyText, state.textBytes <= Self.textMessageSize, !state.isClosed {
        let pause = state.lastText + Self.textPause - now.nanoseconds
        if pause > 0, pause <= Self.textPause {
          state.reader = .pausing
          return (.wait(milliseconds: Int((pause + 999_999) / 1_000_000)), 0)
        }
      }
      state.reader = .working
      if state.textBytes > 0 { state.lastText = now.nanoseconds }
      var items: [Outgoing] = []
      swap(&items, &state.items)
      state.textBytes = 0
      state.bytes = 0
      state.onlyText = true
      state.isUrgent = false
      return (.send(items), state.takeWaiting())
    }
    for _ in 0..<waiting { room.signal() }
    return turn
  }

  /// Whether what waited when ``hurry()`` was called is not sent yet.
  var isUrgent: Bool { state.withLock { $0.isUrgent } }

  /// What waits is sent now, however much waits for subscribers; cells that wait for room and are
  /// interrupted go on without it.
  func hurry() {
    let waiting = state.withLock { state -> Int in
      state.isUrgent = true
      return state.takeWaiting()
    }
    for _ in 0..<waiting { room.signal() }
    wakeup.signal()
  }

  /// From now on no cell is made to wait.
  func close() {
    let waiting = state.withLock { state -> Int in
      state.isClosed = true
      return state.takeWaiting()
    }
    for _ in 0..<waiting { room.signal() }
  }
}

extension Outbox.State {
  /// Appends a message; whether the I/O thread is to be woken for it.
  fileprivate mutating func append(_ item: Outgoing) -> Bool {
    items.append(item)
    onlyText = false
    defer { reader = .working }
    return reader != .working
  }

  fileprivate mutating func takeWaiting() -> Int {
    defer { waiting = 0 }
    return waiting
  }

  /// Appends text to the last message of its request, if that is text on the same stream.
  ///
  /// Text of other requests may lie between: the order counts within a request only.
  fileprivate mutating func join(
    _ text: String, on stream: StandardStream, parent: [UInt8]
  ) -> Bool {
    for index in items.indices.reversed().prefix(Outbox.joinedItems) {
      guard case .stream = items[index].body else { return false }
      if items[index].parent == parent {
        return items[index].join(text, on: stream)
      }
    }
    return false
  }
}

extension Outgoing {
  /// Appends text to this message, if it is text on the same stream and not too long.
  fileprivate mutating func join(_ text: String, on stream: StandardStream) -> Bool {
    guard case .stream(stream, var joined) = body,
      joined.utf8.count < Outbox.textMessageSize
    else { return false }
    // The string must have one owner while it grows, or each line would copy all lines before it.
    body = .stream(stream, "")
    joined += text
    body = .stream(stream, joined)
    return true
  }
}

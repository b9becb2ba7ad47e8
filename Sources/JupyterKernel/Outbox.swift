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
  private enum Reader {
    /// Sends, and will look again by itself.
    case working
    /// Lets text pile up for a moment.
    case pausing
    /// Waits for a signal.
    case asleep
  }

  private struct State {
    var items: [Outgoing] = []
    var textBytes = 0
    var onlyText = true
    var lastText: Int64 = 0
    var reader = Reader.working
    var writerWaits = false
    var isClosed = false
  }

  private let state = Mutex(State())
  /// Wakes the I/O thread.
  let wakeup: Wakeup
  /// Wakes a writer that waits for room.
  private let room: Wakeup

  /// How long text may wait for more text.
  static let textPause: Int64 = 5_000_000
  /// A message of text is not made longer than this.
  static let textMessageSize = 1 << 20
  /// Past this a writer waits until the I/O thread has caught up.
  static let textLimit = 8 << 20

  init() throws(KernelFailure) {
    wakeup = try Wakeup()
    room = try Wakeup()
  }

  /// Queues a message; never blocks.
  func post(_ item: Outgoing) {
    let wake = state.withLock { state -> Bool in
      state.items.append(item)
      state.onlyText = false
      defer { state.reader = .working }
      return state.reader != .working
    }
    if wake { wakeup.signal() }
  }

  /// Queues text on a stream; blocks while too much of it waits.
  ///
  /// For the execution thread only.
  func write(_ text: String, to stream: StandardStream, parent: [UInt8]) {
    let size = text.utf8.count
    while true {
      let (wake, wait) = state.withLock { state -> (Bool, Bool) in
        if state.textBytes > Self.textLimit, !state.isClosed {
          state.writerWaits = true
          defer { state.reader = .working }
          return (state.reader != .working, true)
        }
        state.textBytes += size
        let last = state.items.count - 1
        if last < 0 || !state.items[last].join(text, on: stream, parent: parent) {
          state.items.append(Outgoing(text, on: stream, parent: parent))
        }
        let wakes =
          state.reader == .asleep
          || state.reader == .pausing && state.textBytes > Self.textMessageSize
        if wakes { state.reader = .working }
        return (wakes, false)
      }
      if wake { wakeup.signal() }
      if !wait { return }
      room.wait()
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
    let (turn, wake) = state.withLock { state -> (Turn, Bool) in
      if state.items.isEmpty {
        state.reader = .asleep
        return (.wait(milliseconds: nil), false)
      }
      if state.onlyText, state.textBytes <= Self.textMessageSize, !state.isClosed {
        let pause = state.lastText + Self.textPause - now.nanoseconds
        if pause > 0, pause <= Self.textPause {
          state.reader = .pausing
          return (.wait(milliseconds: Int((pause + 999_999) / 1_000_000)), false)
        }
      }
      state.reader = .working
      if state.textBytes > 0 { state.lastText = now.nanoseconds }
      var items: [Outgoing] = []
      swap(&items, &state.items)
      state.textBytes = 0
      state.onlyText = true
      defer { state.writerWaits = false }
      return (.send(items), state.writerWaits)
    }
    if wake { room.signal() }
    return turn
  }

  /// From now on no writer is made to wait.
  func close() {
    state.withLock { $0.isClosed = true }
    room.signal()
  }
}

extension Outgoing {
  /// Appends text to this message, if it is text of the same request on the same stream and not too
  /// long.
  fileprivate mutating func join(
    _ text: String, on stream: StandardStream, parent: [UInt8]
  ) -> Bool {
    guard case .stream(stream, var joined) = body,
      joined.utf8.count < Outbox.textMessageSize, self.parent == parent
    else { return false }
    // The string must have one owner while it grows, or each line would copy all lines before it.
    body = .stream(stream, "")
    joined += text
    body = .stream(stream, joined)
    return true
  }
}

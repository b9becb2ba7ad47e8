import CLinux
import JupyterProtocol

/// Finds the connections whose peer does not read, while nothing new is sent.
///
/// How much waits in a connection's own buffer is looked at many times: where the peer reads, it
/// changes, until the buffer is full again a moment later; where it does not, it stays.
struct SlowReaders {
  private struct Reading {
    var since: Int64
    var waiting: Int
  }

  private var readings: [Int32: Reading] = [:]
  /// When the slowest peer was last seen to have taken enough, and what waited for it then.
  private var progress: (time: Int64, backlog: Int)?

  /// How long a peer may take nothing, in nanoseconds: where others read and have to wait for it,
  /// and where none does.
  ///
  /// A client of libzmq's that reads slowly, but steadily, takes hundreds of messages at a time.
  private static let patience: Int64 = 1_000_000_000
  private static let patienceAlone: Int64 = 10_000_000_000
  /// How long the slowest peer may take to take ``leastTaken``.
  private static let longPatience: Int64 = 10_000_000_000
  private static let leastTaken = 1 << 20
  /// How often it is looked at, in milliseconds; a full buffer is empty and full again in a few.
  static let interval = 2

  /// Looks at the buffers of these connections; gives those whose peer has not read for too long.
  mutating func look(at connections: Set<Int32>, backlog: Int) -> Set<Int32> {
    let now = Timestamp.now().nanoseconds
    for descriptor in connections {
      let waiting = Int(unsent_bytes(descriptor))
      if waiting > 0, let reading = readings[descriptor], reading.waiting == waiting,
        now >= reading.since
      {
        continue
      }
      readings[descriptor] = Reading(since: now, waiting: waiting)
    }
    let isAlone = !connections.contains { descriptor in
      readings[descriptor].map { $0.waiting == 0 || $0.since == now } ?? false
    }
    let patience = isAlone ? Self.patienceAlone : Self.patience
    var slow = connections.filter { descriptor in
      readings[descriptor].map { now - $0.since >= patience } ?? false
    }
    for descriptor in slow { readings[descriptor] = nil }
    guard let last = progress, now >= last.time, slow.isEmpty,
      backlog > last.backlog - Self.leastTaken
    else {
      progress = (now, backlog)
      return slow
    }
    // Those that read, but so little that all would wait for them.
    if now - last.time >= Self.longPatience {
      slow = Set(readings.filter { $0.value.waiting > 0 }.keys)
      progress = nil
    }
    return slow
  }

  /// Forgets what was seen: something new is sent.
  mutating func reset() {
    guard progress != nil || !readings.isEmpty else { return }
    readings = [:]
    progress = nil
  }
}

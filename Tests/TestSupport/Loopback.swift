import JSON
import JupyterKernel
import JupyterProtocol
import Synchronization

/// What lies between a loopback client and its kernel: a queue in each direction.
final class LoopbackLine: Sendable {
  /// A message as the kernel sent it.
  struct Sent: Sendable {
    var channel: Channel
    var parts: [[UInt8]]
  }

  let toKernel = Mutex<[TransportEvent]>([])
  let toClient = Mutex<[Sent]>([])
  let kernelBell: Wakeup
  let clientBell: Wakeup
  let ending = Mutex<Kernel.Ending?>(nil)

  init() throws {
    kernelBell = try Wakeup()
    clientBell = try Wakeup()
  }
}

/// A transport within the process: no sockets, no library.
final class LoopbackTransport: Transport {
  private let line: LoopbackLine
  private var wakeups: [Wakeup] = []

  init(line: LoopbackLine) { self.line = line }

  func watch(_ wakeup: Wakeup) { wakeups = [wakeup, line.kernelBell] }

  func wait(milliseconds: Int?, _ handle: (TransportEvent) -> Void) {
    Wakeup.wait(forOneOf: wakeups, milliseconds: milliseconds)
    for wakeup in wakeups { wakeup.reset() }
    let events = line.toKernel.withLock { events in
      defer { events = [] }
      return events
    }
    for event in events { handle(event) }
  }

  var isCongested: Bool { false }

  func send(_ parts: [[UInt8]], on channel: Channel) -> Bool {
    line.toClient.withLock { $0.append(LoopbackLine.Sent(channel: channel, parts: parts)) }
    line.clientBell.signal()
    return true
  }

  func close() { line.clientBell.signal() }
}

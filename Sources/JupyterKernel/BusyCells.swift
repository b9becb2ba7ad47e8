import JupyterProtocol
import Synchronization

/// Says when requests are begun and done, and keeps front ends from taking a computing kernel for idle.
///
/// They take each status for the kernel's, whatever request it is about; a server may even end a
/// kernel that seems to have been idle for long. So what is done beside a running cell is followed
/// by one more busy of that cell.
final class BusyCells: Sendable {
  private let outbox: Outbox
  /// The headers of the cells that run.
  private let running = Mutex<[[UInt8]]>([])

  init(outbox: Outbox) { self.outbox = outbox }

  /// Says that a request is being served; a cell's goes on until ``end(_:isCell:)``.
  func begin(_ parent: [UInt8], isCell: Bool) {
    running.withLock { running in
      if isCell { running.append(parent) }
      outbox.post(Outgoing(.busy, parent: parent))
    }
  }

  /// Says that a request is done.
  func end(_ parent: [UInt8], isCell: Bool) {
    // Under the lock, or a cell's last word could be that it is busy.
    running.withLock { running in
      if isCell, let index = running.firstIndex(of: parent) { running.remove(at: index) }
      outbox.post(Outgoing(.idle, parent: parent))
      if let cell = running.last { outbox.post(Outgoing(.busy, parent: cell)) }
    }
  }
}

import JupyterProtocol
import Synchronization

/// The subshells of a kernel, in the order of their making.
final class Subshells: Sendable {
  private let shells = Mutex<[Shell]>([])

  /// More are refused: each may need a thread, and half a dozen descriptors.
  static let maximum = 64

  /// Makes one more; gives its id.
  func create() throws(ErrorReply) -> String {
    guard all.count < Self.maximum else {
      throw ErrorReply(
        name: "TooManySubshells",
        message: "there are \(Self.maximum) subshells already; delete one first")
    }
    let id = Envelope.randomIdentifier()
    let shell: Shell
    do throws(KernelFailure) { shell = try Shell(id: id) } catch {
      throw ErrorReply(name: "SystemError", message: error.description)
    }
    shells.withLock { $0.append(shell) }
    return id
  }

  func find(_ id: String) throws(ErrorReply) -> Shell {
    guard let shell = all.first(where: { $0.id == id }) else {
      throw ErrorReply(
        name: "UnknownSubshell", message: "there is no subshell with the id `\(id.prefix(64))`")
    }
    return shell
  }

  /// Ends a subshell; what waits in it is refused.
  func delete(_ id: String) throws(ErrorReply) {
    let shell = try find(id)
    shells.withLock { $0.removeAll { $0 === shell } }
    shell.close()
  }

  var all: [Shell] { shells.withLock { $0 } }
  var ids: [String] { all.compactMap(\.id) }
}

import Synchronization

/// The comms that are open, whoever opened them.
final class CommRegistry: Sendable {
  private let targets = Mutex<[String: String]>([:])

  func open(id: String, target: String) { targets.withLock { $0[id] = target } }

  func close(id: String) { targets.withLock { _ = $0.removeValue(forKey: id) } }

  /// Ids and targets, sorted by id; only those of `target` when it is given.
  func list(of target: String?) -> [(id: String, target: String)] {
    targets.withLock { targets in
      targets.filter { target == nil || $0.value == target }
        .sorted { $0.key < $1.key }
        .map { ($0.key, $0.value) }
    }
  }
}

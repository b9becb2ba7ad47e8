import Synchronization

/// The plain text of a cell's result.
final class ResultText: Sendable {
  private let text = Mutex<String?>(nil)

  var value: String? {
    get { text.withLock { $0 } }
    set { text.withLock { $0 = newValue } }
  }
}

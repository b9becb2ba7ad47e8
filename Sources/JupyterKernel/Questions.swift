import JupyterProtocol

/// Questions to clients whose stdin channel is not connected yet.
///
/// A client opens its channels one after the other, and may send a cell before it has opened all.
struct Questions {
  private var waiting: [(question: Outgoing, deadline: Int64)] = []

  /// How long a client may take to connect, in nanoseconds.
  static let patience: Int64 = 5_000_000_000
  /// How long to wait before each new try, in milliseconds.
  static let interval = 10

  var isEmpty: Bool { waiting.isEmpty }

  mutating func append(_ question: Outgoing) {
    waiting.append((question, Timestamp.now().nanoseconds + Self.patience))
  }

  /// Tries to ask what is still to be asked.
  ///
  /// A cell whose client does not come is told that there is nobody to ask.
  mutating func ask(by send: (Outgoing) -> Bool) {
    let now = Timestamp.now().nanoseconds
    waiting.removeAll { question, deadline in
      guard let gate = question.announces, gate.waits(for: question.identities) else { return true }
      if send(question) { return true }
      guard now > deadline else { return false }
      _ = gate.deliver(.failure(.unavailable), from: question.identities, parent: nil)
      return true
    }
  }
}

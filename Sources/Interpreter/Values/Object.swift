import Autodiff

/// A value that is no number, tensor, string, boolean or None: what it can do are its overrides.
class Object {
  /// Which of the classes that hot paths ask for this is; cheaper than a cast.
  let tag: Tag

  enum Tag: UInt8 { case other, builtin, function, list }

  init(tag: Tag = .other) { self.tag = tag }

  /// What `type(x)` and errors call it.
  var typeName: String { "object" }
  /// The value for a sentence.
  var described: String { "a \(typeName)" }

  func truth(_ session: Session) throws(Failure) -> Bool { true }

  /// How `print` shows it, and how it stands inside a list.
  func text(_ session: Session) throws(Failure) -> String { try repr(session) }
  func repr(_ session: Session) throws(Failure) -> String { "<\(typeName)>" }

  /// An attribute; nil where there is none of that name.
  func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? { nil }
  func setAttribute(_ name: String, _ value: Value, _ session: Session) throws(Failure) {
    throw Failure(.attribute, "attributes of \(described) cannot be set")
  }
  func deleteAttribute(_ name: String, _ session: Session) throws(Failure) {
    throw Failure(.attribute, "attributes of \(described) cannot be deleted")
  }
  /// Names for completion.
  var attributeNames: [String] { [] }

  func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    throw Failure(.type, "\(described) cannot be indexed")
  }
  func setItem(_ index: Value, _ value: Value, _ session: Session) throws(Failure) {
    throw Failure(.type, "items of \(described) cannot be set")
  }
  func deleteItem(_ index: Value, _ session: Session) throws(Failure) {
    throw Failure(.type, "items of \(described) cannot be deleted")
  }

  func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    throw Failure(.type, "\(described) cannot be called")
  }

  /// The values that it holds, so that their history is kept while it lives.
  var held: [Value] { [] }
  /// The nodes that it stands for itself.
  var heldNodes: [UInt32] { [] }

  /// Whether it can be called.
  var isCallable: Bool { false }

  func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    throw Failure(.type, "\(described) cannot be iterated over")
  }

  /// The number of items; nil where it has none.
  func length(_ session: Session) throws(Failure) -> Int? { nil }

  /// Whether it contains a value; by default by looking at all items.
  func contains(_ value: Value, _ session: Session) throws(Failure) -> Bool {
    let items = try iterator(session)
    var place = 0
    while let item = try items.next(session) {
      if try session.areEqual(item, value) { return true }
      place += 1
      try Session.look(at: place)
    }
    return false
  }

  /// Equality; nil to fall back on identity.
  func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? { nil }

  /// Order among values of one type; nil where there is none.
  func isLess(than other: Value, _ session: Session) throws(Failure) -> Bool? { nil }

  /// A binary operator with this as the left or the right operand; nil where it is not defined.
  func binary(
    _ operation: Operation, _ other: Value, isLeft: Bool, _ session: Session
  ) throws(Failure) -> Value? { nil }

  /// A unary operator; nil where it is not defined.
  func negated(_ session: Session) throws(Failure) -> Value? { nil }

  /// A key for dicts and sets by value; nil to use identity, `unhashable` to refuse.
  var hashKey: HashKey? { nil }
  var isHashable: Bool { true }

  /// Whether it holds other values, and so may be nested deeply.
  var isContainer: Bool { false }
  /// Moves the containers that it holds to `pending`, for it is about to go.
  func surrender(into pending: inout [Object]) {}

  /// The rectangular list of numbers that it is, as a recorded tensor; nil where it is none.
  func asTensor(_ session: Session) throws(Failure) -> Traced? { nil }
}

/// What a call was given.
struct Arguments {
  var positional: [Value]
  var keywords: [(name: String, value: Value)] = []

  init(_ positional: [Value], keywords: [(name: String, value: Value)] = []) {
    self.positional = positional
    self.keywords = keywords
  }

  /// Gives a parameter another value, however it was given before.
  mutating func set(_ parameter: Int, named name: String, to value: Value) {
    if parameter < positional.count {
      positional[parameter] = value
    } else if let place = keywords.firstIndex(where: { $0.name == name }) {
      keywords[place].value = value
    } else {
      keywords.append((name, value))
    }
  }
}

/// The items of a value, one after the other.
class ValueIterator {
  func next(_ session: Session) throws(Failure) -> Value? { nil }
}

/// An iterator over items at hand.
final class ItemIterator: ValueIterator {
  private let items: [Value]
  private var index = 0
  init(_ items: [Value]) { self.items = items }
  override func next(_ session: Session) throws(Failure) -> Value? {
    guard index < items.count else { return nil }
    index += 1
    return items[index - 1]
  }
}

/// An iterator that a closure feeds.
final class FedIterator: ValueIterator {
  private let feed: (Session) throws(Failure) -> Value?
  init(_ feed: @escaping (Session) throws(Failure) -> Value?) { self.feed = feed }
  override func next(_ session: Session) throws(Failure) -> Value? { try feed(session) }
}

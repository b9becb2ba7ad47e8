/// An iterator as a value: what `zip`, `map`, `enumerate` and generators give.
///
/// It can be walked once; every walk goes on where the last one stopped.
final class IteratorObject: Object {
  private let name: String
  private let items: ValueIterator

  init(_ name: String, _ items: ValueIterator) {
    self.name = name
    self.items = items
  }

  /// An iterator that a closure feeds.
  convenience init(_ name: String, feed: @escaping (Session) throws(Failure) -> Value?) {
    self.init(name, FedIterator(feed))
  }

  override var typeName: String { name }
  override var described: String { "aeiou".contains(name.prefix(1)) ? "an \(name)" : "a \(name)" }
  override func repr(_ session: Session) throws(Failure) -> String { "<\(name)>" }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator { items }

  override var attributeNames: [String] { ["__next__"] }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    guard name == "__next__" else { return nil }
    return .object(
      Builtin("__next__", "", "The next item.") { [self] _, session throws(Failure) in
        guard let item = try items.next(session) else {
          throw Failure(.stopIteration, "the \(self.name) has no more items")
        }
        return item
      })
  }
}

/// What a dict shows of itself: its keys, values or items, as they are when looked at.
final class DictView: Object {
  enum Part: String { case keys, values, items }

  let dict: DictObject
  let part: Part

  init(_ dict: DictObject, _ part: Part) {
    self.dict = dict
    self.part = part
  }

  /// What the view shows now.
  var values: [Value] {
    switch part {
    case .keys: dict.items.map(\.key)
    case .values: dict.items.map(\.value)
    case .items: dict.items.map { .tuple([$0.key, $0.value]) }
    }
  }

  override var typeName: String { "dict_\(part.rawValue)" }
  override var held: [Value] { [.object(dict)] }
  override func truth(_ session: Session) throws(Failure) -> Bool { dict.count > 0 }
  override func length(_ session: Session) throws(Failure) -> Int? { dict.count }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    ItemIterator(values)
  }
  override func repr(_ session: Session) throws(Failure) -> String {
    "\(typeName)(\(try session.repr(.list(values))))"
  }
  override func contains(_ value: Value, _ session: Session) throws(Failure) -> Bool {
    if part == .keys { return try dict.contains(value, session) }
    return try super.contains(value, session)
  }
  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard part != .values, let other = other.object(DictView.self), other.part == part else {
      return nil
    }
    return try SetObject(values).isEqual(to: .object(try SetObject(other.values)), session)
  }
  override func binary(
    _ operation: Operation, _ other: Value, isLeft: Bool, _ session: Session
  ) throws(Failure) -> Value? {
    guard part == .keys else { return nil }
    let mine = Value.object(try SetObject(values))
    let theirs = other.object(DictView.self).map { $0.values }
    let right = try theirs.map { values throws(Failure) in Value.object(try SetObject(values)) }
    return isLeft
      ? try session.binary(operation, mine, right ?? other)
      : try session.binary(operation, right ?? other, mine)
  }
}

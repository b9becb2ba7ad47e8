/// A dict: items in the order in which they came; shared by all its names.
final class DictObject: Object {
  private var index: [HashKey: Int] = [:]
  /// Items in order; nil where one was deleted.
  private var entries: [(key: Value, value: Value)?] = []

  /// Whether the values are leaves already, because the dict has a name or a place.
  private var isSettled = false

  init(_ items: [(key: Value, value: Value)] = []) throws(Failure) {
    super.init()
    for (key, value) in items { try set(key, value) }
  }

  /// An empty dict.
  init() { super.init() }

  /// Makes leaves of fresh values, when the dict gets a name or a place.
  func settle(_ session: Session) {
    if isSettled { return }
    isSettled = true
    for place in entries.indices {
      if let entry = entries[place] { entries[place]?.value = session.settled(entry.value) }
    }
  }

  var count: Int { index.count }
  var items: [(key: Value, value: Value)] { entries.compactMap { $0 } }

  func value(_ key: Value) throws(Failure) -> Value? {
    index[try HashKey(key)].flatMap { entries[$0]?.value }
  }
  func value(named name: String) -> Value? { index[.string(name)].flatMap { entries[$0]?.value } }

  func set(_ key: Value, _ value: Value) throws(Failure) {
    let hash = try HashKey(key)
    if let place = index[hash] {
      entries[place]?.value = value
    } else {
      // The index grows with the entries, and is as large.
      try Session.demand(2 * entries.bytesForAnother)
      try Session.look(at: entries.count)
      index[hash] = entries.count
      entries.append((key, value))
    }
  }

  @discardableResult
  func remove(_ key: Value) throws(Failure) -> Value? {
    guard let place = index.removeValue(forKey: try HashKey(key)) else { return nil }
    let value = entries[place]?.value
    entries[place] = nil
    if entries.count > 32, entries.count > 2 * index.count { compact() }
    return value
  }

  func removeAll() {
    index = [:]
    entries = []
  }

  private func compact() {
    entries = entries.filter { $0 != nil }
    for (place, entry) in entries.enumerated() {
      if let entry, let hash = try? HashKey(entry.key) { index[hash] = place }
    }
  }

  deinit {
    var pending: [Object] = []
    surrender(into: &pending)
    Object.release(pending: &pending)
  }
  override var isContainer: Bool { true }
  override func surrender(into pending: inout [Object]) {
    var values = entries.compactMap { $0?.value }
    entries = []
    Object.surrender(&values, into: &pending)
  }

  override var typeName: String { "dict" }
  override var held: [Value] { items.map(\.value) }
  override var described: String { "a dict of \(count)" }
  override func truth(_ session: Session) throws(Failure) -> Bool { count > 0 }
  override func length(_ session: Session) throws(Failure) -> Int? { count }
  override var isHashable: Bool { false }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    ItemIterator(items.map(\.key))
  }
  override func contains(_ value: Value, _ session: Session) throws(Failure) -> Bool {
    index[try HashKey(value)] != nil
  }
  override func repr(_ session: Session) throws(Failure) -> String {
    try session.guardingRecursion(of: self, elided: "{...}") { () throws(Failure) -> String in
      var parts: [String] = []
      for (key, value) in items {
        try session.checkInterruption()
        parts.append("\(try session.repr(key)): \(try session.repr(value))")
      }
      return "{" + parts.joined(separator: ", ") + "}"
    }
  }
  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    if let value = try value(index) { return value }
    throw Failure(
      .key, "the dict has no key \(try session.repr(index))",
      hint: session.nearestKey(to: index, in: items.map(\.key)))
  }
  override func setItem(_ index: Value, _ value: Value, _ session: Session) throws(Failure) {
    try set(index, session.settled(value))
  }
  override func deleteItem(_ index: Value, _ session: Session) throws(Failure) {
    guard try remove(index) != nil else {
      throw Failure(.key, "the dict has no key \(try session.repr(index))")
    }
  }
  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(DictObject.self) else { return nil }
    guard count == other.count else { return false }
    return try session.nested { () throws(Failure) in
      for (key, value) in items {
        guard let theirs = try other.value(key), try session.areEqual(value, theirs) else {
          return false
        }
      }
      return true
    }
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    try session.method(name, of: .object(self), in: session.methods.dict)
  }
}

/// A set: values in the order in which they came.
final class SetObject: Object {
  let members = DictObject()

  init(_ values: [Value]) throws(Failure) {
    super.init()
    for value in values { try members.set(value, .none) }
  }

  var values: [Value] { members.items.map(\.key) }

  override var typeName: String { "set" }
  override var described: String { "a set of \(members.count)" }
  override func truth(_ session: Session) throws(Failure) -> Bool { members.count > 0 }
  override func length(_ session: Session) throws(Failure) -> Int? { members.count }
  override var isHashable: Bool { false }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    ItemIterator(values)
  }
  override func contains(_ value: Value, _ session: Session) throws(Failure) -> Bool {
    try members.contains(value, session)
  }
  override func repr(_ session: Session) throws(Failure) -> String {
    if members.count == 0 { return "set()" }
    var parts: [String] = []
    for value in values {
      try session.checkInterruption()
      parts.append(try session.repr(value))
    }
    return "{" + parts.joined(separator: ", ") + "}"
  }
  /// The order of sets is that of inclusion: less is a part that is not the whole.
  override func isLess(than other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(SetObject.self) else { return nil }
    guard members.count < other.members.count else { return false }
    for value in values where !(try other.members.contains(value, session)) { return false }
    return true
  }
  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(SetObject.self) else { return nil }
    guard members.count == other.members.count else { return false }
    for value in values where !(try other.members.contains(value, session)) { return false }
    return true
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    try session.method(name, of: .object(self), in: session.methods.set)
  }
  override func binary(
    _ operation: Operation, _ other: Value, isLeft: Bool, _ session: Session
  ) throws(Failure) -> Value? {
    guard isLeft, let other = other.object(SetObject.self) else { return nil }
    var kept: [Value] = []
    switch operation {
    case .subtract:
      for value in values where !(try other.contains(value, session)) { kept.append(value) }
    case .bitAnd:
      for value in values where try other.contains(value, session) { kept.append(value) }
    case .bitOr: kept = values + other.values
    case .bitXor:
      for value in values where !(try other.contains(value, session)) { kept.append(value) }
      for value in other.values where !(try contains(value, session)) { kept.append(value) }
    default: return nil
    }
    return .object(try SetObject(kept))
  }
}

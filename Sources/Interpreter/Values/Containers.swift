import Autodiff

/// A list: shared by all its names.
final class ListObject: Object {
  var items: [Value]
  /// Whether the items are leaves already, because the list has a name or a place.
  var isSettled = false

  init(_ items: [Value]) {
    self.items = items
    super.init(tag: .list)
  }

  deinit { Object.release(&items) }
  override var isContainer: Bool { true }
  override func surrender(into pending: inout [Object]) {
    Object.surrender(&items, into: &pending)
  }

  override var typeName: String { "list" }
  override var held: [Value] { items }
  override var described: String { "a list of \(items.count)" }
  override func truth(_ session: Session) throws(Failure) -> Bool { !items.isEmpty }
  override func length(_ session: Session) throws(Failure) -> Int? { items.count }
  override var isHashable: Bool { false }

  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    // Looks at the list itself, so that items appended in the loop are seen, as in Python.
    var index = 0
    return FedIterator { [self] _ throws(Failure) -> Value? in
      guard index < items.count else { return nil }
      index += 1
      return items[index - 1]
    }
  }

  override func repr(_ session: Session) throws(Failure) -> String {
    try session.guardingRecursion(of: self, elided: "[...]") { () throws(Failure) -> String in
      var parts: [String] = []
      for item in items {
        try session.checkInterruption()
        parts.append(try session.repr(item))
      }
      return "[" + parts.joined(separator: ", ") + "]"
    }
  }

  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    if let slice = index.object(SliceObject.self) {
      return .list(try slice.pick(from: items))
    }
    return items[try session.place(index, in: items.count, of: self)]
  }

  override func setItem(_ index: Value, _ value: Value, _ session: Session) throws(Failure) {
    if let slice = index.object(SliceObject.self) {
      let values = try session.items(of: value).map { session.settled($0) }
      return try slice.replace(in: &items, with: values)
    }
    items[try session.place(index, in: items.count, of: self)] = session.settled(value)
  }

  override func deleteItem(_ index: Value, _ session: Session) throws(Failure) {
    if let slice = index.object(SliceObject.self) {
      for place in try slice.places(items.count).sorted(by: >) { items.remove(at: place) }
      return
    }
    items.remove(at: try session.place(index, in: items.count, of: self))
  }

  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(ListObject.self) else { return nil }
    return try session.areEqual(items, other.items)
  }
  override func isLess(than other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(ListObject.self) else { return nil }
    return try session.isLess(items, other.items)
  }

  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    if name == "grad" { return try session.gradient(ofItems: items) }
    if let method = try session.method(name, of: .object(self), in: session.methods.list) {
      return method
    }
    return try session.tensorAttribute(name, of: self)
  }
  override var attributeNames: [String] { ["grad"] }

  override func binary(
    _ operation: Operation, _ other: Value, isLeft: Bool, _ session: Session
  ) throws(Failure) -> Value? {
    switch operation {
    case .add:
      guard let list = other.object(ListObject.self) else { return nil }
      return .list(isLeft ? items + list.items : list.items + items)
    case .multiply:
      guard case .number(let count, _) = other, let count = Int(exactly: count) else { return nil }
      return .list(try session.repeated(items, count))
    default: return nil
    }
  }

  override func asTensor(_ session: Session) throws(Failure) -> Traced? {
    try session.stacked(items)
  }
}

/// A tuple.
final class TupleObject: Object {
  private(set) var items: [Value]
  /// Whether a number in it is written with a point or an exponent, as in `(0.0, 1)`.
  var isWrittenWithPoint = false
  private var isSettled = false
  init(_ items: [Value]) { self.items = items }

  /// Makes leaves of fresh items, when the tuple gets a name or a place.
  func settle(_ session: Session) {
    if isSettled { return }
    isSettled = true
    items = items.map { session.settled($0) }
  }

  deinit { Object.release(&items) }
  override var isContainer: Bool { true }
  override func surrender(into pending: inout [Object]) {
    Object.surrender(&items, into: &pending)
  }

  override var typeName: String { "tuple" }
  override var held: [Value] { items }
  override var described: String { "a tuple of \(items.count)" }
  override func truth(_ session: Session) throws(Failure) -> Bool { !items.isEmpty }
  override func length(_ session: Session) throws(Failure) -> Int? { items.count }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    ItemIterator(items)
  }
  override func repr(_ session: Session) throws(Failure) -> String {
    try session.guardingRecursion(of: self, elided: "(...)") { () throws(Failure) -> String in
      var parts: [String] = []
      for item in items {
        try session.checkInterruption()
        parts.append(try session.repr(item))
      }
      return "(" + parts.joined(separator: ", ") + (items.count == 1 ? ",)" : ")")
    }
  }
  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    if let slice = index.object(SliceObject.self) {
      return .tuple(try slice.pick(from: items))
    }
    return items[try session.place(index, in: items.count, of: self)]
  }
  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(TupleObject.self) else { return nil }
    return try session.areEqual(items, other.items)
  }
  override func isLess(than other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = other.object(TupleObject.self) else { return nil }
    return try session.isLess(items, other.items)
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    try session.method(name, of: .object(self), in: session.methods.tuple)
  }
  override func binary(
    _ operation: Operation, _ other: Value, isLeft: Bool, _ session: Session
  ) throws(Failure) -> Value? {
    switch operation {
    case .add:
      guard let tuple = other.object(TupleObject.self) else { return nil }
      return .tuple(isLeft ? items + tuple.items : tuple.items + items)
    case .multiply:
      guard case .number(let count, _) = other, let count = Int(exactly: count) else { return nil }
      return .tuple(try session.repeated(items, count))
    default: return nil
    }
  }
  override func asTensor(_ session: Session) throws(Failure) -> Traced? {
    try session.stacked(items)
  }
}

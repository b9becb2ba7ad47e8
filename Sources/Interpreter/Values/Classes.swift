/// A class: methods and attributes, with at most one base.
final class ClassObject: Object {
  let name: String
  let base: ClassObject?
  /// The built-in exception that instances are, for classes derived from one.
  let exceptionKind: String?
  var members: [String: Value]
  /// The body, of a class of the language.
  let code: Code?
  var docstring: String? { code?.docstring }

  init(
    name: String, base: ClassObject?, exceptionKind: String? = nil, members: [String: Value],
    code: Code? = nil
  ) {
    self.name = name
    self.base = base
    self.exceptionKind = exceptionKind ?? base?.exceptionKind
    self.members = members
    self.code = code
  }

  /// A member of this class or the nearest base that has it.
  func lookUp(_ name: String) -> Value? {
    var type: ClassObject? = self
    while let current = type {
      if let value = current.members[name] { return value }
      type = current.base
    }
    return nil
  }

  func isSubclass(of other: ClassObject) -> Bool {
    var type: ClassObject? = self
    while let current = type {
      if current === other { return true }
      type = current.base
    }
    guard let exceptionKind, other.base == nil, other.members.isEmpty else { return false }
    return ExceptionKinds.ancestors(of: exceptionKind).contains(other.name)
  }

  /// A function as a method of an instance; other members as they are.
  static func bind(_ member: Value, to receiver: Value) -> Value {
    if case .object(let function as FunctionObject) = member {
      return .object(BoundMethod(function, receiver: receiver))
    }
    return member
  }

  override var typeName: String { "type" }
  override var held: [Value] {
    members.values + (base.map { [.object($0)] } ?? [])
  }
  override var described: String { "the class \(name)" }
  override var isCallable: Bool { true }
  override func repr(_ session: Session) throws(Failure) -> String { "<class '\(name)'>" }

  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    if let exceptionKind {
      let isBuiltin = base == nil && members.isEmpty
      let exception = ExceptionObject(
        kind: exceptionKind, message: "", userClass: isBuiltin ? nil : self)
      try exception.initialize(arguments.positional, session)
      if let initializer = lookUp("__init__"), case .object(let function) = initializer {
        var arguments = arguments
        arguments.positional.insert(.object(exception), at: 0)
        _ = try function.call(arguments, session)
      }
      return .object(exception)
    }
    let instance = InstanceObject(self)
    if case .object(let function)? = lookUp("__init__") {
      var arguments = arguments
      arguments.positional.insert(.object(instance), at: 0)
      _ = try function.call(arguments, session)
    } else if !arguments.positional.isEmpty || !arguments.keywords.isEmpty {
      throw Failure(.type, "\(name)() takes no arguments", hint: "define __init__ to take them")
    }
    return .object(instance)
  }

  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    if name == "__name__" { return .string(self.name) }
    if name == "__doc__" { return docstring.map { .string($0) } ?? Value.none }
    return lookUp(name)
  }
  override func setAttribute(_ name: String, _ value: Value, _ session: Session) throws(Failure) {
    members[name] = session.settled(value)
  }
  override var attributeNames: [String] {
    members.keys.sorted() + (base?.attributeNames ?? [])
  }
}

/// An instance of a class of the language.
final class InstanceObject: Object {
  let type: ClassObject
  var attributes: [String: Value] = [:]

  init(_ type: ClassObject) { self.type = type }

  deinit {
    var pending: [Object] = []
    surrender(into: &pending)
    Object.release(pending: &pending)
  }
  override var isContainer: Bool { true }
  override func surrender(into pending: inout [Object]) {
    var values = Array(attributes.values)
    attributes = [:]
    Object.surrender(&values, into: &pending)
  }

  override var typeName: String { type.name }
  override var held: [Value] { attributes.values + [.object(type)] }
  override var described: String { "an instance of \(type.name)" }
  override var isCallable: Bool { type.lookUp("__call__") != nil }
  override var attributeNames: [String] { attributes.keys.sorted() + type.attributeNames }

  /// Calls a method by name, where the class has it.
  private func send(
    _ name: String, _ arguments: [Value], _ session: Session
  ) throws(Failure) -> Value? {
    guard case .object(let function)? = type.lookUp(name) else { return nil }
    return try function.call(Arguments([.object(self)] + arguments), session)
  }

  override func truth(_ session: Session) throws(Failure) -> Bool {
    if let value = try send("__bool__", [], session) { return try session.truth(value) }
    if let length = try length(session) { return length > 0 }
    return true
  }
  override func repr(_ session: Session) throws(Failure) -> String {
    try send("__repr__", [], session)?.text ?? "<\(type.name)>"
  }
  override func text(_ session: Session) throws(Failure) -> String {
    if let text = try send("__str__", [], session)?.text { return text }
    return try repr(session)
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    if let value = attributes[name] { return value }
    if name == "__class__" { return .object(type) }
    return type.lookUp(name).map { ClassObject.bind($0, to: .object(self)) }
  }
  override func setAttribute(_ name: String, _ value: Value, _ session: Session) throws(Failure) {
    attributes[name] = session.settled(value)
  }
  override func deleteAttribute(_ name: String, _ session: Session) throws(Failure) {
    guard attributes.removeValue(forKey: name) != nil else {
      throw Failure(.attribute, "\(described) has no attribute \(name)")
    }
  }
  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    guard case .object(let function)? = type.lookUp("__call__") else {
      throw Failure(.type, "\(described) cannot be called", hint: "define __call__ in the class")
    }
    var arguments = arguments
    arguments.positional.insert(.object(self), at: 0)
    return try function.call(arguments, session)
  }
  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    if let value = try send("__getitem__", [index], session) { return value }
    throw Failure(
      .type, "\(described) cannot be indexed", hint: "define __getitem__ in the class")
  }
  override func setItem(_ index: Value, _ value: Value, _ session: Session) throws(Failure) {
    if try send("__setitem__", [index, value], session) != nil { return }
    throw Failure(.type, "items of \(described) cannot be set")
  }
  override func length(_ session: Session) throws(Failure) -> Int? {
    guard let value = try send("__len__", [], session) else { return nil }
    guard case .number(let count, _) = value, let count = Int(exactly: count), count >= 0 else {
      throw Failure(.type, "__len__ of \(type.name) gave \(value.described)")
    }
    return count
  }
  override func contains(_ value: Value, _ session: Session) throws(Failure) -> Bool {
    if let answer = try send("__contains__", [value], session) {
      return try session.truth(answer)
    }
    return try super.contains(value, session)
  }
  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    if let items = try send("__iter__", [], session) {
      if case .object(let object) = items, object === self {
        return FedIterator { [self] session throws(Failure) -> Value? in
          do throws(Failure) {
            return try send("__next__", [], session)
          } catch {
            if error.exception.kind == Failure.Kind.stopIteration.rawValue { return nil }
            throw error
          }
        }
      }
      return try session.iterator(items)
    }
    guard type.lookUp("__getitem__") != nil else {
      throw Failure(
        .type, "\(described) cannot be iterated over", hint: "define __iter__ or __getitem__")
    }
    var index = 0
    return FedIterator { [self] session throws(Failure) -> Value? in
      do throws(Failure) {
        index += 1
        return try send("__getitem__", [.int(index - 1)], session)
      } catch {
        if error.exception.kind == Failure.Kind.index.rawValue { return nil }
        throw error
      }
    }
  }
  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let answer = try send("__eq__", [other], session) else { return nil }
    return try session.truth(answer)
  }
  override func isLess(than other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let answer = try send("__lt__", [other], session) else { return nil }
    return try session.truth(answer)
  }
  override func binary(
    _ operation: Operation, _ other: Value, isLeft: Bool, _ session: Session
  ) throws(Failure) -> Value? {
    try send(isLeft ? operation.method : operation.reflectedMethod, [other], session)
  }
  override func negated(_ session: Session) throws(Failure) -> Value? {
    try send("__neg__", [], session)
  }
}

/// What `super()` gives: the base's methods with this instance.
final class SuperObject: Object {
  private let base: ClassObject?
  private let receiver: Value

  init(base: ClassObject?, receiver: Value) {
    self.base = base
    self.receiver = receiver
  }

  override var typeName: String { "super" }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    if let member = base?.lookUp(name) { return ClassObject.bind(member, to: receiver) }
    guard name == "__init__" else { return nil }
    let exception = receiver.object(ExceptionObject.self)
    return .object(
      Builtin("__init__", "*rest", "What a class without a base starts with.") {
        call, session throws(Failure) in
        try exception?.initialize(call.rest, session)
        return .none
      })
  }
}

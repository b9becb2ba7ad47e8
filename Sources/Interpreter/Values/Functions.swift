import Autodiff
import Syntax

/// A function of the language with the variables that it captured.
final class FunctionObject: Object {
  let code: Code
  let defaults: [Value]
  let keywordDefaults: [Value]
  /// Captured variables, in the order that the code names them.
  private(set) var captured: [Variable]
  var attributes: [String: Value] = [:]
  /// Where `super()` in it looks, for a function that stands in the body of a class.
  ///
  /// The class itself would hold its methods, and they it, for ever.
  var ancestry: Ancestry?

  /// The base of a method's class.
  struct Ancestry {
    let base: ClassObject?
  }

  init(code: Code, defaults: [Value], keywordDefaults: [Value], captured: [Variable]) {
    self.code = code
    self.defaults = defaults
    self.keywordDefaults = keywordDefaults
    self.captured = captured
    super.init(tag: .function)
  }

  deinit {
    var pending: [Object] = []
    surrender(into: &pending)
    Object.release(pending: &pending)
  }
  override var isContainer: Bool { !captured.isEmpty }
  override func surrender(into pending: inout [Object]) {
    while var variable = captured.popLast() {
      // A variable that another function shares is still in use.
      guard isKnownUniquelyReferenced(&variable) else { continue }
      if case .object(let object) = variable.value, object.isContainer { pending.append(object) }
      variable.value = .unbound
    }
  }

  /// Gives up the captured variables.
  func takeCaptured() -> [Variable] {
    defer { captured = [] }
    return captured
  }

  /// Gets back what ``takeCaptured()`` gave.
  func restore(captured: [Variable]) { self.captured = captured }

  var name: String { code.name }

  override var typeName: String { "function" }
  override var held: [Value] {
    captured.map(\.value) + defaults + keywordDefaults
  }
  override var described: String { "the function \(name)" }
  override var isCallable: Bool { true }
  override func repr(_ session: Session) throws(Failure) -> String { "<function \(name)>" }
  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    try session.call(self, arguments)
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "__name__": .string(self.name)
    case "__doc__": code.docstring.map { .string($0) } ?? Value.none
    default: attributes[name]
    }
  }
  override func setAttribute(_ name: String, _ value: Value, _ session: Session) throws(Failure) {
    attributes[name] = session.settled(value)
  }
}

/// A variable that functions share with the scope in which it stands.
final class Variable {
  var value: Value
  init(_ value: Value) { self.value = value }
}

/// A function together with the value that it is a method of.
final class BoundMethod: Object {
  let function: Object
  let receiver: Value

  init(_ function: Object, receiver: Value) {
    self.function = function
    self.receiver = receiver
  }

  override var typeName: String { "method" }
  override var held: [Value] { [receiver, .object(function)] }
  override var described: String {
    "the method \((function as? FunctionObject)?.name ?? (function as? Builtin)?.name ?? "")"
  }
  override var isCallable: Bool { true }
  override func repr(_ session: Session) throws(Failure) -> String { "<\(described.dropFirst(4))>" }
  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    var arguments = arguments
    arguments.positional.insert(receiver, at: 0)
    return try function.call(arguments, session)
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    try function.attribute(name, session)
  }
}

/// A module: names with values.
final class ModuleObject: Object {
  let name: String
  /// What a namespace of built-ins holds.
  private var builtins: [String: Value]
  /// Whether code set an attribute of a namespace of built-ins.
  private var wasChanged = false
  /// The names of a module that was run, which its functions see too.
  private let globals: Globals?

  init(name: String, members: [String: Value]) {
    self.name = name
    builtins = members
    globals = nil
  }

  init(_ globals: Globals) {
    name = globals.name
    builtins = [:]
    self.globals = globals
  }

  /// Frees what the names hold, at the end of their session.
  func forget() {
    globals?.forget()
    builtins = [:]
  }

  var members: [String: Value] {
    guard let globals else { return builtins }
    return Dictionary(globals.bound.map { ($0.name, $0.value) }) { $1 }
  }

  override var typeName: String { "module" }
  /// What a namespace of built-ins holds stands for no node, unless the user set it.
  override var held: [Value] { globals == nil && !wasChanged ? [] : Array(members.values) }
  override var described: String { "the module \(name)" }
  override func repr(_ session: Session) throws(Failure) -> String { "<module \(name)>" }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    if let value = globals.map({ $0[name] }) ?? builtins[name], !value.isUnbound { return value }
    return name == "__name__" ? .string(self.name) : nil
  }
  override func setAttribute(_ name: String, _ value: Value, _ session: Session) throws(Failure) {
    if let globals {
      globals[name] = session.settled(value)
    } else {
      builtins[name] = session.settled(value)
      wasChanged = true
    }
  }
  override var attributeNames: [String] { members.keys.sorted() }
}

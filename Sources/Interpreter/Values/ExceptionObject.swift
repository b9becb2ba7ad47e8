import Syntax

/// An exception: an instance of an exception class with its sentence, places and hint.
final class ExceptionObject: Object, @unchecked Sendable {
  // Sendable: values, and so exceptions, never leave the thread that runs cells.

  let kind: String
  var message: String
  var hint: String?
  /// Innermost first.
  var frames: [Diagnostic.Frame] = []
  /// What it was raised with.
  var arguments: [Value]
  /// The user's class, for exceptions that are defined in the language.
  let userClass: ClassObject?
  private var attributes: [String: Value] = [:]
  /// An error that hosts pass on as it is, such as one of the parser.
  var diagnostic: Diagnostic?

  init(
    kind: String, message: String, hint: String? = nil, arguments: [Value]? = nil,
    userClass: ClassObject? = nil
  ) {
    self.kind = kind
    self.message = message
    self.hint = hint
    self.arguments = arguments ?? [.string(message)]
    self.userClass = userClass
  }

  /// Takes what it was raised with; the sentence is the first of it.
  func initialize(_ arguments: [Value], _ session: Session) throws(Failure) {
    self.arguments = arguments
    message = try arguments.first.map { first throws(Failure) in try session.text(first) } ?? ""
  }

  /// Adds a call that led here; there are no more of them than calls can be nested.
  func addCall(_ frame: Diagnostic.Frame) { frames.append(frame) }

  override var typeName: String { userClass?.name ?? kind }
  override var held: [Value] { arguments + attributes.values }
  override var described: String { "a \(typeName)" }
  override func text(_ session: Session) throws(Failure) -> String { message }
  override func repr(_ session: Session) throws(Failure) -> String {
    var parts: [String] = []
    for argument in arguments { parts.append(try session.repr(argument)) }
    return "\(typeName)(\(parts.joined(separator: ", ")))"
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    if let value = attributes[name] { return value }
    if name == "args" { return .tuple(arguments) }
    if name == "hint" { return hint.map { .string($0) } ?? Value.none }
    return userClass?.lookUp(name).map { ClassObject.bind($0, to: .object(self)) }
  }
  override func setAttribute(_ name: String, _ value: Value, _ session: Session) throws(Failure) {
    attributes[name] = value
  }
  override var attributeNames: [String] { ["args", "hint"] + attributes.keys }

  /// Whether a handler for the class catches it.
  func isInstance(of type: ClassObject) -> Bool {
    if let userClass { return userClass.isSubclass(of: type) }
    return ExceptionKinds.ancestors(of: kind).contains(type.name)
  }

  /// The error as hosts render it.
  func report() -> Diagnostic {
    if let diagnostic { return diagnostic }
    return Diagnostic(kind: typeName, message: message, frames: frames, hint: hint)
  }
}

/// The built-in exceptions and what they derive from.
enum ExceptionKinds {
  private static let parents: [String: String] = [
    "SyntaxError": "Exception", "NameError": "Exception", "TypeError": "Exception",
    "ValueError": "Exception", "ShapeError": "ValueError", "LookupError": "Exception",
    "IndexError": "LookupError", "KeyError": "LookupError", "AttributeError": "Exception",
    "GradientError": "Exception", "LinAlgError": "ValueError", "MemoryError": "Exception",
    "RecursionError": "RuntimeError", "AssertionError": "Exception", "ImportError": "Exception",
    "ModuleNotFoundError": "ImportError", "OSError": "Exception",
    "FileNotFoundError": "OSError", "PermissionError": "OSError", "IsADirectoryError": "OSError",
    "RuntimeError": "Exception", "StopIteration": "Exception",
    "ArithmeticError": "Exception", "ZeroDivisionError": "ArithmeticError",
    "OverflowError": "ArithmeticError", "EOFError": "Exception",
    "NotImplementedError": "RuntimeError", "OutputError": "RuntimeError",
    "Exception": "BaseException",
    "KeyboardInterrupt": "BaseException", "SystemExit": "BaseException",
  ]

  static let names: [String] = parents.keys.sorted() + ["BaseException"]

  static func parent(of kind: String) -> String? { parents[kind] }

  /// The kind and all that it derives from.
  static func ancestors(of kind: String) -> [String] {
    var chain = [kind]
    while let parent = chain.last.flatMap({ parents[$0] }) { chain.append(parent) }
    return chain
  }
}

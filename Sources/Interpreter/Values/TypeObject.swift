import Autodiff

/// A built-in type: what `int`, `list` or `np.ndarray` name, and what `type(x)` gives.
final class TypeObject: Object {
  let name: String
  let summary: String
  /// What calling it does, with the signature that the call has.
  let constructor: Builtin?
  /// Whether a value is of the type, for `isinstance`.
  private let matches: (Value) -> Bool
  /// What it means as a `dtype`; nil where it is none.
  let dtype: DType?

  init(
    _ name: String, _ summary: String, dtype: DType? = nil, constructor: Builtin? = nil,
    matches: @escaping (Value) -> Bool
  ) {
    self.name = name
    self.summary = summary
    self.dtype = dtype
    self.constructor = constructor
    self.matches = matches
  }

  /// Whether a value is of the type.
  func isInstance(_ value: Value) -> Bool { matches(value) }

  override var typeName: String { "type" }
  override var described: String { "the type \(name)" }
  override var isCallable: Bool { constructor != nil }
  override func repr(_ session: Session) throws(Failure) -> String { "<class '\(name)'>" }
  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    guard let constructor else {
      throw Failure(.type, "\(described) cannot be called")
    }
    return try constructor.call(arguments, session)
  }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "__name__": .string(self.name)
    case "__doc__": .string(summary)
    default: methods(session)[name].map { .object($0) }
    }
  }

  /// The methods of values of the type, as `str.upper` names them.
  private func methods(_ session: Session) -> [String: Builtin] {
    switch name {
    case "str": session.methods.string
    case "list": session.methods.list
    case "dict": session.methods.dict
    case "tuple": session.methods.tuple
    case "set": session.methods.set
    case "ndarray", "float", "int": session.methods.tensor
    default: [:]
    }
  }
  override var attributeNames: [String] { ["__name__"] }

  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    if let other = other.object(TypeObject.self) { return name == other.name }
    if let other = other.object(DTypeObject.self) { return other.dtype == dtype }
    return nil
  }
  override var hashKey: HashKey? { .tuple([.string("type"), .string(name)]) }
}

/// What `dtype=` asks for: there is one type of number, so only the values differ.
enum DType {
  /// Numbers as they are.
  case float
  /// Numbers without their fractions.
  case int
  /// A mask.
  case bool
}

/// The `dtype` of a tensor, as it prints and compares.
final class DTypeObject: Object {
  let dtype: DType

  init(_ dtype: DType) { self.dtype = dtype }

  var name: String {
    switch dtype {
    case .float: "float64"
    case .int: "int64"
    case .bool: "bool"
    }
  }

  override var typeName: String { "dtype" }
  override func text(_ session: Session) throws(Failure) -> String { name }
  override func repr(_ session: Session) throws(Failure) -> String { "dtype('\(name)')" }
  override func isEqual(to other: Value, _ session: Session) throws(Failure) -> Bool? {
    guard let other = try? session.dtype(other) else { return false }
    return dtype == other
  }
  override var hashKey: HashKey? { .tuple([.string("dtype"), .string(name)]) }
  override var attributeNames: [String] { ["name", "itemsize", "kind"] }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "name": .string(self.name)
    case "itemsize": .int(dtype == .bool ? 1 : 8)
    case "kind": .string(dtype == .bool ? "b" : dtype == .int ? "i" : "f")
    default: nil
    }
  }
}

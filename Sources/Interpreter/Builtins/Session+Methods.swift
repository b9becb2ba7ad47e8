import Autodiff

extension Methods {
  /// All methods of the built-in types.
  static func all(_ session: Session) -> Methods {
    func table(_ builtins: [Builtin]) -> [String: Builtin] {
      Dictionary(builtins.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
    var methods = Methods()
    methods.string = table(strings + letters)
    methods.list = table(lists)
    methods.tuple = table(tuples)
    methods.dict = table(dicts)
    methods.set = table(sets)
    methods.tensor = tensors(session)
    return methods
  }
}

extension Session {
  /// A method of a value, bound to it; nil where there is none of that name.
  func method(
    _ name: String, of value: Value, in methods: [String: Builtin]
  ) throws(Failure) -> Value? {
    methods[name].map { .object(BoundMethod($0, receiver: value)) }
  }

  /// An attribute of a list seen as a tensor; nil where it is no rectangular list of numbers.
  func tensorAttribute(_ name: String, of list: ListObject) throws(Failure) -> Value? {
    guard methods.tensor[name] != nil || Session.tensorProperties.contains(name),
      let traced = try list.asTensor(self)
    else { return nil }
    if let method = try method(name, of: .object(list), in: methods.tensor) { return method }
    return try property(name, of: traced)
  }

  /// An attribute or method of a number, tensor or param; nil where there is none of that name.
  func tensorAttribute(_ name: String, of value: Value) throws(Failure) -> Value? {
    if let method = try method(name, of: value, in: methods.tensor) { return method }
    guard let traced = value.traced else { return nil }
    return try property(name, of: traced)
  }

  /// The attributes of tensors that are no methods.
  static let tensorProperties = [
    "shape", "ndim", "size", "T", "dtype", "data", "real", "imag", "flat", "nbytes", "itemsize",
  ]

  private func property(_ name: String, of x: Traced) throws(Failure) -> Value? {
    switch name {
    case "shape": return .tuple(x.shape.dimensions.map { .int($0) })
    case "ndim": return .int(x.rank)
    case "size": return .int(x.shape.count)
    case "T": return Value(try permute(x, (0..<x.rank).reversed()))
    case "dtype": return .object(DTypeObject(x.tensor.isMask ? .bool : .float))
    case "data": return Value(x.detached)
    case "real": return Value(x)
    case "imag": return .constant(Tensor(repeating: 0, shape: x.shape))
    case "flat": return Value(try reshape(x, Shape(x.shape.count)))
    case "nbytes": return .int(x.shape.count * itemSize(x))
    case "itemsize": return .int(itemSize(x))
    default: return nil
    }
  }

  private func itemSize(_ x: Traced) -> Int { x.tensor.isMask ? 1 : MemoryLayout<Double>.stride }
}

import Autodiff

/// A value of the language: sixteen bytes, so that numbers move through registers.
enum Value {
  /// A name that has no value.
  case unbound
  case none
  case boolean(Bool)
  /// A tensor of rank 0 with its place on the tape.
  case number(Double, NodeID)
  /// A tensor of rank 1 or more.
  case tensor(TensorObject)
  /// A trainable leaf: a box that all its names share.
  case param(ParamObject)
  case string(StringObject)
  /// Everything else.
  case object(Object)
}

/// A tensor with its place on the tape.
final class TensorObject {
  var tensor: Tensor
  var node: NodeID

  init(_ tensor: Tensor, _ node: NodeID) {
    self.tensor = tensor
    self.node = node
  }
}

/// A trainable leaf, shared by all names that stand for it.
final class ParamObject {
  var tensor: Tensor
  var node: NodeID {
    didSet { dropped.append(oldValue) }
  }
  private let dropped: DroppedParams

  /// A param on a tape, which hears through `dropped` when this is gone.
  init(_ tensor: Tensor, _ node: NodeID, dropped: DroppedParams) {
    self.tensor = tensor
    self.node = node
    self.dropped = dropped
  }

  deinit { dropped.append(node) }
}

/// A string.
final class StringObject {
  let text: String
  init(_ text: String) { self.text = text }
}

extension Value {
  /// A traced tensor as a value: a number when it has rank 0, a boolean when it is a mask of rank 0.
  init(_ traced: Traced) {
    if traced.tensor.isScalar {
      self =
        traced.tensor.isMask
        ? .boolean(traced.tensor.number != 0) : .number(traced.tensor.number, traced.node)
    } else {
      self = .tensor(TensorObject(traced.tensor, traced.node))
    }
  }

  /// A tensor that no gradient flows to.
  static func constant(_ tensor: Tensor) -> Value { Value(Traced(tensor, .constant)) }
  /// A tensor that becomes a leaf when it gets a name or a place.
  static func fresh(_ tensor: Tensor) -> Value { Value(Traced(tensor, .fresh)) }
  /// A number that is no leaf: a length, an index, a count.
  static func int(_ value: Int) -> Value { .number(Double(value), .constant) }
  static func number(_ value: Double) -> Value { .number(value, .constant) }
  static func string(_ text: String) -> Value { .string(StringObject(text)) }
  static func list(_ items: [Value]) -> Value { .object(ListObject(items)) }
  static func tuple(_ items: [Value]) -> Value { .object(TupleObject(items)) }

  /// The tensor of a number, boolean, tensor or param; nil for everything else.
  var traced: Traced? {
    switch self {
    case .number(let value, let node): Traced(Tensor(value), node)
    case .boolean(let value): Traced(Tensor(number: value ? 1 : 0, isMask: true), .constant)
    case .tensor(let object): Traced(object.tensor, object.node)
    case .param(let param): Traced(param.tensor, param.node)
    default: nil
    }
  }

  /// The number and the node of a number or of a param of rank 0.
  @inline(__always)
  var scalar: (Double, NodeID)? {
    switch self {
    case .number(let value, let node): return (value, node)
    case .param(let param):
      return param.tensor.isScalar ? (param.tensor.number, param.node) : nil
    default: return nil
    }
  }

  /// The node of a tensor; untracked for everything else.
  var node: NodeID {
    switch self {
    case .number(_, let node): node
    case .tensor(let object): object.node
    case .param(let param): param.node
    default: .constant
    }
  }

  var isUnbound: Bool { if case .unbound = self { true } else { false } }
  var isNone: Bool { if case .none = self { true } else { false } }
  var text: String? { if case .string(let string) = self { string.text } else { nil } }

  /// The object of class `T`, where the value is one.
  func object<T: Object>(_ type: T.Type) -> T? {
    if case .object(let object) = self { object as? T } else { nil }
  }

  /// What `type(x)` and errors call it.
  var typeName: String {
    switch self {
    case .unbound: "unbound"
    case .none: "None"
    case .boolean: "bool"
    case .number: "number"
    case .tensor: "tensor"
    case .param: "param"
    case .string: "string"
    case .object(let object): object.typeName
    }
  }

  /// The value for a sentence: a tensor with its shape, a number by itself, others by type.
  var described: String {
    switch self {
    case .tensor(let object): "a tensor of shape \(object.tensor.shape)"
    case .param(let param): "a param of shape \(param.tensor.shape)"
    case .number(let value, _): "the number \(Printing.number(value))"
    case .boolean(let value): value ? "True" : "False"
    case .none: "None"
    case .string: "a string"
    case .object(let object): object.described
    case .unbound: "nothing"
    }
  }

  /// Whether both are the same object; numbers, strings, booleans by value.
  func isIdentical(to other: Value) -> Bool {
    switch (self, other) {
    case (.none, .none): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.number(let a, _), .number(let b, _)): a == b
    case (.string(let a), .string(let b)): a.text == b.text
    case (.tensor(let a), .tensor(let b)): a === b
    case (.param(let a), .param(let b)): a === b
    case (.object(let a), .object(let b)): a === b
    default: false
    }
  }
}

import Autodiff

/// What the names of a session hold at one moment, for a session that runs beside it.
///
/// Tensors share their entries until one side writes. What may change under the hands of the other
/// session is copied; what cannot be (functions, objects of classes) is named by its type.
struct Snapshot: Sendable {
  indirect enum Content: Sendable {
    case none
    case boolean(Bool)
    case number(Double, isParam: Bool, gradient: Tensor?)
    case tensor(Tensor, isParam: Bool, gradient: Tensor?)
    case string(String)
    case list([Content])
    case tuple([Content])
    case set([Content])
    case dict([(key: Content, value: Content)])
    /// A namespace of the built-ins.
    case module(String)
    case function(String)
    /// Something else, by its type.
    case other(String)
  }

  var names: [(name: String, content: Content)] = []
  /// Whether a backward pass has run, so that values may have gradients.
  var hasRunPass = false
}

/// Takes a snapshot; stops copying when lists hold very much.
struct SnapshotTaker {
  /// Items in all lists and dicts together.
  private var left = 1_000_000
  private static let depth = 64
  private let session: Session

  init(_ session: Session) { self.session = session }

  mutating func snapshot() -> Snapshot {
    var snapshot = Snapshot(hasRunPass: session.tape.pointee.gradients.hasRun)
    for (name, value) in session.globals.bound where !name.hasPrefix("__") {
      snapshot.names.append((name, content(of: value, depth: 0)))
    }
    return snapshot
  }

  private mutating func content(of value: Value, depth: Int) -> Snapshot.Content {
    switch value {
    case .unbound, .none: return .none
    case .boolean(let value): return .boolean(value)
    case .number(let number, let node):
      return .number(number, isParam: false, gradient: gradient(of: node))
    case .tensor(let object):
      return .tensor(object.tensor, isParam: false, gradient: gradient(of: object.node))
    case .param(let param):
      return .tensor(param.tensor, isParam: true, gradient: gradient(of: param.node))
    case .string(let string): return .string(string.text)
    case .object(let object): return content(of: object, depth: depth + 1)
    }
  }

  private func gradient(of node: NodeID) -> Tensor? {
    session.tape.pointee.gradients[node]
  }

  private mutating func content(of object: Object, depth: Int) -> Snapshot.Content {
    let type = object.typeName
    switch object {
    case let list as ListObject:
      return contents(of: list.items, depth).map { .list($0) } ?? .other(type)
    case let tuple as TupleObject:
      return contents(of: tuple.items, depth).map { .tuple($0) } ?? .other(type)
    case let set as SetObject:
      return contents(of: set.values, depth).map { .set($0) } ?? .other(type)
    case let dict as DictObject:
      let items = dict.items
      guard let keys = contents(of: items.map(\.key), depth),
        let values = contents(of: items.map(\.value), depth)
      else { return .other(type) }
      return .dict(zip(keys, values).map { (key: $0, value: $1) })
    case let module as ModuleObject: return .module(module.name)
    case let builtin as Builtin: return .function(builtin.name)
    default: return .other(type)
    }
  }

  /// The contents of items; nil where they are nested too deep or too many.
  private mutating func contents(of items: [Value], _ depth: Int) -> [Snapshot.Content]? {
    left -= items.count
    guard left >= 0, depth <= Self.depth else { return nil }
    var contents: [Snapshot.Content] = []
    contents.reserveCapacity(items.count)
    for item in items { contents.append(content(of: item, depth: depth)) }
    return contents
  }
}

extension Session {
  /// Gives the names what a snapshot says that they hold.
  func adopt(_ snapshot: Snapshot) {
    for (name, content) in snapshot.names {
      if let value = value(of: content) {
        globals[name] = settled(value)
      } else if case .other(let type) = content {
        notCopied[name] = type
      }
    }
    tape.pointee.gradients.hasRun = snapshot.hasRunPass
  }

  /// A value as a snapshot has it; nil where it could not be copied.
  private func value(of content: Snapshot.Content) -> Value? {
    switch content {
    case .none: return Value.none
    case .boolean(let value): return .boolean(value)
    case .string(let text): return .string(text)
    case .number(let number, let isParam, let gradient):
      return value(of: Tensor(number), isParam: isParam, gradient: gradient)
    case .tensor(let tensor, let isParam, let gradient):
      return value(of: tensor, isParam: isParam, gradient: gradient)
    case .list(let items): return .list(items.map { value(of: $0) ?? .none })
    case .tuple(let items): return .tuple(items.map { value(of: $0) ?? .none })
    case .set(let items):
      return (try? SetObject(items.compactMap { value(of: $0) })).map { .object($0) }
    case .dict(let items):
      let pairs = items.map {
        (key: value(of: $0.key) ?? .none, value: value(of: $0.value) ?? .none)
      }
      return (try? DictObject(pairs)).map { .object($0) }
    case .module(let name):
      return (try? module(name.split(separator: ".").map(String.init))).map { .object($0) }
    case .function(let name): return builtins[name]
    case .other: return nil
    }
  }

  private func value(of tensor: Tensor, isParam: Bool, gradient: Tensor?) -> Value {
    let value: Value =
      isParam
      ? .param(param(tensor)) : Value(Traced(tensor, tape.pointee.leaf(tensor)))
    if let gradient { tape.pointee.gradients.record(gradient, of: value.node) }
    return value
  }
}

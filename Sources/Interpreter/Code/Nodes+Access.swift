import Autodiff
import Syntax

/// `value.name`.
final class AttributeNode: Node {
  let object: Node
  let name: String
  private let nameSpan: Span

  init(_ object: Node, _ name: String, nameSpan: Span, _ span: Span) {
    self.object = object
    self.name = name
    self.nameSpan = nameSpan
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    try attribute(of: object.evaluate(frame), frame)
  }

  /// The attribute of the object's value.
  func attribute(of value: Value, _ frame: Frame) throws(Failure) -> Value {
    do throws(Failure) {
      return try frame.session.attribute(name, of: value)
    } catch { throw error.placed(at: nameSpan, in: frame) }
  }
}

/// `value[index]`.
final class SubscriptNode: Node {
  let object: Node
  let index: Node

  init(_ object: Node, _ index: Node, _ span: Span) {
    self.object = object
    self.index = index
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let value = try object.evaluate(frame)
    let index = try index.evaluate(frame)
    // An item of a list by its place, the most frequent case, goes first.
    if case .object(let object) = value, object.tag == .list, case .number(let place, _) = index {
      let list = unsafeDowncast(object, to: ListObject.self)
      if place >= 0, place < Double(list.items.count), place == place.rounded(.towardZero) {
        return list.items[Int(place)]
      }
    }
    do throws(Failure) {
      return try frame.session.item(value, index, name: object.text(frame))
    } catch { throw place(error, frame) }
  }
}

/// `callee(arguments)`.
final class CallNode: Node {
  enum ArgumentKind {
    case positional
    case keyword(String)
    case unpacked
    case unpackedMapping
  }

  private let callee: Node
  private let arguments: [(kind: ArgumentKind, node: Node)]
  /// The arguments' expressions; the first two also by themselves, for the shortest ways.
  private let nodes: [Node]
  private let first: Node
  private let second: Node
  private let count: Int
  private let firstDefers: Bool
  /// Whether all arguments are given by place, without stars.
  private let isPlain: Bool
  /// `value.backward()`.
  private let passMethod: AttributeNode?
  /// `expression.sum()` or `.mean()` of what may be an elementwise expression.
  private let reducedMethod: (object: AttributeNode, gate: Gate)?

  init(_ callee: Node, _ arguments: [(kind: ArgumentKind, node: Node)], _ span: Span) {
    self.callee = callee
    self.arguments = arguments
    passMethod =
      arguments.isEmpty
      ? (callee as? AttributeNode).flatMap { $0.name == "backward" ? $0 : nil } : nil
    reducedMethod =
      arguments.isEmpty
      ? (callee as? AttributeNode).flatMap { attribute in
        guard attribute.object.mayDefer else { return nil }
        return Gates.reductions[attribute.name].map { (attribute, $0) }
      } : nil
    nodes = arguments.map(\.node)
    first = nodes.first ?? callee
    second = nodes.count > 1 ? nodes[1] : callee
    count = nodes.count
    firstDefers = first.mayDefer
    isPlain = arguments.allSatisfy { if case .positional = $0.kind { true } else { false } }
    super.init(span)
  }

  /// What is called is known when it runs; it may be an elementwise gate.
  override var mayDefer: Bool { isPlain && (1...2).contains(arguments.count) }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    try evaluate(frame, defers: false)
  }

  override func evaluateDeferred(_ frame: Frame) throws(Failure) -> Value {
    try evaluate(frame, defers: true)
  }

  private func evaluate(_ frame: Frame, defers: Bool) throws(Failure) -> Value {
    let function: Value
    if let reduced = reducedMethod {
      // The sum of an expression that nothing else needs is taken as it is computed.
      let value = try reduced.object.object.evaluateDeferred(frame)
      if Session.isDeferred(value) {
        return try computed(value, reduction: reduced.gate, frame)
      }
      function = try reduced.object.attribute(of: value, frame)
    } else if let passMethod {
      // `loss.backward()` runs the pass without making a method first.
      let value = try passMethod.object.evaluate(frame)
      if value.node.isTracked, let direct = frame.session.backwardFunction?.direct {
        do throws(Failure) { return try direct(value, frame.session) } catch {
          throw error.placed(at: span, in: frame)
        }
      }
      function = try passMethod.attribute(of: value, frame)
    } else {
      function = try callee.evaluate(frame)
    }
    guard case .object(let object) = function else {
      throw place(Failure(.type, "\(function.described) cannot be called"), frame)
    }
    if isPlain {
      if object.tag == .builtin, count == 1 {
        return try apply(unsafeDowncast(object, to: Builtin.self), frame, defers: defers)
      }
      if object.tag == .function {
        let function = unsafeDowncast(object, to: FunctionObject.self)
        if function.code.plainArity == count {
          return try callDirectly(function, frame)
        }
      }
      if object.tag == .builtin, count == 2,
        let gate = unsafeDowncast(object, to: Builtin.self).gate, gate.isFusible,
        gate.operands.count == 2
      {
        return try applyBinary(gate, object, frame, defers: defers)
      }
      var values: [Value] = []
      values.reserveCapacity(nodes.count)
      for node in nodes { values.append(try node.evaluate(frame)) }
      return try call(object, Arguments(values), frame)
    }
    return try call(object, try collected(frame), frame)
  }

  /// A built-in function of one argument: a gate of a number or an expression is applied directly.
  @inline(__always)
  private func apply(
    _ builtin: Builtin, _ frame: Frame, defers: Bool
  ) throws(Failure) -> Value {
    let argument = firstDefers ? try first.evaluateDeferred(frame) : try first.evaluate(frame)
    if let gate = builtin.unaryGate, let (x, node) = argument.scalar {
      let (value, result) = frame.tape.pointee.apply(unary: gate, x, node)
      return .number(value, result)
    }
    let isDeferred = Session.isDeferred(argument)
    if isDeferred, let gate = builtin.reductionGate {
      return try computed(argument, reduction: gate, frame)
    }
    if isDeferred || defers, let gate = builtin.unaryGate,
      let value = try deferred(gate, argument, nil, frame, defers: defers)
    {
      return value
    }
    guard let direct = builtin.direct else {
      return try call(builtin, Arguments([computed(argument, frame)]), frame)
    }
    do throws(Failure) {
      return try direct(frame.session.computed(argument), frame.session)
    } catch { throw blamed(error, on: builtin, frame) }
  }

  /// A gate of two arguments, which may be expressions.
  private func applyBinary(
    _ gate: Gate, _ object: Object, _ frame: Frame, defers: Bool
  ) throws(Failure) -> Value {
    let a = try first.evaluateDeferred(frame)
    let b = try second.evaluateDeferred(frame)
    if defers || Session.isDeferred(a) || Session.isDeferred(b),
      let value = try deferred(gate, a, b, frame, defers: defers)
    {
      return value
    }
    return try call(object, Arguments([computed(a, frame), computed(b, frame)]), frame)
  }

  private func deferred(
    _ gate: Gate, _ a: Value, _ b: Value?, _ frame: Frame, defers: Bool
  ) throws(Failure) -> Value? {
    do throws(Failure) {
      let session = frame.session
      let value: Value?
      if let b {
        value = try session.deferred(gate, a, b)
      } else {
        value = try session.deferred(gate, a)
      }
      guard let value else { return nil }
      return defers ? value : try session.computed(value)
    } catch { throw place(error, frame) }
  }

  private func computed(
    _ value: Value, reduction: Gate? = nil, _ frame: Frame
  ) throws(Failure) -> Value {
    do throws(Failure) {
      return try frame.session.computed(value, reduction: reduction)
    } catch { throw place(error, frame) }
  }

  /// Calls a function whose parameters are all given by place, without collecting them first.
  private func callDirectly(
    _ function: FunctionObject, _ frame: Frame
  ) throws(Failure) -> Value {
    let session = frame.session
    let inner = Frame(code: function.code, session: session, function: function)
    if count > 0 { inner.slots[0] = session.settled(try first.evaluate(frame)) }
    if count > 1 { inner.slots[1] = session.settled(try second.evaluate(frame)) }
    if count > 2 {
      for index in 2..<count {
        inner.slots[index] = session.settled(try nodes[index].evaluate(frame))
      }
    }
    do throws(Failure) {
      return try session.run(inner)
    } catch { throw error.called(from: span, in: frame) }
  }

  private func call(
    _ object: Object, _ values: Arguments, _ frame: Frame
  ) throws(Failure) -> Value {
    do throws(Failure) {
      return try object.call(values, frame.session)
    } catch { throw blamed(error, on: object, frame) }
  }

  /// A failure in a call with its place.
  private func blamed(_ failure: Failure, on object: Object, _ frame: Frame) -> Failure {
    // The first place is this call's; then it is a link of the chain.
    if failure.exception.frames.isEmpty {
      return Failure(named(failure.exception, of: object, frame)).placed(at: span, in: frame)
    }
    return failure.called(from: span, in: frame)
  }

  /// The exception with the operands' texts in the places of `the operand`.
  private func named(
    _ exception: ExceptionObject, of object: Object, _ frame: Frame
  ) -> ExceptionObject {
    let several = exception.message.contains(Failure.ordinal(1))
    for (index, text) in operandTexts(of: object, several: several, frame).enumerated() {
      exception.message = exception.message.replacing(
        Failure.ordinal(index), with: text, maxReplacements: 1)
    }
    return exception
  }

  /// How the operands are written: a method's receiver first, then what is given by place.
  ///
  /// Where there are several and one list is given, they are its items.
  private func operandTexts(of object: Object, several: Bool, _ frame: Frame) -> [String] {
    var nodes: [Node] = []
    if object is BoundMethod, let callee = callee as? AttributeNode { nodes.append(callee.object) }
    for (kind, node) in arguments {
      guard case .positional = kind else { break }
      nodes.append(node)
    }
    if several, nodes.count == 1, let list = nodes[0] as? DisplayNode { nodes = list.nodes }
    return nodes.prefix(Failure.ordinalCount).map { $0.text(frame) }
  }

  private func collected(_ frame: Frame) throws(Failure) -> Arguments {
    var result = Arguments([])
    for (kind, node) in arguments {
      let value = try node.evaluate(frame)
      switch kind {
      case .positional: result.positional.append(value)
      case .keyword(let name): result.keywords.append((name, value))
      case .unpacked:
        do throws(Failure) {
          result.positional += try frame.session.items(of: value)
        } catch { throw node.place(error, frame) }
      case .unpackedMapping:
        guard let dict = value.object(DictObject.self) else {
          throw node.place(Failure(.type, "** needs a dict, not \(value.described)"), frame)
        }
        for (key, item) in dict.items {
          guard let name = key.text else {
            throw node.place(
              Failure(.type, "the keys of ** must be strings, not \(key.described)"), frame)
          }
          result.keywords.append((name, item))
        }
      }
    }
    return result
  }
}

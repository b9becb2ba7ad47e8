import Autodiff

extension Builtins {
  /// `backward(y)` with nothing else.
  private static func backwardPass(_ value: Value, _ session: Session) throws(Failure) -> Value {
    guard let root = try session.tensor(value) else {
      throw Failure(.type, "backward() needs a tensor for y, not \(value.described)")
    }
    try session.backward(root, upstream: nil, accumulates: false)
    session.passes += 1
    return .none
  }

  /// Params, passes and their checks.
  static func gradients() -> [Builtin] {
    [
      Builtin(
        "param", "value", "A trainable leaf: a box that all its names share.",
        type: "function"
      ) { arguments, session throws(Failure) in
        let tensor = try arguments.tensor(0, session).tensor
        return .param(session.param(tensor))
      },
      Builtin("detach", "x", "The value without its history: no gradient flows through it.") {
        arguments, session throws(Failure) in
        .constant(try arguments.tensor(0, session).tensor)
      },
      Builtin("no_grad", "", "with no_grad(): nothing in the block is recorded.") { _, _ in
        .object(NoGradientObject())
      },
      Builtin(
        "backward", "y, upstream=None, accumulate=False",
        "Runs one backward pass from y and sets the gradients of all that it depends on.",
        direct: backwardPass
      ) { arguments, session throws(Failure) in
        let root = try arguments.tensor(0, session)
        let upstream = arguments[1] == nil ? nil : try arguments.tensor(1, session).tensor
        try session.backward(
          root, upstream: upstream, accumulates: try arguments.bool(2, default: false, session))
        session.passes += 1
        return .none
      },
      Builtin(
        "grad", "y, x=None",
        "The gradient of y with respect to x, or of a list of values; grad(f) is the gradient"
          + " function of f. Differentiable itself."
      ) { arguments, session throws(Failure) in
        if let function = callable(arguments.value(0)) {
          return .object(
            transformed("grad", function) { call, session throws(Failure) in
              try call.gradients(session)
            })
        }
        guard let targets = arguments[1] else {
          throw Failure(
            .type, "grad() of a value needs what to differentiate by", hint: "grad(y, x)")
        }
        let root = try arguments.tensor(0, session)
        try requireNumber(root, "grad")
        return try session.gradients(of: root, upstream: one(like: root), structure: targets)
      },
      Builtin("value_and_grad", "f", "The function that gives the value and the gradient of f.") {
        arguments, session throws(Failure) in
        let function = try requireCallable(arguments, 0)
        return .object(
          transformed("value_and_grad", function) { call, session throws(Failure) in
            .tuple([call.value, try call.gradients(session)])
          })
      },
      Builtin(
        "vjp", "y, x, u", "Upstream u times the Jacobian of y with respect to x: reverse mode."
      ) { arguments, session throws(Failure) in
        let root = try arguments.tensor(0, session)
        let upstream = try arguments.tensor(2, session)
        guard upstream.shape == root.shape else {
          throw Failure(
            .shape, "u has shape \(upstream.shape), and y \(root.shape)",
            hint: "an upstream gradient has the shape of its value")
        }
        return try session.gradients(
          of: root, upstream: upstream, structure: arguments.value(1))
      },
      Builtin(
        "gradcheck", "y, *arguments",
        "Compares every gradient with central differences: of a recorded value, or of a function"
          + " at the given arguments. Shows a table; true when all pass."
      ) { arguments, session throws(Failure) in
        if let function = callable(arguments.value(0)) {
          let call = try DifferentiatedCall(function, arguments.rest, session)
          guard let root = try session.tensor(call.value) else {
            throw Failure(.type, "the function gives \(call.value.described), not a tensor")
          }
          return try session.gradcheck(root, names: call.names)
        }
        return try session.gradcheck(try arguments.tensor(0, session), names: [:])
      },
    ] + jacobians()
  }

  // MARK: Functions of functions

  static func callable(_ value: Value) -> Object? {
    guard case .object(let object) = value, object.isCallable else { return nil }
    return object
  }

  static func requireCallable(
    _ arguments: BoundArguments, _ index: Int
  ) throws(Failure) -> Object {
    guard let function = callable(arguments.value(index)) else {
      throw Failure(
        .type, "\(arguments.function)() needs a function, not \(arguments.value(index).described)")
    }
    return function
  }

  /// A function that calls another one on leaves of its own and works on what was recorded.
  static func transformed(
    _ name: String, _ function: Object,
    _ body: @escaping (DifferentiatedCall, Session) throws(Failure) -> Value
  ) -> Builtin {
    Builtin("\(name) of a function", "*arguments", "Made by \(name)(f).") {
      arguments, session throws(Failure) in
      try body(try DifferentiatedCall(function, arguments.rest, session), session)
    }
  }

  static func requireNumber(_ root: Traced, _ name: String) throws(Failure) {
    guard root.tensor.count == 1 else {
      throw Failure(
        .gradient, "\(name) differentiates a number, and this has shape \(root.shape)",
        hint: "sum(…) it, or use vjp(y, x, u) or jacobian(y, x)")
    }
  }

  static func one(like root: Traced) -> Traced {
    Traced(constant: Tensor(repeating: 1, shape: root.shape))
  }
}

/// A call of a function on leaves of its own, so that it can be differentiated by its arguments
/// alone, and still depends on what they depended on.
struct DifferentiatedCall {
  let arguments: [Value]
  let value: Value
  /// Names of the arguments' nodes, for tables.
  let names: [NodeID: String]

  init(_ function: Object, _ given: [Value], _ session: Session) throws(Failure) {
    var arguments: [Value] = []
    for value in given { arguments.append(try session.separated(value)) }
    self.arguments = arguments
    let parameters: [String] =
      (function as? FunctionObject)?.code.layout.positional
      ?? (function as? GateObject)?.forward.code.layout.positional ?? []
    var names: [NodeID: String] = [:]
    for (index, argument) in arguments.enumerated() {
      let name = index < parameters.count ? parameters[index] : "argument \(index + 1)"
      for (suffix, leaf) in session.leaves(in: argument) { names[leaf.node] = name + suffix }
    }
    self.names = names
    value = try function.call(Arguments(arguments), session)
  }

  /// One gradient for one argument, a tuple for several.
  func gradients(_ session: Session) throws(Failure) -> Value {
    guard let root = try session.tensor(value) else {
      throw Failure(.type, "the function gives \(value.described), not a number")
    }
    try Builtins.requireNumber(root, "grad")
    let structure: Value = arguments.count == 1 ? arguments[0] : .tuple(arguments)
    return try session.gradients(of: root, upstream: Builtins.one(like: root), structure: structure)
  }
}

extension Session {
  /// A value with nodes of its own: copies of tracked tensors, leaves of others.
  func separated(_ value: Value) throws(Failure) -> Value {
    try nested { () throws(Failure) in try separatedHere(value) }
  }

  private func separatedHere(_ value: Value) throws(Failure) -> Value {
    switch value {
    case .number, .tensor, .param:
      guard let traced = value.traced else { return value }
      if case .param = value { return try apply(Gates.copy, [traced]) }
      if traced.node.isTracked { return try apply(Gates.copy, [traced]) }
      return Value(Traced(traced.tensor, tape.pointee.leaf(traced.tensor)))
    case .object(let object):
      switch object {
      case let list as ListObject:
        return .list(try separated(list.items))
      case let tuple as TupleObject:
        return .tuple(try separated(tuple.items))
      case let dict as DictObject:
        let copy = DictObject()
        for (key, item) in dict.items { try copy.set(key, separated(item)) }
        return .object(copy)
      default: return value
      }
    default: return value
    }
  }

  private func separated(_ items: [Value]) throws(Failure) -> [Value] {
    var result: [Value] = []
    for item in items { result.append(try separated(item)) }
    return result
  }

  /// The tracked tensors in a value, with how they are reached from it.
  func leaves(in value: Value, depth: Int = 0) -> [(path: String, leaf: Traced)] {
    guard depth < Session.nestingLimit else { return [] }
    switch value {
    case .number, .tensor, .param:
      guard let traced = value.traced, traced.node.isTracked else { return [] }
      return [("", traced)]
    case .object(let object):
      switch object {
      case let list as ListObject:
        return list.items.enumerated().flatMap { index, item in
          leaves(in: item, depth: depth + 1).map { ("[\(index)]" + $0.path, $0.leaf) }
        }
      case let tuple as TupleObject:
        return tuple.items.enumerated().flatMap { index, item in
          leaves(in: item, depth: depth + 1).map { ("[\(index)]" + $0.path, $0.leaf) }
        }
      case let dict as DictObject:
        return dict.items.flatMap { key, item in
          leaves(in: item, depth: depth + 1).map {
            ("[\((try? repr(key)) ?? "?")]" + $0.path, $0.leaf)
          }
        }
      default: return []
      }
    default: return []
    }
  }

  /// Gradients in the structure of a tensor, list, tuple or dict of tensors.
  func gradients(
    of root: Traced, upstream: Traced, structure: Value
  ) throws(Failure) -> Value {
    let targets = leaves(in: structure).map(\.leaf)
    var gradients = try gradients(of: root, upstream: upstream, targets)[...]
    return try filled(structure, from: &gradients)
  }

  /// The structure with each tensor replaced by the next gradient; zeros for untracked ones.
  private func filled(
    _ structure: Value, from gradients: inout ArraySlice<Traced>, depth: Int = 0
  ) throws(Failure) -> Value {
    guard depth < Session.nestingLimit else {
      throw Failure(
        .recursion,
        "gradients have the structure of what they are of, and this is"
          + " nested more than \(Session.nestingLimit) deep", hint: "does it contain itself?")
    }
    switch structure {
    case .number, .tensor, .param, .boolean:
      guard let traced = structure.traced else { return .none }
      if traced.node.isTracked, let gradient = gradients.popFirst() { return Value(gradient) }
      return .constant(Tensor(repeating: 0, shape: traced.shape))
    case .object(let object):
      switch object {
      case let list as ListObject:
        var items: [Value] = []
        for item in list.items {
          items.append(try filled(item, from: &gradients, depth: depth + 1))
        }
        // A list of numbers is a tensor, and so is its gradient.
        if list.items.allSatisfy({ if case .number = $0 { true } else { false } }),
          !list.items.isEmpty, let traced = try stacked(items)
        {
          return Value(traced)
        }
        return .list(items)
      case let tuple as TupleObject:
        var items: [Value] = []
        for item in tuple.items {
          items.append(try filled(item, from: &gradients, depth: depth + 1))
        }
        return .tuple(items)
      case let dict as DictObject:
        let result = DictObject()
        for (key, item) in dict.items {
          try result.set(key, filled(item, from: &gradients, depth: depth + 1))
        }
        return .object(result)
      default: break
      }
    default: break
    }
    throw Failure(
      .type, "gradients are with respect to tensors, not \(structure.described)")
  }
}

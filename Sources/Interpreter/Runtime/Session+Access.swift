import Autodiff
import Syntax

// Attributes, calls and iteration on values of any kind.

extension Session {
  /// An attribute; throws AttributeError with a similar name where there is none.
  func attribute(_ name: String, of value: Value) throws(Failure) -> Value {
    if let result = try optionalAttribute(name, of: value) { return result }
    let known = attributeNames(of: value)
    throw Failure(
      .attribute, "\(value.described) has no attribute \(name)",
      hint: nearest(to: name, among: known).map { "did you mean .\($0)?" })
  }

  /// An attribute; nil where there is none.
  func optionalAttribute(_ name: String, of value: Value) throws(Failure) -> Value? {
    switch value {
    case .object(let object): return try object.attribute(name, self)
    case .string: return try method(name, of: value, in: methods.string)
    case .number, .tensor, .param, .boolean:
      if name == "grad" { return gradient(of: value) }
      if name == "backward" {
        return builtins["backward"].flatMap { method(from: $0, boundTo: value) }
      }
      return try tensorAttribute(name, of: value)
    case .none, .unbound: return nil
    }
  }

  private func method(from function: Value, boundTo receiver: Value) -> Value? {
    guard case .object(let function) = function else { return nil }
    return .object(BoundMethod(function, receiver: receiver))
  }

  /// Names that completion offers after a dot.
  func attributeNames(of value: Value) -> [String] {
    switch value {
    case .string: methods.string.keys.sorted()
    case .number, .tensor, .param, .boolean:
      ["grad", "backward", "shape", "ndim", "size", "T", "dtype", "data"]
        + methods.tensor.keys.sorted()
    case .object(let object):
      switch object {
      case is ListObject: methods.list.keys.sorted() + object.attributeNames
      case is DictObject: methods.dict.keys.sorted()
      case is SetObject: methods.set.keys.sorted()
      case is TupleObject: methods.tuple.keys.sorted()
      default: object.attributeNames
      }
    case .none, .unbound: []
    }
  }

  func setAttribute(_ name: String, of value: Value, to new: Value) throws(Failure) {
    switch value {
    case .object(let object): try object.setAttribute(name, new, self)
    case .param(let param) where name == "data":
      guard let tensor = try tensor(new)?.tensor else {
        throw Failure(.type, "a param holds a tensor, not \(new.described)")
      }
      try update(param, to: tensor)
    default:
      throw Failure(
        .attribute, "attributes of \(value.described) cannot be set",
        hint: name == "grad" ? "gradients are set by backward alone; there is nothing to zero" : nil
      )
    }
  }

  // MARK: Calls

  func call(_ callee: Value, _ arguments: Arguments) throws(Failure) -> Value {
    guard case .object(let object) = callee else {
      throw Failure(.type, "\(callee.described) cannot be called")
    }
    return try object.call(arguments, self)
  }

  /// Calls a function of the language.
  func call(_ function: FunctionObject, _ arguments: Arguments) throws(Failure) -> Value {
    let frame = Frame(code: function.code, session: self, function: function)
    try bind(arguments, to: function, in: frame)
    return try run(frame)
  }

  /// Runs a frame whose arguments are in place.
  func run(_ frame: Frame) throws(Failure) -> Value {
    if frame.code.hasShared {
      frame.prepareShared()
      if let function = frame.function { frame.shared += function.captured }
    }
    callDepth += 1
    frames.append(.passUnretained(frame))
    defer {
      callDepth -= 1
      frames.removeLast()
    }
    guard callDepth <= Session.callLimit else {
      throw Failure(
        .recursion, "\(frame.code.name) calls itself more than \(Session.callLimit) deep",
        hint: "is there a case that ends it?")
    }
    try checkInterruption()
    _ = try frame.code.block.run(frame)
    return frame.returned
  }

  /// Puts the arguments of a call into a function's slots.
  func bind(
    _ arguments: Arguments, to function: FunctionObject, in frame: Frame
  ) throws(Failure) {
    let layout = function.code.layout
    let placed = layout.positional.count
    let slots = frame.slots
    if arguments.positional.count > placed, layout.rest == nil {
      throw Failure(
        .type,
        "\(function.name)() takes \(placed) argument\(placed == 1 ? "" : "s"),"
          + " not \(arguments.positional.count)", hint: function.hint)
    }
    for (index, value) in arguments.positional.prefix(placed).enumerated() {
      slots[index] = settled(value)
    }
    if let rest = layout.rest {
      slots[rest] = .tuple(arguments.positional.dropFirst(placed).map { settled($0) })
    }
    var more: DictObject?
    if let keywordRest = layout.keywordRest {
      let dict = DictObject()
      slots[keywordRest] = .object(dict)
      more = dict
    }
    for (name, value) in arguments.keywords {
      if let index = layout.positional.firstIndex(of: name) {
        guard slots[index].isUnbound else {
          throw Failure(.type, "\(function.name)() got two values for \(name)")
        }
        slots[index] = settled(value)
      } else if let index = layout.keywordOnly.firstIndex(of: name) {
        slots[placed + index] = settled(value)
      } else if let more {
        try more.set(.string(name), settled(value))
      } else {
        throw Failure(
          .type, "\(function.name)() has no parameter \(name)", hint: function.hint)
      }
    }
    let firstDefault = placed - function.defaults.count
    for index in 0..<placed where slots[index].isUnbound {
      guard index >= firstDefault else {
        throw Failure(
          .type, "\(function.name)() needs a value for \(layout.positional[index])",
          hint: function.hint)
      }
      slots[index] = function.defaults[index - firstDefault]
    }
    for index in layout.keywordOnly.indices where slots[placed + index].isUnbound {
      let value = function.keywordDefaults[index]
      guard !value.isUnbound else {
        throw Failure(
          .type, "\(function.name)() needs a value for \(layout.keywordOnly[index])",
          hint: function.hint)
      }
      slots[placed + index] = value
    }
  }

  // MARK: Iteration

  /// The items of a value, one after the other.
  func iterator(_ value: Value) throws(Failure) -> ValueIterator {
    switch value {
    case .object(let object): return try object.iterator(self)
    case .string(let string):
      var scalars = string.text.unicodeScalars.makeIterator()
      return FedIterator { _ in scalars.next().map { .string(String(Character($0))) } }
    case .tensor, .param:
      guard let shape = value.traced?.shape, shape.rank > 0 else { break }
      var row = 0
      return FedIterator { session throws(Failure) -> Value? in
        guard row < shape[0] else { return nil }
        row += 1
        return try session.item(value, .int(row - 1))
      }
    default: break
    }
    throw Failure(
      .type, "\(value.described) cannot be iterated over",
      hint: { if case .number = value { "range(n) counts to n" } else { nil } }())
  }
}

extension FunctionObject {
  /// The function as it was declared, for errors.
  var hint: String {
    let placed = code.layout.positional
    let firstDefault = placed.count - defaults.count
    var parts = placed.enumerated().map { index, name in
      index < firstDefault ? name : "\(name)=\(defaults[index - firstDefault].short)"
    }
    if let rest = code.layout.rest {
      parts.append("*" + code.layout.slotNames[rest])
    } else if !code.layout.keywordOnly.isEmpty {
      parts.append("*")
    }
    for (name, value) in zip(code.layout.keywordOnly, keywordDefaults) {
      parts.append(value.isUnbound ? name : "\(name)=\(value.short)")
    }
    if let rest = code.layout.keywordRest { parts.append("**" + code.layout.slotNames[rest]) }
    return "\(name)(\(parts.joined(separator: ", ")))"
  }
}

extension Value {
  /// A default value as a signature shows it.
  fileprivate var short: String {
    switch self {
    case .none: "None"
    case .boolean(let value): value ? "True" : "False"
    case .number(let value, _): Printing.number(value)
    case .string(let string) where string.text.utf8.count <= 20: Printing.quoted(string.text)
    default: "…"
    }
  }
}

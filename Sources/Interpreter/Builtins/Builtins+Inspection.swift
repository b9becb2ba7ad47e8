import Autodiff

extension Builtins {
  /// What a value is and has.
  static func inspection() -> [Builtin] {
    [
      Builtin("isinstance", "x, type", "Whether a value is of a type, or of one of several.") {
        call, session throws(Failure) in
        .boolean(try isInstance(call.value(0), of: call.value(1)))
      },
      Builtin("issubclass", "type, other", "Whether a class is or derives from another.") {
        call, session throws(Failure) in
        let others = call.value(1).object(TupleObject.self)?.items ?? [call.value(1)]
        for other in others where try isSubclass(call.value(0), of: other) { return .boolean(true) }
        return .boolean(false)
      },
      Builtin("hasattr", "x, name", "Whether a value has an attribute.") {
        call, session throws(Failure) in
        let name = try call.string(1)
        do throws(Failure) {
          return .boolean(try session.optionalAttribute(name, of: call.value(0)) != nil)
        } catch {
          if error.exception.kind == Failure.Kind.attribute.rawValue { return .boolean(false) }
          throw error
        }
      },
      Builtin("getattr", "x, name, default=None", "An attribute by name.") {
        call, session throws(Failure) in
        let name = try call.string(1)
        if let value = try session.optionalAttribute(name, of: call.value(0)) { return value }
        if let other = call.values[2] { return other }
        return try session.attribute(name, of: call.value(0))
      },
      Builtin("setattr", "x, name, value", "Sets an attribute by name.") {
        call, session throws(Failure) in
        try session.setAttribute(call.string(1), of: call.value(0), to: call.value(2))
        return .none
      },
      Builtin("delattr", "x, name", "Deletes an attribute by name.") {
        call, session throws(Failure) in
        guard case .object(let object) = call.value(0) else {
          throw Failure(
            .attribute, "attributes of \(call.value(0).described) cannot be deleted")
        }
        try object.deleteAttribute(call.string(1), session)
        return .none
      },
      Builtin("callable", "x", "Whether it can be called.") { call, _ in
        if case .object(let object) = call.value(0) { return .boolean(object.isCallable) }
        return .boolean(false)
      },
      Builtin("id", "x", "A number that no other living object has.") { call, _ in
        .number(identity(call.value(0)))
      },
      Builtin("hash", "x", "A number that equal values share.") { call, session throws(Failure) in
        .int(try HashKey(call.value(0)).hashValue & 0xFFFF_FFFF_FFFF)
      },
      Builtin("dir", "x", "The names of its attributes.") { call, session in
        .list(Set(session.attributeNames(of: call.value(0))).sorted().map { .string($0) })
      },
    ]
  }

  static func isInstance(_ value: Value, of type: Value) throws(Failure) -> Bool {
    if let types = type.object(TupleObject.self) {
      for type in types.items where try isInstance(value, of: type) { return true }
      return false
    }
    if let type = type.object(TypeObject.self) { return type.isInstance(value) }
    guard let type = type.object(ClassObject.self) else {
      throw Failure(.type, "isinstance() needs a type or a tuple of types, not \(type.described)")
    }
    if let instance = value.object(InstanceObject.self) {
      return instance.type.isSubclass(of: type)
    }
    if let exception = value.object(ExceptionObject.self) { return exception.isInstance(of: type) }
    return false
  }

  private static func isSubclass(_ type: Value, of other: Value) throws(Failure) -> Bool {
    if let type = type.object(ClassObject.self) {
      if let other = other.object(ClassObject.self) { return type.isSubclass(of: other) }
      return other.object(TypeObject.self)?.name == "object"
    }
    guard let type = type.object(TypeObject.self) else {
      throw Failure(.type, "issubclass() needs a class, not \(type.described)")
    }
    guard let other = other.object(TypeObject.self) else { return false }
    return type.name == other.name || other.name == "object"
      || (type.name == "bool" && other.name == "int")
  }

  private static func identity(_ value: Value) -> Double {
    let object: AnyObject
    switch value {
    case .object(let value): object = value
    case .tensor(let value): object = value
    case .param(let value): object = value
    case .string(let value): object = value
    case .number(let number, _): return number
    case .boolean(let value): return value ? 1 : 0
    case .none, .unbound: return 0
    }
    return Double(UInt(bitPattern: ObjectIdentifier(object).hashValue) & 0xF_FFFF_FFFF_FFFF)
  }
}

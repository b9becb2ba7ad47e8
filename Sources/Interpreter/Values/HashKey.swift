/// A value as a key: numbers, booleans, strings and tuples by value, other objects by identity.
enum HashKey: Hashable {
  case none
  case number(Double)
  case string(String)
  case tuple([HashKey])
  case identity(ObjectIdentifier)

  /// The key of a value; throws for lists, dicts, sets and tensors, which may change.
  init(_ value: Value, depth: Int = 0) throws(Failure) {
    switch value {
    case .none: self = .none
    case .boolean(let value): self = .number(value ? 1 : 0)
    // 0 and -0 are one key.
    case .number(let value, _): self = .number(value == 0 ? 0 : value)
    case .string(let string): self = .string(string.text)
    case .param(let param): self = .identity(ObjectIdentifier(param))
    case .object(let object):
      if let tuple = object as? TupleObject {
        var keys: [HashKey] = []
        guard depth < Session.nestingLimit else {
          throw Failure(
            .recursion, "a tuple that is nested more than \(Session.nestingLimit) deep is no key")
        }
        for item in tuple.items { keys.append(try HashKey(item, depth: depth + 1)) }
        self = .tuple(keys)
      } else if object.isHashable {
        self = object.hashKey ?? .identity(ObjectIdentifier(object))
      } else {
        throw Failure(
          .type, "\(object.described) cannot be a key", hint: "use a tuple, a string or a number")
      }
    case .tensor:
      throw Failure(
        .type, "\(value.described) cannot be a key", hint: "use a tuple, a string or a number")
    case .unbound: self = .none
    }
  }
}

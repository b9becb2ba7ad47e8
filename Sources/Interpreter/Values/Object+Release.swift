// Letting go of nested values. A list in a list in a list, a million deep, must not overflow the
// stack when the outermost goes: each object that is about to go hands over what it holds, and a
// loop lets go of that.

extension Object {
  /// Lets go of values that an object held, without recursion into what they hold.
  static func release(_ values: inout [Value]) {
    var pending: [Object] = []
    surrender(&values, into: &pending)
    release(pending: &pending)
  }

  static func release(pending: inout [Object]) {
    while var object = pending.popLast() {
      if isKnownUniquelyReferenced(&object) { object.surrender(into: &pending) }
    }
  }

  /// Moves the objects among the values to `pending`.
  static func surrender(_ values: inout [Value], into pending: inout [Object]) {
    for value in values {
      if case .object(let object) = value, object.isContainer { pending.append(object) }
    }
    values = []
  }
}

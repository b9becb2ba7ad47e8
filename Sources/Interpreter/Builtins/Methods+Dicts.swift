extension Methods {
  /// Methods of dicts.
  static var dicts: [Builtin] {
    [
      view("keys", .keys, "The keys."), view("values", .values, "The values."),
      view("items", .items, "Pairs of key and value."),
      Builtin("get", "dict, key, default=None", "The value of a key, or the default.") {
        call, session throws(Failure) in
        try dict(call).value(call.value(1)) ?? call.value(2)
      },
      Builtin("pop", "dict, key, default=None", "Takes a key out and gives its value.") {
        call, session throws(Failure) in
        let dict = try dict(call)
        if let value = try dict.remove(call.value(1)) { return value }
        if let other = call.values[2] { return other }
        throw Failure(
          .key, "the dict has no key \(try session.repr(call.value(1)))",
          hint: session.nearestKey(to: call.value(1), in: dict.items.map(\.key)))
      },
      Builtin("popitem", "dict", "Takes the last pair out.") { call, session throws(Failure) in
        let dict = try dict(call)
        guard let (key, value) = dict.items.last else {
          throw Failure(.key, "popitem() from an empty dict")
        }
        try dict.remove(key)
        return .tuple([key, value])
      },
      Builtin("setdefault", "dict, key, default=None", "The value of a key, set when missing.") {
        call, session throws(Failure) in
        let dict = try dict(call)
        if let value = try dict.value(call.value(1)) { return value }
        let value = session.settled(call.value(2))
        try dict.set(call.value(1), value)
        return value
      },
      Builtin("update", "dict, items=None, **more", "Sets the pairs of another dict or of a list.")
      {
        call, session throws(Failure) in
        let dict = try dict(call)
        if let items = call[1] { try dict.update(with: items, session) }
        for (name, value) in call.keywordRest {
          try dict.set(.string(name), session.settled(value))
        }
        return .none
      },
      Builtin("clear", "dict", "Takes all keys out.") { call, session throws(Failure) in
        try dict(call).removeAll()
        return .none
      },
      Builtin("copy", "dict", "A dict of the same pairs.") { call, session throws(Failure) in
        .object(try DictObject(dict(call).items))
      },
      Builtin("fromkeys", "keys, value=None", "A dict of keys with one value.") {
        call, session throws(Failure) in
        let dict = DictObject()
        let value = session.settled(call.value(1))
        for key in try session.items(of: call.value(0)) { try dict.set(key, value) }
        return .object(dict)
      },
    ]
  }

  /// Methods of sets.
  static var sets: [Builtin] {
    [
      Builtin("add", "set, item", "Puts an item in.") { call, session throws(Failure) in
        try set(call).members.set(call.value(1), .none)
        return .none
      },
      Builtin("remove", "set, item", "Takes an item out; an error when it is not there.") {
        call, session throws(Failure) in
        guard try set(call).members.remove(call.value(1)) != nil else {
          throw Failure(.key, "the set has no item \(try session.repr(call.value(1)))")
        }
        return .none
      },
      Builtin("discard", "set, item", "Takes an item out when it is there.") {
        call, session throws(Failure) in
        try set(call).members.remove(call.value(1))
        return .none
      },
      Builtin("pop", "set", "Takes an item out.") { call, session throws(Failure) in
        let set = try set(call)
        guard let first = set.values.first else { throw Failure(.key, "pop() from an empty set") }
        try set.members.remove(first)
        return first
      },
      Builtin("clear", "set", "Takes all items out.") { call, session throws(Failure) in
        try set(call).members.removeAll()
        return .none
      },
      Builtin("copy", "set", "A set of the same items.") { call, session throws(Failure) in
        .object(try SetObject(set(call).values))
      },
      Builtin("update", "set, *others", "Puts the items of others in.") {
        call, session throws(Failure) in
        let set = try set(call)
        for other in call.rest {
          for item in try session.items(of: other) { try set.members.set(item, .none) }
        }
        return .none
      },
      combining("union", "The items of all.", .bitOr),
      combining("intersection", "The items that all have.", .bitAnd),
      combining("difference", "The items that no other has.", .subtract),
      combining("symmetric_difference", "The items that only one has.", .bitXor),
      Builtin("issubset", "set, other", "Whether another has all items.") {
        call, session throws(Failure) in
        let other = try SetObject(session.items(of: call.value(1)))
        return .boolean(try isContained(set(call), in: other, session))
      },
      Builtin("issuperset", "set, other", "Whether it has all items of another.") {
        call, session throws(Failure) in
        let other = try SetObject(session.items(of: call.value(1)))
        return .boolean(try isContained(other, in: set(call), session))
      },
      Builtin("isdisjoint", "set, other", "Whether it has no item of another.") {
        call, session throws(Failure) in
        let set = try set(call)
        for item in try session.items(of: call.value(1)) where try set.contains(item, session) {
          return .boolean(false)
        }
        return .boolean(true)
      },
    ]
  }

  private static func view(_ name: String, _ part: DictView.Part, _ summary: String) -> Builtin {
    Builtin(name, "dict", summary) { call, session throws(Failure) in
      .object(DictView(try dict(call), part))
    }
  }

  private static func combining(
    _ name: String, _ summary: String, _ operation: Operation
  ) -> Builtin {
    Builtin(name, "set, *others", summary) { call, session throws(Failure) in
      var result = Value.object(try SetObject(set(call).values))
      for other in call.rest {
        let items = Value.object(try SetObject(session.items(of: other)))
        result = try session.binary(operation, result, items)
      }
      return result
    }
  }

  private static func isContained(
    _ set: SetObject, in other: SetObject, _ session: Session
  ) throws(Failure) -> Bool {
    for item in set.values where !(try other.contains(item, session)) { return false }
    return true
  }

  private static func dict(_ call: BoundArguments) throws(Failure) -> DictObject {
    guard let dict = call.value(0).object(DictObject.self) else {
      throw Failure(
        .type, "\(call.function)() is a method of dicts, not of \(call.value(0).described)")
    }
    return dict
  }

  private static func set(_ call: BoundArguments) throws(Failure) -> SetObject {
    guard let set = call.value(0).object(SetObject.self) else {
      throw Failure(
        .type, "\(call.function)() is a method of sets, not of \(call.value(0).described)")
    }
    return set
  }
}

extension DictObject {
  /// Sets the pairs of another dict, or of what gives pairs.
  func update(with other: Value, _ session: Session) throws(Failure) {
    if let dict = other.object(DictObject.self) {
      for (key, value) in dict.items { try set(key, value) }
      return
    }
    for (place, item) in try session.items(of: other).enumerated() {
      let pair = try session.items(of: item)
      guard pair.count == 2 else {
        throw Failure(
          .value, "a dict is made of pairs; item \(place) is \(item.described)")
      }
      try set(pair[0], session.settled(pair[1]))
    }
  }
}

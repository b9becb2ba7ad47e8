extension Methods {
  /// Methods of lists.
  static var lists: [Builtin] {
    [
      Builtin("append", "list, item", "Puts an item at the end.") { call, session throws(Failure) in
        let list = try list(call)
        try Session.demand(list.items.bytesForAnother)
        list.items.append(session.settled(call.value(1)))
        return .none
      },
      Builtin("extend", "list, items", "Puts items at the end.") { call, session throws(Failure) in
        let items = try session.items(of: call.value(1))
        let list = try list(call)
        try Session.demand(list.items.bytes(forAnother: items.count))
        list.items += items.map { session.settled($0) }
        return .none
      },
      Builtin("insert", "list, index, item", "Puts an item before a place.") {
        call, session throws(Failure) in
        let list = try list(call)
        let index = try call.int(1)
        let count = list.items.count
        let place = index < 0 ? max(index + count, 0) : min(index, count)
        list.items.insert(session.settled(call.value(2)), at: place)
        return .none
      },
      Builtin("remove", "list, item", "Takes the first equal item out.") {
        call, session throws(Failure) in
        let list = try list(call)
        list.items.remove(at: try place(of: call, in: list.items, session))
        return .none
      },
      Builtin("pop", "list, index=-1", "Takes an item out, the last by default.") {
        call, session throws(Failure) in
        let list = try list(call)
        guard !list.items.isEmpty else { throw Failure(.index, "pop() from an empty list") }
        let index = call[1] ?? .int(-1)
        return list.items.remove(at: try session.place(index, in: list.items.count, of: list))
      },
      Builtin("index", "list, item, start=0", "The place of the first equal item.") {
        call, session throws(Failure) in
        .int(try place(of: call, in: list(call).items, session))
      },
      Builtin("count", "list, item", "How many items are equal.") {
        call, session throws(Failure) in
        .int(try count(of: call.value(1), in: list(call).items, session))
      },
      Builtin("sort", "list, *, key=None, reverse=False", "Puts the items in rising order.") {
        call, session throws(Failure) in
        let list = try list(call)
        list.items = try session.sorted(
          list.items, key: call[1], reverse: call.bool(2, default: false, session))
        return .none
      },
      Builtin("reverse", "list", "Puts the items in reverse order.") {
        call, session throws(Failure) in
        try list(call).items.reverse()
        return .none
      },
      Builtin("clear", "list", "Takes all items out.") { call, session throws(Failure) in
        try list(call).items.removeAll()
        return .none
      },
      Builtin("copy", "list", "A list of the same items.") { call, session throws(Failure) in
        .list(try list(call).items)
      },
    ]
  }

  /// Methods of tuples.
  static var tuples: [Builtin] {
    [
      Builtin("index", "tuple, item, start=0", "The place of the first equal item.") {
        call, session throws(Failure) in
        .int(try place(of: call, in: session.items(of: call.value(0)), session))
      },
      Builtin("count", "tuple, item", "How many items are equal.") {
        call, session throws(Failure) in
        .int(try count(of: call.value(1), in: session.items(of: call.value(0)), session))
      },
    ]
  }

  private static func list(_ call: BoundArguments) throws(Failure) -> ListObject {
    guard let list = call.value(0).object(ListObject.self) else {
      throw Failure(
        .type, "\(call.function)() is a method of lists, not of \(call.value(0).described)")
    }
    return list
  }

  private static func place(
    of call: BoundArguments, in items: [Value], _ session: Session
  ) throws(Failure) -> Int {
    let wanted = call.value(1)
    let start = call.values.count > 2 ? try call.int(2, default: 0) : 0
    let first = start < 0 ? max(start + items.count, 0) : min(start, items.count)
    for place in first..<items.count where try session.areEqual(items[place], wanted) {
      return place
    }
    throw Failure(.value, "\(try session.repr(wanted)) is not in \(call.value(0).described)")
  }

  private static func count(
    of wanted: Value, in items: [Value], _ session: Session
  ) throws(Failure) -> Int {
    var count = 0
    for item in items where try session.areEqual(item, wanted) { count += 1 }
    return count
  }
}

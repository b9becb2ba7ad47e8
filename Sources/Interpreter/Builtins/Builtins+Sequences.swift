import Autodiff

extension Builtins {
  /// Python's functions on what can be iterated over.
  static func sequences() -> [Builtin] {
    [
      Builtin("len", "x", "How many items it has.") { call, session throws(Failure) in
        .int(try session.length(of: call.value(0)))
      },
      Builtin("range", "start, stop=None, step=None", "The integers from start to before stop.") {
        call, session throws(Failure) in
        let start = call[1] == nil ? 0 : try call.int(0)
        let stop = try call[1] == nil ? call.int(0) : call.int(1)
        let step = try call.int(2, default: 1)
        guard step != 0 else { throw Failure(.value, "range() needs a step other than 0") }
        return .object(RangeObject(start: start, stop: stop, step: step))
      },
      Builtin("enumerate", "items, start=0", "Pairs of a count and an item.") {
        call, session throws(Failure) in
        let items = try session.iterator(call.value(0))
        var count = try call.int(1, default: 0)
        return .object(
          IteratorObject("enumerate") { session throws(Failure) in
            guard let item = try items.next(session) else { return nil }
            defer { count += 1 }
            return .tuple([.int(count), item])
          })
      },
      Builtin("zip", "*iterables, strict=False", "Tuples of one item of each, up to the shortest.")
      { call, session throws(Failure) in
        var parts: [ValueIterator] = []
        for value in call.rest { parts.append(try session.iterator(value)) }
        let isStrict = try call.bool(0, default: false, session)
        return .object(
          IteratorObject("zip") { session throws(Failure) in
            try nextOfEach(parts, isStrict: isStrict, session).map { .tuple($0) }
          })
      },
      Builtin("map", "function, *iterables", "What a function gives for each item.") {
        call, session throws(Failure) in
        let function = call.value(0)
        var parts: [ValueIterator] = []
        for value in call.rest { parts.append(try session.iterator(value)) }
        guard !parts.isEmpty else {
          throw Failure(.type, "map() needs something to iterate over", hint: "map(f, items)")
        }
        return .object(
          IteratorObject("map") { session throws(Failure) in
            guard let items = try nextOfEach(parts, isStrict: false, session) else { return nil }
            return try session.call(function, Arguments(items))
          })
      },
      Builtin("filter", "function, items", "The items for which a function is true.") {
        call, session throws(Failure) in
        let function = call[0]
        let items = try session.iterator(call.value(1))
        return .object(
          IteratorObject("filter") { session throws(Failure) in
            while let item = try items.next(session) {
              let answer = try function.map { function throws(Failure) in
                try session.call(function, Arguments([item]))
              }
              if try session.truth(answer ?? item) { return item }
            }
            return nil
          })
      },
      Builtin("sorted", "items, key=None, reverse=False", "The items in rising order, as a list.") {
        call, session throws(Failure) in
        .list(
          try session.sorted(
            session.items(of: call.value(0)), key: call[1],
            reverse: call.bool(2, default: false, session)))
      },
      Builtin("reversed", "items", "The items from the last to the first.") {
        call, session throws(Failure) in
        let items = Array(try session.items(of: call.value(0)).reversed())
        return .object(IteratorObject("reversed", ItemIterator(items)))
      },
      Builtin("iter", "items", "An iterator over the items.") { call, session throws(Failure) in
        let value = call.value(0)
        if value.object(IteratorObject.self) != nil { return value }
        return .object(IteratorObject("iterator", try session.iterator(value)))
      },
      Builtin("next", "iterator, default=None", "The next item.") { call, session throws(Failure) in
        let value = call.value(0)
        if let iterator = value.object(IteratorObject.self) {
          if let item = try iterator.iterator(session).next(session) { return item }
          if let other = call.values[1] { return other }
          throw Failure(.stopIteration, "the \(iterator.typeName) has no more items")
        }
        guard let step = try session.optionalAttribute("__next__", of: value) else {
          throw Failure(
            .type, "next() needs an iterator, not \(value.described)", hint: "iter(…) makes one")
        }
        do throws(Failure) {
          return try session.call(step, Arguments([]))
        } catch {
          if error.exception.kind == Failure.Kind.stopIteration.rawValue,
            let other = call.values[1]
          {
            return other
          }
          throw error
        }
      },
    ]
  }

  private static func nextOfEach(
    _ parts: [ValueIterator], isStrict: Bool, _ session: Session
  ) throws(Failure) -> [Value]? {
    guard !parts.isEmpty else { return nil }
    var items: [Value] = []
    items.reserveCapacity(parts.count)
    for (index, part) in parts.enumerated() {
      if let item = try part.next(session) {
        items.append(item)
        continue
      }
      guard isStrict else { return nil }
      var isLonger = index > 0
      for other in parts.dropFirst(index + 1) where !isLonger {
        isLonger = try other.next(session) != nil
      }
      if isLonger {
        throw Failure(.value, "zip() was given sequences of different lengths")
      }
      return nil
    }
    return items
  }
}

extension Session {
  /// How many items a value has.
  func length(of value: Value) throws(Failure) -> Int {
    switch value {
    case .string(let string): return string.text.unicodeScalars.count
    case .tensor, .param:
      if let shape = value.traced?.shape, shape.rank > 0 { return shape[0] }
    case .object(let object):
      if let length = try object.length(self) { return length }
    default: break
    }
    throw Failure(.type, "\(value.described) has no len()")
  }

  /// The items in rising order; equals keep theirs.
  func sorted(_ items: [Value], key: Value?, reverse: Bool) throws(Failure) -> [Value] {
    var keys = items
    if let key {
      for index in keys.indices { keys[index] = try call(key, Arguments([items[index]])) }
    }
    // Numbers are compared without a call each; nan, which has no order, goes the general way.
    var numbers: [Double] = []
    for case .number(let number, _) in keys where !number.isNaN { numbers.append(number) }
    let order: [Int]
    if numbers.count == keys.count {
      order = numbers.indices.sorted { a, b in
        if numbers[a] == numbers[b] { return a < b }
        return reverse ? numbers[a] > numbers[b] : numbers[a] < numbers[b]
      }
    } else {
      order = try mergeSorted(keys, reverse: reverse)
    }
    return order.map { items[$0] }
  }

  /// Places of keys in their order, by merging runs of growing length.
  private func mergeSorted(_ keys: [Value], reverse: Bool) throws(Failure) -> [Int] {
    var order = Array(keys.indices)
    var width = 1
    while width < order.count {
      try checkInterruption()
      var merged: [Int] = []
      merged.reserveCapacity(order.count)
      for start in stride(from: 0, to: order.count, by: 2 * width) {
        let middle = min(start + width, order.count)
        let end = min(start + 2 * width, order.count)
        var left = start
        var right = middle
        while left < middle, right < end {
          let (a, b) = (keys[order[left]], keys[order[right]])
          // The right one goes first only where it is strictly before.
          if try reverse ? isLess(a, b) : isLess(b, a) {
            merged.append(order[right])
            right += 1
          } else {
            merged.append(order[left])
            left += 1
          }
        }
        merged += order[left..<middle]
        merged += order[right..<end]
      }
      order = merged
      width *= 2
    }
    return order
  }
}

import Autodiff
import Syntax

// Values seen as tensors, integers, shapes, items.

extension Session {
  /// The value as a tensor with its place on the tape; nil where it is none and no list of numbers.
  func tensor(_ value: Value) throws(Failure) -> Traced? {
    if let traced = value.traced { return traced }
    if case .object(let object) = value {
      return try nested { () throws(Failure) in try object.asTensor(self) }
    }
    return nil
  }

  /// A rectangular list of numbers as one tensor; gradients flow to its elements.
  ///
  /// Nil where an item is no number or tensor. Throws ShapeError where the rows differ in length.
  func stacked(_ items: [Value]) throws(Failure) -> Traced? {
    if items.isEmpty { return Traced(Tensor(shape: Shape(0), values: []), .fresh) }
    var rows: [Traced] = []
    rows.reserveCapacity(items.count)
    for item in items {
      guard let row = try tensor(item) else { return nil }
      rows.append(row)
      try Session.look(at: rows.count)
    }
    let shape = rows[0].shape
    for row in rows where row.shape != shape {
      throw Failure(
        .shape, "the rows of the list have different shapes: \(shape) and \(row.shape)")
    }
    guard shape.rank < Shape.maximumRank else {
      throw Failure(.shape, "a tensor has at most \(Shape.maximumRank) axes")
    }
    if rows.allSatisfy({ !$0.node.isTracked }) {
      return Traced(Session.joined(rows, shape), Session.node(ofUntracked: rows))
    }
    let value = try apply(Gates.stack, rows, .axis(0))
    return value.traced
  }

  /// The entries of untracked rows, one after the other.
  private static func joined(_ rows: [Traced], _ shape: Shape) -> Tensor {
    let result = shape.inserting(rows.count, at: 0)
    return Tensor(shape: result, isMask: rows.allSatisfy(\.tensor.isMask)) { entries in
      var offset = 0
      for row in rows {
        row.tensor.withEntries { source in
          for index in source.indices { entries[offset + index] = source[index] }
          offset += source.count
        }
      }
    }
  }

  private static func node(ofUntracked rows: [Traced]) -> NodeID {
    rows.allSatisfy { $0.node == .fresh } ? .fresh : .constant
  }

  /// An index of a list or tuple, counted from either end.
  func place(_ index: Value, in count: Int, of object: Object) throws(Failure) -> Int {
    guard let number = index.traced?.tensor.item else {
      throw Failure(.type, "\(object.described) is indexed by integers, not \(index.described)")
    }
    guard let place = Int(exactly: number) else {
      throw Failure(
        .type, "\(Printing.number(number)) is no integer, so it is no index",
        hint: "use // for a division that gives an integer, or int(…)")
    }
    guard place >= -count, place < count else {
      throw Failure(.index, "index \(place) is out of range for \(object.described)")
    }
    return place < 0 ? place + count : place
  }

  /// All items of a value that can be iterated over.
  func items(of value: Value) throws(Failure) -> [Value] {
    if let list = value.object(ListObject.self) { return list.items }
    if let tuple = value.object(TupleObject.self) { return tuple.items }
    let iterator = try iterator(value)
    var items: [Value] = []
    while let item = try iterator.next(self) {
      try Session.demand(items.bytesForAnother)
      items.append(item)
      if items.count & 0xFFF == 0 { try checkInterruption() }
    }
    return items
  }

  /// Integers given as one number or as several.
  func integers(_ value: Value, what: String) throws(Failure) -> [Int] {
    if case .number(let number, _) = value {
      guard let int = Int(exactly: number) else {
        throw Failure(.type, "\(what) must be an integer, not \(Printing.number(number))")
      }
      return [int]
    }
    if case .string = value {
      throw Failure(.type, "\(what) must be integers, not a string")
    }
    var result: [Int] = []
    for item in try items(of: value) {
      guard let number = item.traced?.tensor.item, let int = Int(exactly: number) else {
        throw Failure(.type, "\(what) must be integers, not \(item.described)")
      }
      result.append(int)
    }
    return result
  }

  /// A shape of the given lengths, checked for sign, count of axes and memory.
  func shape(of lengths: [Int]) throws(Failure) -> Shape {
    guard lengths.count <= Shape.maximumRank else {
      throw Failure(.value, "a tensor has at most \(Shape.maximumRank) axes, not \(lengths.count)")
    }
    var bytes = MemoryLayout<Double>.stride
    for length in lengths {
      guard length >= 0 else { throw Failure(.value, "a shape has no negative length: \(length)") }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: length)
      bytes = overflow ? Int.max : product
    }
    let text =
      lengths.count == 1
      ? "(\(lengths[0]),)" : "(\(lengths.map(String.init).joined(separator: ", ")))"
    guard bytes <= MemoryLimit.bytes, lengths.allSatisfy({ $0 < Int(Int32.max) }) else {
      throw Failure(
        .memory,
        "a tensor of shape \(text) takes \(MemoryLimit.text(bytes)),"
          + " more than the limit of \(MemoryLimit.text(MemoryLimit.bytes))")
    }
    return Shape(lengths)
  }

  /// Throws MemoryError where so many bytes more would pass the limit.
  ///
  /// For what grows by doubling: what is asked for here is taken at once, before anybody could see
  /// that it is too much. Little is not looked at.
  @inline(__always)
  static func demand(_ bytes: Int) throws(Failure) {
    if bytes >= notableBytes { try demandNotable(bytes) }
  }

  @inline(never)
  private static func demandNotable(_ bytes: Int) throws(Failure) {
    guard MemoryLimit.isPassed(by: bytes) else { return }
    BufferPool.releaseAll()
    if MemoryLimit.isPassed(by: bytes) { throw Failure(MemoryLimit.error(wanted: bytes)) }
  }

  private static let notableBytes = 16 << 20

  /// A list of items repeated, checked for memory.
  func repeated(_ items: [Value], _ count: Int) throws(Failure) -> [Value] {
    guard count > 0, !items.isEmpty else { return [] }
    let (total, overflow) = items.count.multipliedReportingOverflow(by: count)
    guard !overflow, total <= MemoryLimit.bytes / MemoryLayout<Value>.stride else {
      throw Failure(.memory, "a list of \(items.count) times \(count) items does not fit in memory")
    }
    try Session.demand(total * MemoryLayout<Value>.stride)
    var result: [Value] = []
    result.reserveCapacity(total)
    // Short lists are added many at a time.
    let together = min(count, max(1, 4096 / items.count))
    let part = together == 1 ? items : (0..<together).flatMap { _ in items }
    for _ in 0..<count / together {
      result += part
      try checkInterruption()
    }
    for _ in 0..<count % together { result += items }
    return result
  }

  /// A similar string key, as a hint.
  func nearestKey(to key: Value, in keys: [Value]) -> String? {
    guard let name = key.text else { return nil }
    return nearest(to: name, among: keys.compactMap(\.text)).map { "did you mean '\($0)'?" }
  }
}

extension Array {
  /// The bytes that room for another item takes: those of a larger buffer, where this one is full.
  @inline(__always)
  var bytesForAnother: Int { bytes(forAnother: 1) }

  /// The bytes that room for so many items more takes; 0 where there is room.
  @inline(__always)
  func bytes(forAnother more: Int) -> Int {
    count + more <= capacity ? 0 : Swift.max(2 * count, count + more) * MemoryLayout<Element>.stride
  }
}

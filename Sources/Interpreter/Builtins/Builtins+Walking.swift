import Autodiff

extension Builtins {
  /// Walks over all places of a tensor.
  static func walking() -> [Builtin] {
    [
      Builtin("ndindex", "*shape", "The places of a shape, as tuples in row-major order.") {
        call, session throws(Failure) in
        let given = try call.rest.isEmpty ? [] : lengths(call.rest, "the shape", session)
        // Nothing is allocated, so the shape may be larger than memory.
        guard given.allSatisfy({ $0 >= 0 }) else {
          throw Failure(.value, "a shape has no negative length: \(given)")
        }
        var walk = Odometer(given)
        return .object(
          IteratorObject("ndindex") { _ throws(Failure) in
            guard let place = walk.place else { return nil }
            walk.advance()
            return .tuple(place.map { .int($0) })
          })
      },
      Builtin("ndenumerate", "x", "Places and entries, in row-major order.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        var walk = Odometer(x.shape.dimensions)
        return .object(
          IteratorObject("ndenumerate") { session throws(Failure) in
            guard let place = walk.place else { return nil }
            walk.advance()
            let entry = try session.pick(x, place.map { .integer($0) })
            return .tuple([.tuple(place.map { .int($0) }), Value(entry)])
          })
      },
      Builtin(
        "nditer", "x, flags=None, op_flags=None, order=None",
        "Walks over all places: `multi_index`, `finished`, `iternext()`."
      ) { call, session throws(Failure) in
        .object(PlaceIterator(try call.tensor(0, session)))
      },
    ]
  }
}

/// Counts through all places of a shape, the last axis fastest.
struct Odometer {
  private let lengths: [Int]
  /// Nil after the last one.
  private(set) var place: [Int]?

  init(_ lengths: [Int]) {
    self.lengths = lengths
    place = lengths.contains(0) ? nil : [Int](repeating: 0, count: lengths.count)
  }

  mutating func advance() {
    guard var next = place else { return }
    // Taken out, so that the places are counted on without a copy.
    place = nil
    var axis = lengths.count - 1
    while axis >= 0 {
      next[axis] += 1
      if next[axis] < lengths[axis] {
        place = next
        return
      }
      next[axis] = 0
      axis -= 1
    }
  }
}

/// What `nditer` gives: the place that it is at, to read and to move on.
final class PlaceIterator: Object {
  private let x: Traced
  private var walk: Odometer

  init(_ x: Traced) {
    self.x = x
    walk = Odometer(x.shape.dimensions)
  }

  override var typeName: String { "nditer" }
  override var attributeNames: [String] { ["finished", "iternext", "multi_index", "value"] }

  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "finished": return .boolean(walk.place == nil)
    case "multi_index":
      guard let place = walk.place else {
        throw Failure(.value, "the iterator is past the end, so it has no multi_index")
      }
      return .tuple(place.map { .int($0) })
    case "value": return try entry(session)
    case "iternext":
      return .object(
        Builtin("iternext", "", "Goes on to the next place; False at the end.") { [self] _, _ in
          walk.advance()
          return .boolean(walk.place != nil)
        })
    default: return nil
    }
  }

  private func entry(_ session: Session) throws(Failure) -> Value {
    guard let place = walk.place else {
      throw Failure(.value, "the iterator is past the end, so it has no entry")
    }
    return Value(try session.pick(x, place.map { .integer($0) }))
  }

  override func item(_ index: Value, _ session: Session) throws(Failure) -> Value {
    try entry(session)
  }

  override func iterator(_ session: Session) throws(Failure) -> ValueIterator {
    FedIterator { [self] session throws(Failure) in
      guard walk.place != nil else { return nil }
      defer { walk.advance() }
      return try entry(session)
    }
  }
}

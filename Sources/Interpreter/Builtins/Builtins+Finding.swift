import Autodiff

extension Builtins {
  /// Places of entries, and entries by place.
  static func finding() -> [Builtin] {
    [
      Builtin(
        "where", "mask, a=None, b=None",
        "Entries of a where the mask is true, else of b; of the mask alone its true places.",
        type: "gate"
      ) { call, session throws(Failure) in
        guard call[1] != nil || call[2] != nil else {
          return .tuple(places(try call.tensor(0, session).tensor))
        }
        return try session.apply(
          Gates.choose,
          [
            session.converted(call.tensor(0, session), to: .bool), call.tensor(1, session),
            call.tensor(2, session),
          ])
      },
      Builtin("nonzero", "x", "The places of entries that are not 0, a vector for each axis.") {
        call, session throws(Failure) in
        .tuple(places(try call.tensor(0, session).tensor))
      },
      Builtin("flatnonzero", "x", "The places of entries that are not 0, in row-major order.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session).tensor
        return places(x.reshaped(Shape(x.count)))[0]
      },
      Builtin("argwhere", "x", "The places of entries that are not 0, a row for each.") {
        call, session throws(Failure) in
        let columns = places(try call.tensor(0, session).tensor)
        var parts: [Traced] = []
        for column in columns { if let part = column.traced { parts.append(part) } }
        return Value(try session.stack(parts, axis: 1))
      },
      Builtin(
        "take", "x, indices, axis=None", "Entries by place, along an axis or of all.",
        type: "gate"
      ) { call, session throws(Failure) in
        var x = try call.tensor(0, session)
        let axis: Int
        if let given = try call.optionalInt(2) {
          axis = try session.axis(given, of: x.shape)
        } else {
          x = try session.reshape(x, Shape(x.shape.count))
          axis = 0
        }
        let (shape, places) = try integerEntries(call, 1, session)
        var items = [IndexItem](repeating: .whole, count: axis)
        items.append(.integers(shape, places))
        return Value(try session.pick(x, items))
      },
      Builtin(
        "take_along_axis", "x, indices, axis", "Along an axis the entries at the given places.",
        type: "gate"
      ) { call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let axis = try session.axis(call.int(2), of: x.shape)
        let (shape, places) = try integerEntries(call, 1, session)
        guard shape.rank == x.rank else {
          throw Failure(
            .shape, "the indices of shape \(shape) need as many axes as x of shape \(x.shape)")
        }
        var items: [IndexItem] = []
        for other in 0..<x.rank {
          if other == axis {
            items.append(.integers(shape, places))
          } else {
            let lengths = (0..<x.rank).map { $0 == other ? x.shape[other] : 1 }
            items.append(.integers(Shape(lengths), Array(0..<x.shape[other])))
          }
        }
        return Value(try session.pick(x, items))
      },
      Builtin("isin", "x, values", "Whether each entry is one of some values.") {
        call, session throws(Failure) in
        let others = try array(call.value(1), function: "isin", session).tensor.values
        let known = Set(others)
        return .constant(
          try call.tensor(0, session).tensor.mapped(isMask: true) { known.contains($0) ? 1 : 0 })
      },
      Builtin("unravel_index", "indices, shape", "Row-major places as one vector for each axis.") {
        call, session throws(Failure) in
        let (shape, offsets) = try integerEntries(call, 0, session)
        let target = try call.shape(1, session)
        for offset in offsets where offset < 0 || offset >= target.count {
          throw Failure(.index, "the place \(offset) is out of range for shape \(target)")
        }
        let strides = target.strides
        return .tuple(
          (0..<target.rank).map { axis in
            .constant(
              Tensor(
                shape: shape,
                values: offsets.map { Double($0 / strides[axis] % target[axis]) }))
          })
      },
      Builtin(
        "ravel_multi_index", "places, shape", "One vector for each axis as row-major places."
      ) { call, session throws(Failure) in
        let target = try call.shape(1, session)
        let strides = target.strides
        let parts = try session.items(of: call.value(0))
        guard parts.count == target.rank else {
          throw Failure(
            .value, "the shape \(target) needs \(target.rank) vectors of places, not \(parts.count)"
          )
        }
        var total: Tensor?
        for (axis, part) in parts.enumerated() {
          guard let places = try session.tensor(part)?.tensor else {
            throw Failure(.type, "places must be integers, not \(part.described)")
          }
          for place in places.values where place < 0 || place >= Double(target[axis]) {
            throw Failure(
              .index,
              "the place \(Printing.number(place)) is out of range for axis \(axis) of"
                + " shape \(target)")
          }
          let before = total ?? Tensor(repeating: 0, shape: places.shape)
          guard before.shape == places.shape else {
            throw Failure(
              .shape, "the vectors of places have shapes \(before.shape) and \(places.shape)")
          }
          total = Tensor(
            shape: places.shape,
            values: zip(before.values, places.values).map { $0 + $1 * Double(strides[axis]) })
        }
        return total.map { .constant($0) } ?? .int(0)
      },
    ]
  }

  /// The places of entries that are not 0: a vector for each axis.
  static func places(_ x: Tensor) -> [Value] {
    let x = x.isScalar ? x.reshaped(Shape(1)) : x
    let offsets = x.withEntries { entries in entries.indices.filter { entries[$0] != 0 } }
    let strides = x.shape.strides
    return (0..<x.shape.rank).map { axis in
      .constant(
        Tensor(
          shape: Shape(offsets.count),
          values: offsets.map { Double($0 / strides[axis] % x.shape[axis]) }))
    }
  }

  /// A tensor argument whose entries are integers.
  static func integerEntries(
    _ call: BoundArguments, _ index: Int, _ session: Session
  ) throws(Failure) -> (shape: Shape, entries: [Int]) {
    let x = try array(call.value(index), function: call.function, session).tensor
    var entries: [Int] = []
    entries.reserveCapacity(x.count)
    for value in x.values {
      guard let entry = Int(exactly: value) else {
        throw Failure(
          .type,
          "\(call.names[index]) of \(call.function)() must be integers, not"
            + " \(Printing.number(value))")
      }
      entries.append(entry)
    }
    return (x.shape, entries)
  }
}

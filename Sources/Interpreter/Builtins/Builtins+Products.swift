import Autodiff

extension Builtins {
  /// Products of vectors, matrices and tensors.
  static func products() -> [Builtin] {
    [
      Builtin(
        "dot", "a, b", "Product over the last axis of a and the last but one of b.", type: "gate"
      ) { call, session throws(Failure) in
        try Value(dot(call.tensor(0, session), call.tensor(1, session), session))
      },
      Builtin("matmul", "a, b", Gates.matmul.summary, type: "gate") {
        call, session throws(Failure) in
        try session.apply(Gates.matmul, [call.tensor(0, session), call.tensor(1, session)])
      },
      Builtin("vdot", "a, b", "The sum of products of all entries.", type: "gate") {
        call, session throws(Failure) in
        let a = try call.tensor(0, session)
        let b = try call.tensor(1, session)
        return Value(
          try dot(
            session.reshape(a, Shape(a.shape.count)), session.reshape(b, Shape(b.shape.count)),
            session))
      },
      Builtin("inner", "a, b", "Product over the last axes of both.", type: "gate") {
        call, session throws(Failure) in
        let a = try call.tensor(0, session)
        let b = try call.tensor(1, session)
        if a.rank == 0 || b.rank == 0 { return try session.apply(Gates.multiply, [a, b]) }
        return Value(
          try contract(a, b, [a.rank - 1], [b.rank - 1], session))
      },
      Builtin("outer", "a, b", "All products of an entry of a and one of b.", type: "gate") {
        call, session throws(Failure) in
        let a = try call.tensor(0, session)
        let b = try call.tensor(1, session)
        return try session.apply(
          Gates.multiply,
          [
            session.reshape(a, [a.shape.count, 1]), session.reshape(b, [1, b.shape.count]),
          ])
      },
      Builtin(
        "tensordot", "a, b, axes=2",
        "Product over pairs of axes, or over the last of a and the"
          + " first of b.", type: "gate"
      ) { call, session throws(Failure) in
        try tensordot(call, session)
      },
      Builtin("kron", "a, b", "Each entry of a times all of b.", type: "gate") {
        call, session throws(Failure) in
        let a = try call.tensor(0, session)
        let b = try call.tensor(1, session)
        let rank = max(a.rank, b.rank)
        func widened(_ shape: Shape) -> [Int] {
          [Int](repeating: 1, count: rank - shape.rank) + shape.dimensions
        }
        let m = widened(a.shape)
        let n = widened(b.shape)
        let product = try session.trace(
          Gates.multiply,
          [
            session.reshape(a, m.flatMap { [$0, 1] }), session.reshape(b, n.flatMap { [1, $0] }),
          ])
        return Value(try session.reshape(product, zip(m, n).map { $0 * $1 }))
      },
      Builtin(
        "cross", "a, b", "The cross product of vectors of 3 along the last axis.",
        type: "gate"
      ) { call, session throws(Failure) in
        let a = try call.tensor(0, session)
        let b = try call.tensor(1, session)
        for x in [a, b] where x.rank == 0 || x.shape[x.rank - 1] != 3 {
          throw Failure(.shape, "cross() needs vectors of 3 entries, not shape \(x.shape)")
        }
        func turned(_ x: Traced, _ places: [Int]) throws(Failure) -> Traced {
          try session.pick(x, places, axis: x.rank - 1)
        }
        return try session.apply(
          Gates.subtract,
          [
            session.trace(Gates.multiply, [turned(a, [1, 2, 0]), turned(b, [2, 0, 1])]),
            session.trace(Gates.multiply, [turned(a, [2, 0, 1]), turned(b, [1, 2, 0])]),
          ])
      },
      Builtin(
        "trace", "x, offset=0, axis1=0, axis2=1", "The sum of a diagonal.", type: "gate"
      ) { call, session throws(Failure) in
        let x = try call.tensor(0, session)
        guard x.rank > 2 || call[2] != nil || call[3] != nil else {
          return try session.apply(
            Gates.row("trace"), [x], .other(DiagonalOffset(call.int(1, default: 0))))
        }
        let entries = try diagonal(call, session)
        return Value(try session.sum(entries, axes: [entries.rank - 1]))
      },
    ]
  }

  /// NumPy's `dot` for operands of any rank.
  static func dot(_ a: Traced, _ b: Traced, _ session: Session) throws(Failure) -> Traced {
    if a.rank == 0 || b.rank == 0 { return try session.trace(Gates.multiply, [a, b]) }
    if a.rank <= 2 && b.rank <= 2 || b.rank == 1 {
      return try session.trace(Gates.matmul, [a, b])
    }
    return try contract(a, b, [a.rank - 1], [b.rank - 2], session)
  }

  private static func tensordot(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let a = try call.tensor(0, session)
    let b = try call.tensor(1, session)
    var left: [Int] = []
    var right: [Int] = []
    if call[2] == nil || call[2]?.isNumber == true {
      let count = try call.int(2, default: 2)
      guard count >= 0, count <= min(a.rank, b.rank) else {
        throw Failure(
          .shape, "tensordot() over \(count) axes needs them in shapes \(a.shape) and \(b.shape)")
      }
      left = Array(a.rank - count..<a.rank)
      right = Array(0..<count)
    } else {
      let parts = try session.items(of: call.value(2))
      guard parts.count == 2 else {
        throw Failure(.value, "axes of tensordot() is a number or a pair")
      }
      for axis in try session.integers(parts[0], what: "axes") {
        left.append(try session.axis(axis, of: a.shape))
      }
      for axis in try session.integers(parts[1], what: "axes") {
        right.append(try session.axis(axis, of: b.shape))
      }
    }
    return Value(try contract(a, b, left, right, session))
  }

  /// The product over pairs of axes, as one product of matrices.
  private static func contract(
    _ a: Traced, _ b: Traced, _ left: [Int], _ right: [Int], _ session: Session
  ) throws(Failure) -> Traced {
    let fits =
      left.count == right.count && Set(left).count == left.count
      && Set(right).count == right.count
      && zip(left, right).allSatisfy { a.shape[$0] == b.shape[$1] }
    guard fits else {
      throw Failure(
        .shape,
        "cannot multiply shapes \(a.shape) and \(b.shape) over their axes"
          + " \(left) and \(right): lengths \(left.map { a.shape[$0] }) and"
          + " \(right.map { b.shape[$0] })")
    }
    let rows = (0..<a.rank).filter { !left.contains($0) }
    let columns = (0..<b.rank).filter { !right.contains($0) }
    let length = left.reduce(1) { $0 * a.shape[$1] }
    let m = rows.reduce(1) { $0 * a.shape[$1] }
    let n = columns.reduce(1) { $0 * b.shape[$1] }
    let x = try session.reshape(session.permute(a, rows + left), [m, length])
    let y = try session.reshape(session.permute(b, right + columns), [length, n])
    let product = try session.trace(Gates.matmul, [x, y])
    return try session.reshape(
      product, rows.map { a.shape[$0] } + columns.map { b.shape[$0] })
  }
}

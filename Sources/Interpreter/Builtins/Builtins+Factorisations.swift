import Autodiff

extension Builtins {
  /// Orthogonal factors, eigenvalues, singular values and least squares, as `np.linalg` has them.
  static func factorisations() -> [Builtin] {
    [
      Builtin(
        "eigh", "A, UPLO='L'",
        "Eigenvalues w, rising, and eigenvectors, the columns of V, of a symmetric matrix.",
        type: "gate"
      ) { call, session throws(Failure) in
        let (values, vectors) = try eigenvectors(call, session)
        return .tuple([Value(values), Value(vectors)])
      },
      Builtin(
        "eigvalsh", "A, UPLO='L'", "The eigenvalues of a symmetric matrix, rising.", type: "gate"
      ) { call, session throws(Failure) in
        Value(try eigenvectors(call, session).values)
      },
      Builtin(
        "svd", "A, full_matrices=True, compute_uv=True, hermitian=False",
        "U, the singular values s, falling, and Vh, with A = (U * s) @ Vh; as many columns of U"
          + " and rows of Vh as values with full_matrices=False.", type: "gate"
      ) { call, session throws(Failure) in
        let a = try call.tensor(0, session)
        let isFull = try call.bool(1, default: true, session)
        guard try call.bool(2, default: true, session) else {
          return Value(try singularValues(a, session))
        }
        return .tuple(try svd(a, full: isFull, session).map { Value($0) })
      },
      Builtin("svdvals", "A", "The singular values, falling.", type: "gate") {
        call, session throws(Failure) in
        Value(try singularValues(call.tensor(0, session), session))
      },
      Builtin(
        "qr", "A, mode='reduced'",
        "Q with orthonormal columns and R, upper triangular, with A = Q @ R; the modes 'complete'"
          + " and 'r' give all columns of Q, and R alone.", type: "gate"
      ) { call, session throws(Failure) in
        try qr(call, session)
      },
      Builtin(
        "lstsq", "A, b, rcond=None",
        "x for which A @ x is nearest to b, the squared distances, the rank of A and its singular"
          + " values.", type: "gate"
      ) { call, session throws(Failure) in
        try leastSquares(call, session)
      },
      Builtin(
        "pinv", "A, rcond=1e-15, hermitian=False, *, rtol=None", Gates.row("pinv").summary,
        type: "gate"
      ) { call, session throws(Failure) in
        try session.apply(
          Gates.row("pinv"), [call.tensor(0, session)],
          .numbers([try call.number(3, default: call.number(1, default: 1e-15))]))
      },
      Builtin(
        "matrix_rank", "A, tol=None", "How many singular values are not 0, to rounding."
      ) { call, session throws(Failure) in
        try rank(call, session)
      },
      Builtin(
        "cond", "A, p=None",
        "How much a solution magnifies errors: the largest by the smallest singular value, or"
          + " norm(A, p) * norm(inv(A), p).", type: "gate"
      ) { call, session throws(Failure) in
        try condition(call, session)
      },
    ]
  }

  private static func eigenvectors(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> (values: Traced, vectors: Traced) {
    var a = try call.tensor(0, session)
    let triangle = try call.string(1, default: "L")
    guard ["L", "U", "l", "u"].contains(triangle) else {
      throw Failure(.value, "\(call.function)() knows UPLO 'L' and 'U', not '\(triangle)'")
    }
    if call[1] != nil, a.rank >= 2 {
      // The other triangle is the mirror image of the one that was asked for.
      let isLower = triangle.lowercased() == "l"
      let half = try session.trace(
        Gates.row(isLower ? "tril" : "triu"), [a], .other(DiagonalOffset(0)))
      let rest = try session.trace(
        Gates.row(isLower ? "tril" : "triu"), [a], .other(DiagonalOffset(isLower ? -1 : 1)))
      a = try session.trace(Gates.add, [half, session.turned(rest)])
    }
    let result = try session.trace(Gates.row("eigh"), [a])
    let parts = PackedParts.eigenvectors(of: a.shape)
    return (
      try session.pick(result, parts.selection(0)), try session.pick(result, parts.selection(1))
    )
  }

  static func singularValues(_ a: Traced, _ session: Session) throws(Failure) -> Traced {
    try svd(a, full: false, session)[1]
  }

  /// `U`, `s` and `Vh`.
  private static func svd(
    _ a: Traced, full: Bool, _ session: Session
  ) throws(Failure) -> [Traced] {
    let result = try session.trace(Gates.row("svd"), [a], .numbers([full ? 1 : 0]))
    let parts = PackedParts.singularValues(of: a.shape, full: full)
    func part(_ place: Int) throws(Failure) -> Traced {
      try session.pick(result, parts.selection(place))
    }
    var u = try part(0)
    let s = try part(1)
    var vh = try part(2)
    if full {
      let (more, below) = (try part(3), try part(4))
      if more.shape.count > 0 {
        u = try session.concatenate([u, more], axis: u.rank - 1)
      }
      if below.shape.count > 0 {
        vh = try session.concatenate([vh, below], axis: vh.rank - 2)
      }
    }
    return [u, s, vh]
  }

  private static func qr(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    let a = try call.tensor(0, session)
    let mode = try call.string(1, default: "reduced")
    guard ["reduced", "complete", "r"].contains(mode) else {
      throw Failure(
        .value, "qr() knows the modes 'reduced', 'complete' and 'r', not '\(mode)'")
    }
    let isComplete = mode == "complete"
    let result = try session.trace(Gates.row("qr"), [a], .numbers([isComplete ? 1 : 0]))
    let parts = PackedParts.orthogonal(of: a.shape, complete: isComplete)
    let r = Value(try session.pick(result, parts.selection(1)))
    if mode == "r" { return r }
    return .tuple([Value(try session.pick(result, parts.selection(0))), r])
  }

  private static func leastSquares(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let a = try call.tensor(0, session)
    let b = try call.tensor(1, session)
    // As NumPy: -1 stands for the machine's precision.
    let longest = Double(a.shape.dimensions.max() ?? 1)
    let cutoff = try call.number(2, default: longest * .ulpOfOne)
    let result = try session.trace(Gates.row("lstsq"), [a, b], .numbers([cutoff]))
    let parts = PackedParts.leastSquares(of: a.shape, b.shape)
    let x = try session.pick(result, parts.selection(0))
    let rank = try session.pick(result.detached, parts.selection(2))
    let values = try session.pick(result, parts.selection(1))
    var distances = Traced(constant: Tensor(shape: Shape(0), values: []))
    // NumPy gives distances where there are more rows than unknowns and the rank is full.
    if a.shape[0] > a.shape[1], rank.tensor.number == Double(a.shape[1]) {
      let rest = try session.trace(
        Gates.subtract, [b, session.trace(Gates.matmul, [a, x])])
      distances = try session.sum(session.trace(Gates.square, [rest]), axes: [0])
      if b.rank == 1 { distances = try session.reshape(distances, [1]) }
    }
    return .tuple([Value(x), Value(distances), Value(rank), Value(values)])
  }

  private static func rank(_ call: BoundArguments, _ session: Session) throws(Failure) -> Value {
    let a = try call.tensor(0, session).detached
    if a.rank < 2 { return .int(a.tensor.values.contains { $0 != 0 } ? 1 : 0) }
    let values = try singularValues(a, session).tensor
    let length = values.shape[values.shape.rank - 1]
    let longest = Double(max(a.shape[a.rank - 1], a.shape[a.rank - 2]))
    let bound = call[1] == nil ? nil : try call.number(1, default: 0)
    let stack = Shape(values.shape.dimensions.dropLast())
    return .constant(
      Tensor(
        shape: stack,
        values: (0..<stack.count).map { matrix in
          let own = (0..<length).map { values[matrix * length + $0] }
          let least = bound ?? (own.first ?? 0) * longest * Double.ulpOfOne
          return Double(own.count { $0 > least })
        }))
  }

  private static func condition(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    let a = try call.tensor(0, session)
    if let order = call[1], order.traced?.tensor.item.map({ abs($0) != 2 }) ?? true {
      guard let norm = session.builtins["norm"]?.object(Builtin.self) else { return .none }
      let inverse = try session.apply(Gates.row("inv"), [a])
      let sizes = try [Value(a), inverse].map { matrix throws(Failure) in
        try norm.call(Arguments([matrix, order]), session)
      }
      return try session.binary(.multiply, sizes[0], sizes[1])
    }
    let values = try singularValues(a, session)
    let count = values.shape[values.rank - 1]
    guard count > 0 else {
      throw Failure(.linearAlgebra, "cond() is not defined for a matrix without entries")
    }
    let whole = [IndexItem](repeating: .whole, count: values.rank - 1)
    let largest = try session.pick(values, whole + [.integer(0)])
    let smallest = try session.pick(values, whole + [.integer(count - 1)])
    let isInverse = call[1]?.traced?.tensor.item == -2
    return try session.apply(Gates.divide, isInverse ? [smallest, largest] : [largest, smallest])
  }
}

extension Session {
  /// The last two axes swapped.
  func turned(_ x: Traced) throws(Failure) -> Traced {
    var order = Array(0..<x.rank)
    order.swapAt(x.rank - 1, x.rank - 2)
    return try permute(x, order)
  }
}

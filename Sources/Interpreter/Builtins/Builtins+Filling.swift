import Autodiff

extension Builtins {
  /// Tensors of one value, and of parts of another.
  static func filling() -> [Builtin] {
    [
      filled("zeros", 0), filled("ones", 1), filled("empty", 0),
      alike("zeros_like", 0), alike("ones_like", 1), alike("empty_like", 0),
      Builtin("full", "shape, fill_value, dtype=None", "A tensor of one value.") {
        call, session throws(Failure) in
        let shape = try call.shape(0, session)
        let value = try session.converted(call.tensor(1, session), call, dtypeAt: 2)
        if !value.node.isTracked, value.tensor.isScalar {
          return .fresh(
            Tensor(repeating: value.tensor.number, shape: shape, isMask: value.tensor.isMask))
        }
        return Value(try session.broadcast(value, to: shape))
      },
      Builtin("full_like", "x, fill_value, dtype=None", "A tensor of one value in the shape of x.")
      {
        call, session throws(Failure) in
        let shape = try call.tensor(0, session).shape
        let value = try session.converted(call.tensor(1, session), call, dtypeAt: 2)
        return Value(try session.broadcast(value, to: shape))
      },
      diagonal("diag"), diagonal("tril"), diagonal("triu"),
      Builtin(
        "diagonal", "x, offset=0, axis1=0, axis2=1",
        "The diagonal of two axes, which becomes the last axis.", type: "gate"
      ) { call, session throws(Failure) in
        Value(try diagonal(call, session))
      },
      indices("triu_indices", "on and above") { $1 - $0 >= $2 },
      indices("tril_indices", "on and below") { $1 - $0 <= $2 },
      Builtin("diag_indices", "n, ndim=2", "The indices of the main diagonal.") {
        call, session throws(Failure) in
        let length = try session.shape(of: [call.int(0)])[0]
        let axes = try call.int(1, default: 2)
        guard (1...Shape.maximumRank).contains(axes) else {
          throw Failure(
            .value, "diag_indices() knows 1 to \(Shape.maximumRank) axes, not \(axes)")
        }
        let places = Tensor(shape: Shape(length), values: (0..<length).map { Double($0) })
        return .tuple((0..<axes).map { _ in .constant(places) })
      },
      Builtin("tri", "n, m=None, k=0", "Ones on and below a diagonal, zeros above.") {
        call, session throws(Failure) in
        let rows = try call.int(0)
        let columns = try call.int(1, default: rows)
        // Beyond any matrix, and small enough to be added to a row.
        let k = min(max(try call.int(2, default: 0), -(1 << 40)), 1 << 40)
        let shape = try session.shape(of: [rows, columns])
        return .fresh(
          Tensor(shape: shape) { entries in
            for index in entries.indices {
              entries[index] = index % columns <= index / columns + k ? 1 : 0
            }
          })
      },
    ]
  }

  /// The diagonal of the axes at places 2 and 3 of a call, as the last axis.
  static func diagonal(_ call: BoundArguments, _ session: Session) throws(Failure) -> Traced {
    var x = try call.tensor(0, session)
    guard x.rank >= 2 else {
      throw Failure(
        .shape, "\(call.function)() needs at least two axes, not a tensor of shape \(x.shape)")
    }
    let first = try session.axis(call.int(2, default: 0), of: x.shape)
    let second = try session.axis(call.int(3, default: 1), of: x.shape)
    guard first != second else {
      throw Failure(.value, "\(call.function)() needs two different axes, not \(first) twice")
    }
    let offset = try call.int(1, default: 0)
    if x.rank == 2, first == 0 {
      return try session.trace(Gates.row("diag"), [x], .other(DiagonalOffset(offset)))
    }
    let others = (0..<x.rank).filter { $0 != first && $0 != second }
    x = try session.permute(x, others + [first, second])
    let (rows, columns) = (x.shape[x.rank - 2], x.shape[x.rank - 1])
    let row = max(-max(offset, -rows), 0)
    let column = max(min(offset, columns), 0)
    let length = max(0, min(rows - row, columns - column))
    let outer = x.shape.strides.dropLast(2)
    return try session.pick(
      x,
      Selection(
        source: x.shape, result: Shape(x.shape.dimensions.dropLast(2) + [length]),
        places: .strided(
          start: length == 0 ? 0 : row * columns + column, steps: outer + [columns + 1])))
  }

  /// Where the entries of a triangle stand.
  private static func indices(
    _ name: String, _ words: String,
    _ keeps: @escaping (_ row: Int, _ column: Int, _ offset: Int) -> Bool
  ) -> Builtin {
    Builtin(name, "n, k=0, m=None", "The indices of the entries \(words) a diagonal.") {
      call, session throws(Failure) in
      let rows = try call.int(0)
      let columns = try call.int(2, default: rows)
      _ = try session.shape(of: [rows, columns])
      let k = min(max(try call.int(1, default: 0), -(1 << 40)), 1 << 40)
      var places: (rows: [Double], columns: [Double]) = ([], [])
      for row in 0..<rows {
        for column in 0..<columns where keeps(row, column, k) {
          places.rows.append(Double(row))
          places.columns.append(Double(column))
        }
      }
      return .tuple(
        [places.rows, places.columns].map {
          .constant(Tensor(shape: Shape($0.count), values: $0))
        })
    }
  }

  private static func filled(_ name: String, _ value: Double) -> Builtin {
    Builtin(
      name, "shape, dtype=None, order='C'", "A tensor of \(value == 1 ? "ones" : "zeros")."
    ) { call, session throws(Failure) in
      if call[1]?.isNumber == true {
        let lengths = try "\(session.repr(call.value(0))), \(session.repr(call.value(1)))"
        throw Failure(
          .type, "\(name)() takes the shape as one tuple", hint: "\(name)((\(lengths)))")
      }
      let result = Tensor(repeating: value, shape: try call.shape(0, session))
      return Value(try session.converted(Traced(result, .fresh), call, dtypeAt: 1))
    }
  }

  private static func alike(_ name: String, _ value: Double) -> Builtin {
    Builtin(
      name, "x, dtype=None",
      "A tensor of \(value == 1 ? "ones" : "zeros") in the shape of x."
    ) { call, session throws(Failure) in
      let x = try call.tensor(0, session).tensor
      let result = Tensor(repeating: value, shape: x.shape, isMask: x.isMask)
      return Value(try session.converted(Traced(result, .fresh), call, dtypeAt: 1))
    }
  }

  /// A gate that is told a diagonal.
  private static func diagonal(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(name, "x, k=0", gate.summary, type: "gate") {
      call, session throws(Failure) in
      var x = try call.tensor(0, session)
      // As in NumPy a vector is every row of a square.
      if name != "diag", x.rank == 1 {
        x = try session.broadcast(x, to: session.shape(of: [x.shape[0], x.shape[0]]))
      }
      return try session.apply(gate, [x], .other(DiagonalOffset(call.int(1, default: 0))))
    }
  }
}

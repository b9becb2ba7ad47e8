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
      Builtin("diagonal", "x, offset=0", "The diagonal of a matrix.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        guard x.rank == 2 else {
          throw Failure(.shape, "diagonal() needs a matrix, not a tensor of shape \(x.shape)")
        }
        return try session.apply(
          Gates.row("diag"), [x], .other(DiagonalOffset(call.int(1, default: 0))))
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
      try session.apply(
        gate, [call.tensor(0, session)], .other(DiagonalOffset(call.int(1, default: 0))))
    }
  }
}

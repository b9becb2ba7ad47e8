import Autodiff

extension Builtins {
  /// Solutions, inverses and factors of matrices.
  static func linearAlgebra() -> [Builtin] {
    [
      Builtin("solve", "A, b", Gates.row("solve").summary, type: "gate") {
        call, session throws(Failure) in
        try session.apply(Gates.row("solve"), [call.tensor(0, session), call.tensor(1, session)])
      },
      ofMatrix("inv"), ofMatrix("det"), ofMatrix("cholesky"),
      Builtin(
        "slogdet", "A", "Sign and logarithm of the size of the determinant.", type: "gate"
      ) { call, session throws(Failure) in
        let a = try call.tensor(0, session)
        return .tuple([
          try session.apply(Gates.row("signdet"), [a]),
          try session.apply(Gates.row("logabsdet"), [a]),
        ])
      },
      Builtin("matrix_power", "A, n", "A square matrix times itself, n times.", type: "gate") {
        call, session throws(Failure) in
        try matrixPower(call, session)
      },
      Builtin("multi_dot", "matrices", "The product of several matrices.", type: "gate") {
        call, session throws(Failure) in
        var result: Traced?
        for matrix in try session.tensors(call.value(0), what: "the matrices of multi_dot()") {
          result =
            try result.map { sofar throws(Failure) in
              try session.trace(Gates.matmul, [sofar, matrix])
            } ?? matrix
        }
        return result.map { Value($0) } ?? .none
      },
    ]
  }

  private static func ofMatrix(_ name: String) -> Builtin {
    let gate = Gates.row(name)
    return Builtin(name, "A", gate.summary, type: "gate") { call, session throws(Failure) in
      try session.apply(gate, [call.tensor(0, session)])
    }
  }

  private static func matrixPower(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Value {
    var power = try call.tensor(0, session)
    var rest = try call.int(1).magnitude
    guard power.rank == 2, power.shape[0] == power.shape[1] else {
      throw Failure(
        .linearAlgebra, "matrix_power() needs a square matrix, not shape \(power.shape)")
    }
    if try call.int(1) < 0 { power = try session.trace(Gates.row("inv"), [power]) }
    if rest == 0 {
      return .constant(
        Tensor(shape: power.shape) { entries in
          for index in entries.indices {
            entries[index] = index % (power.shape[0] + 1) == 0 ? 1 : 0
          }
        })
    }
    // By squaring: each bit of n takes one product, or two.
    var result: Traced?
    while rest > 0 {
      if rest & 1 == 1 {
        result =
          try result.map { sofar throws(Failure) in
            try session.trace(Gates.matmul, [sofar, power])
          } ?? power
      }
      rest >>= 1
      if rest > 0 { power = try session.trace(Gates.matmul, [power, power]) }
    }
    return Value(result ?? power)
  }
}

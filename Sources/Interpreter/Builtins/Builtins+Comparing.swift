import Autodiff

extension Builtins {
  /// Whether tensors are equal, or nearly.
  static func comparing() -> [Builtin] {
    [
      Builtin(
        "isclose", "a, b, rtol=1e-5, atol=1e-8, equal_nan=False",
        "Where |a - b| <= atol + rtol * |b|."
      ) { call, session throws(Failure) in
        .constant(try closeness(call, session))
      },
      Builtin(
        "allclose", "a, b, rtol=1e-5, atol=1e-8, equal_nan=False",
        "Whether |a - b| <= atol + rtol * |b| everywhere."
      ) { call, session throws(Failure) in
        .boolean(try closeness(call, session).withEntries { $0.allSatisfy { $0 != 0 } })
      },
      Builtin("array_equal", "a, b", "Whether both have one shape and equal entries.") {
        call, session throws(Failure) in
        guard let a = try session.tensor(call.value(0)), let b = try session.tensor(call.value(1))
        else { return .boolean(try session.areEqual(call.value(0), call.value(1))) }
        return .boolean(a.tensor.isEqual(b.tensor))
      },
      Builtin("isscalar", "x", "Whether it is a number, a boolean or a string.") { call, _ in
        .boolean(call.value(0).isNumber || call.value(0).text != nil)
      },
    ]
  }

  /// 1 where two tensors are close, else 0.
  private static func closeness(
    _ call: BoundArguments, _ session: Session
  ) throws(Failure) -> Tensor {
    let relative = try call.number(2, default: 1e-5)
    let absolute = try call.number(3, default: 1e-8)
    let equalNaN = try call.bool(4, default: false, session)
    let a = try call.tensor(0, session).detached
    let b = try call.tensor(1, session).detached
    guard let shape = a.shape.broadcast(with: b.shape) else {
      throw Failure(
        .shape, "cannot compare shapes \(a.shape) and \(b.shape): they do not broadcast")
    }
    let x = try session.broadcast(a, to: shape).tensor
    let y = try session.broadcast(b, to: shape).tensor
    return x.withEntries { x in
      y.withEntries { y in
        Tensor(shape: shape, isMask: true) { entries in
          for index in entries.indices {
            let (p, q) = (x[index], y[index])
            let isClose =
              p == q || (q.isFinite && abs(p - q) <= absolute + relative * abs(q))
              || (equalNaN && p.isNaN && q.isNaN)
            entries[index] = isClose ? 1 : 0
          }
        }
      }
    }
  }
}

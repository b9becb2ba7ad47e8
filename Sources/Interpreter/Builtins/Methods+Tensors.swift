import Autodiff

extension Methods {
  /// Functions that are methods of tensors too; elementwise gates of one operand are without a list.
  private static let shared = [
    "sum", "mean", "prod", "var", "std", "norm", "logsumexp", "argmax", "argmin", "any", "all",
    "cumsum", "cumprod", "median", "ptp", "reshape", "ravel", "transpose", "swapaxes", "squeeze",
    "repeat", "argsort", "nonzero", "take", "dot", "matmul", "trace", "diagonal", "clip", "round",
    "softmax", "log_softmax", "dropout", "searchsorted", "outer", "inner", "flip", "roll",
    "expand_dims", "broadcast_to", "tile", "maximum", "minimum", "power", "add", "subtract",
    "multiply", "divide", "leaky_relu", "elu", "copy",
  ]

  /// Methods of tensors.
  static func tensors(_ session: Session) -> [String: Builtin] {
    var methods: [String: Builtin] = [:]
    for (name, value) in session.builtins {
      guard let builtin = value.object(Builtin.self), builtin.name == name else { continue }
      if case .unary = GateTable.gate(named: name)?.kind { methods[name] = builtin }
      if shared.contains(name) { methods[name] = builtin }
    }
    // The second argument of the methods is the axis, as in NumPy.
    for name in ["max", "min"] { methods[name] = Builtins.arrayExtreme(name) }
    for builtin in own { methods[builtin.name] = builtin }
    return methods
  }

  /// Methods that are no functions, or differ from the function of their name.
  private static var own: [Builtin] {
    [
      Builtin("item", "x, *index", "The entry as a number that no gradient flows to.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session).tensor
        if call.rest.isEmpty {
          guard let number = x.item else {
            throw Failure(
              .value, "item() needs a tensor of one entry, not of shape \(x.shape)",
              hint: "x.item(i, j) names an entry")
          }
          return .constant(Tensor(number: number, isMask: x.isMask))
        }
        let places = try Builtins.lengths(call.rest, "the index", session)
        var flat = x
        if places.count == 1 { flat = x.reshaped(Shape(x.count)) }
        return Value(
          try session.pick(Traced(constant: flat), places.map { .integer($0) }).detached)
      },
      Builtin("tolist", "x", "The entries as nested lists of numbers.") {
        call, session throws(Failure) in
        nested(try call.tensor(0, session).tensor)
      },
      Builtin("flatten", "x", "The entries as one row.", type: "gate") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        return Value(try session.reshape(x, Shape(x.shape.count)))
      },
      Builtin("astype", "x, dtype, copy=True", "The entries as bool, int or float wants them.") {
        call, session throws(Failure) in
        Value(try session.converted(call.tensor(0, session), to: session.dtype(call.value(1))))
      },
      Builtin("view", "x, *shape", "The same entries in another shape.", type: "gate") {
        call, session throws(Failure) in
        let lengths = try Builtins.lengths(call.rest, "the shape", session)
        return Value(try Builtins.reshaped(call.tensor(0, session), to: lengths, session))
      },
      Builtin("detach", "x", "The value without its history.") { call, session throws(Failure) in
        Value(try call.tensor(0, session).detached)
      },
      Builtin("fill", "x, value", "Sets every entry, in place.") { call, session throws(Failure) in
        let shape = try call.tensor(0, session).shape
        let filled = Tensor(repeating: try call.number(1, default: 0), shape: shape)
        try session.overwrite(call.value(0), with: filled, function: "fill")
        return .none
      },
      Builtin("sort", "x, axis=-1", "Puts the entries in rising order, in place.") {
        call, session throws(Failure) in
        let x = try call.tensor(0, session)
        let axis = try session.axis(call.int(1, default: -1), of: x.shape)
        guard case .tensor(let object) = call.value(0) else {
          let sorted = try session.trace(Gates.sort, [x.detached], .axis(axis))
          try session.overwrite(call.value(0), with: sorted.tensor, function: "sort")
          return .none
        }
        let sorted = try session.trace(Gates.sort, [x], .axis(axis))
        object.tensor = sorted.tensor
        object.node = sorted.node
        return .none
      },
    ]
  }

  private static func nested(_ x: Tensor) -> Value {
    if x.isScalar { return .constant(x) }
    let values = x.values
    func list(_ axis: Int, _ offset: Int) -> Value {
      if axis == x.shape.rank {
        return x.isMask ? .boolean(values[offset] != 0) : .number(values[offset])
      }
      var step = 1
      for later in (axis + 1)..<max(x.shape.rank, axis + 1) { step *= x.shape[later] }
      return .list((0..<x.shape[axis]).map { list(axis + 1, offset + $0 * step) })
    }
    return list(0, 0)
  }
}

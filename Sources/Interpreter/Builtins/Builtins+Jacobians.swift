import Autodiff

extension Builtins {
  /// Jacobians, Hessians and products with them.
  static func jacobians() -> [Builtin] {
    [
      Builtin(
        "jacobian", "y, x=None",
        "The Jacobian of y with respect to x, of shape (y.size, x.size), kept by its structure;"
          + " jacobian(f) is the Jacobian function of f."
      ) { arguments, session throws(Failure) in
        if let function = callable(arguments.value(0)) {
          return .object(
            transformed("jacobian", function) { call, session throws(Failure) in
              try session.jacobian(of: call.value, call.arguments)
            })
        }
        guard let target = arguments[1] else {
          throw Failure(
            .type, "jacobian() of a value needs what to differentiate by", hint: "jacobian(y, x)")
        }
        return try session.jacobian(of: arguments.value(0), [target])
      },
      Builtin(
        "hessian", "y, x=None",
        "The Hessian of a number y with respect to x; hessian(f) is the Hessian function of f."
      ) { arguments, session throws(Failure) in
        if let function = callable(arguments.value(0)) {
          return .object(
            transformed("hessian", function) { call, session throws(Failure) in
              try session.hessian(of: call.value, call.arguments)
            })
        }
        guard let target = arguments[1] else {
          throw Failure(
            .type, "hessian() of a value needs what to differentiate by", hint: "hessian(y, x)")
        }
        return try session.hessian(of: arguments.value(0), [target])
      },
      Builtin(
        "jvp", "f, x, v",
        "The Jacobian of f at x times the tangent v: forward mode."
      ) { arguments, session throws(Failure) in
        let function = try requireCallable(arguments, 0)
        let call = try DifferentiatedCall(function, [arguments.value(1)], session)
        let tangent = try arguments.tensor(2, session)
        guard let root = try session.tensor(call.value),
          let target = try session.tensor(call.arguments[0])
        else { throw Failure(.type, "the function gives \(call.value.described), not a tensor") }
        try requireShape(tangent, like: target, "v", "x")
        return Value(
          try session.running { () throws(GateError) in
            try session.tape.pointee.jvp(of: root, withRespectTo: target, tangent: tangent)
          })
      },
      Builtin(
        "hvp", "f, x, v", "The Hessian of f at x times v, without the Hessian."
      ) { arguments, session throws(Failure) in
        let function = try requireCallable(arguments, 0)
        let call = try DifferentiatedCall(function, [arguments.value(1)], session)
        let tangent = try arguments.tensor(2, session)
        guard let root = try session.tensor(call.value),
          let target = try session.tensor(call.arguments[0])
        else { throw Failure(.type, "the function gives \(call.value.described), not a number") }
        try requireNumber(root, "hvp")
        try requireShape(tangent, like: target, "v", "x")
        return Value(
          try session.running { () throws(GateError) in
            try Tape.hvp(
              on: session.tape, of: root, withRespectTo: target, tangent: tangent)
          })
      },
    ]
  }

  private static func requireShape(
    _ value: Traced, like other: Traced, _ name: String, _ otherName: String
  ) throws(Failure) {
    guard value.shape == other.shape else {
      throw Failure(
        .shape, "\(name) has shape \(value.shape), and \(otherName) \(other.shape)",
        hint: "a tangent has the shape of its value")
    }
  }
}

extension Session {
  /// One Jacobian for one argument, a tuple for several.
  func jacobian(of value: Value, _ targets: [Value]) throws(Failure) -> Value {
    try maps(of: value, targets) { root, target throws(GateError) in
      try Tape.jacobian(on: tape, of: root, withRespectTo: target, recorded: true)
    }
  }

  func hessian(of value: Value, _ targets: [Value]) throws(Failure) -> Value {
    try maps(of: value, targets) { root, target throws(GateError) in
      try Tape.hessian(on: tape, of: root, withRespectTo: target, recorded: true)
    }
  }

  private func maps(
    of value: Value, _ targets: [Value],
    _ make: (Traced, Traced) throws(GateError) -> LinearMap
  ) throws(Failure) -> Value {
    guard let root = try tensor(value) else {
      throw Failure(.type, "Jacobians are of tensors, not of \(value.described)")
    }
    var maps: [Value] = []
    for target in targets {
      let map: LinearMap
      if let list = target.object(ListObject.self) {
        map = try self.map(of: list, root, make)
      } else if let traced = target.traced {
        map = try running { () throws(GateError) in try make(root, traced) }
      } else {
        throw Failure(.type, "Jacobians are with respect to tensors, not \(target.described)")
      }
      maps.append(.object(JacobianObject(map)))
    }
    return maps.count == 1 ? maps[0] : .tuple(maps)
  }

  /// The map with respect to a list of numbers: the sum of its elements' columns.
  private func map(
    of list: ListObject, _ root: Traced, _ make: (Traced, Traced) throws(GateError) -> LinearMap
  ) throws(Failure) -> LinearMap {
    guard let whole = try tensor(.object(list)), !list.items.isEmpty,
      list.items.allSatisfy({ if case .number = $0 { true } else { false } })
    else {
      throw Failure(
        .type, "Jacobians are with respect to tensors and lists of numbers, not \(list.described)",
        hint: "array(…) makes one tensor of nested lists")
    }
    var sum: LinearMap?
    for (index, item) in list.items.enumerated() {
      guard let element = item.traced, element.node.isTracked else { continue }
      let pick = Selection(
        source: whole.shape, result: .scalar, places: .strided(start: index, steps: []))
      let column = try running { () throws(GateError) in
        let map = try make(root, element)
        let part = map.after(.selection(pick))
        guard let sum else { return part }
        return try sum.plus(part)
      }
      sum = column
    }
    return sum ?? .zero(rows: root.shape, columns: whole.shape)
  }
}

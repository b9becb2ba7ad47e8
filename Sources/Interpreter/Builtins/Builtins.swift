import Autodiff

/// The names that every module sees.
enum Builtins {
  /// The families of functions, one file each; a new one is one entry here.
  private static let families: [@Sendable () -> [Builtin]] = [
    elementwise, reductions, extremes, constructors, filling, shaping, joining, repeating, sorting,
    finding, comparing, walking, products, contractions, linearAlgebra,
    factorisations, statistics, datasets, optimisers, networks, convolutions, losses,
    randomness, sequences,
    inspection, numbers, gradients, show, steering, files, leaving,
  ]

  /// All built-in names with their values.
  static func all(_ session: Session) -> [String: Value] {
    var names: [String: Value] = constants
    for builtin in families.flatMap({ $0() }) { names[builtin.name] = .object(builtin) }
    for (alias, name) in aliases { names[alias] = names[name] }
    for type in types() { names[type.name] = .object(type) }
    for kind in ExceptionKinds.names {
      names[kind] = .object(ClassObject(name: kind, base: nil, exceptionKind: kind, members: [:]))
    }
    names["stdout"] = .object(StreamObject(.stdout))
    names["stderr"] = .object(StreamObject(.stderr))
    names["argv"] = .object(session.arguments)
    names["c_"] = .object(ColumnJoiner())
    names["r_"] = .object(RowJoiner())
    return names
  }

  private static var constants: [String: Value] {
    [
      "pi": .number(.pi, .fresh), "e": .number(2.718281828459045, .fresh),
      "inf": .number(.infinity, .fresh), "nan": .number(.nan, .fresh), "newaxis": .none,
    ]
  }

  /// Second names that NumPy and Python give.
  static let aliases: [String: String] = [
    "absolute": "abs", "fabs": "abs", "asin": "arcsin", "acos": "arccos", "atan": "arctan",
    "atan2": "arctan2", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "remainder": "mod", "true_divide": "divide", "rint": "round", "around": "round",
    "fix": "trunc", "amax": "max", "amin": "min", "row_stack": "vstack",
    "asanyarray": "asarray", "ascontiguousarray": "asarray", "radians": "deg2rad",
    "degrees": "rad2deg", "random_sample": "random", "ranf": "random",
    "bitwise_and": "logical_and",
    "bitwise_or": "logical_or", "bitwise_xor": "logical_xor", "invert": "logical_not",
    "quit": "exit",
  ]
}

// The operations that the engine itself composes passes of, by the rows that state them.

extension Tape {
  /// A gate by name, for local maps that are composed of gates.
  mutating func apply(
    _ name: String, _ operands: Traced..., parameters: Parameters = .none
  ) throws(GateError) -> Traced {
    try apply(GateTable[name], operands, parameters)
  }
  mutating func add(_ a: Traced, _ b: Traced) throws(GateError) -> Traced {
    try apply(EngineGates.add, [a, b])
  }
  mutating func subtract(_ a: Traced, _ b: Traced) throws(GateError) -> Traced {
    try apply(EngineGates.subtract, [a, b])
  }
  mutating func multiply(_ a: Traced, _ b: Traced) throws(GateError) -> Traced {
    try apply(EngineGates.multiply, [a, b])
  }
  /// Upstream times local gradient; an upstream of exactly 0 gives 0.
  mutating func chain(_ upstream: Traced, _ local: Traced) throws(GateError) -> Traced {
    try apply(EngineGates.chain, [upstream, local])
  }
  mutating func matmul(_ a: Traced, _ b: Traced) throws(GateError) -> Traced {
    try apply(EngineGates.matmul, [a, b])
  }
  /// Upstream times a local factor; an upstream of exactly 0 gives 0.
  mutating func matmul(upstream: Traced, _ local: Traced) throws(GateError) -> Traced {
    try apply(EngineGates.chainMatmul, [upstream, local], .numbers([0]))
  }
  mutating func matmul(_ local: Traced, upstream: Traced) throws(GateError) -> Traced {
    try apply(EngineGates.chainMatmul, [local, upstream], .numbers([1]))
  }
  mutating func reshape(_ x: Traced, _ shape: Shape) throws(GateError) -> Traced {
    if x.shape == shape { return x }
    return try apply(EngineGates.reshape, [x], .shape(shape))
  }
  mutating func broadcast(_ x: Traced, _ shape: Shape) throws(GateError) -> Traced {
    if x.shape == shape { return x }
    return try apply(EngineGates.broadcast, [x], .shape(shape))
  }
  /// Sums over the axes along which `shape` broadcasts to the operand's.
  mutating func sum(_ x: Traced, to shape: Shape) throws(GateError) -> Traced {
    if x.shape == shape { return x }
    return try apply(EngineGates.sumTo, [x], .shape(shape))
  }
  /// The last two axes swapped.
  mutating func swapLastAxes(_ x: Traced) throws(GateError) -> Traced {
    var order = Array(0..<x.shape.rank)
    order.swapAt(order.count - 1, order.count - 2)
    return try apply(EngineGates.transpose, [x], .permutation(order))
  }
}

/// The rows that passes are composed of, looked up once.
enum EngineGates {
  static let add = GateTable["add"]
  static let subtract = GateTable["subtract"]
  static let multiply = GateTable["multiply"]
  static let chain = GateTable["chain"]
  static let matmul = GateTable["matmul"]
  static let chainMatmul = GateTable["chain_matmul"]
  static let reshape = GateTable["reshape"]
  static let broadcast = GateTable["broadcast_to"]
  static let sumTo = GateTable["sum_to"]
  static let transpose = GateTable["transpose"]
  static let replace = GateTable["replace"]
  static let power = GateTable["power"]
  static let square = GateTable["square"]
  static let reciprocal = GateTable["reciprocal"]
  static let mean = GateTable["mean"]
  static let fused = GateTable["fused"]
}

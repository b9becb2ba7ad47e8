/// An elementwise expression that is not computed yet: a gate of values and further expressions.
///
/// It lives while one expression of the language is evaluated; what is made of it is computed in one
/// pass by ``Tape/evaluate(_:reduction:)``.
public final class FusedExpression {
  /// Below this the gates are applied one by one, and each is seen in the graph.
  public static let smallestCount = 256
  /// Longer chains are computed in parts, so that registers stay few.
  static let longest = 32

  public enum Operand {
    case value(Traced)
    case expression(FusedExpression)

    public var shape: Shape {
      switch self {
      case .value(let traced): traced.shape
      case .expression(let expression): expression.shape
      }
    }
  }

  let gate: Gate
  let operands: [Operand]
  /// The shape of the result.
  public let shape: Shape
  /// The number of gates.
  let length: Int

  fileprivate init(gate: Gate, operands: [Operand], shape: Shape) {
    self.gate = gate
    self.operands = operands
    self.shape = shape
    length = operands.reduce(1) { sum, operand in
      if case .expression(let inner) = operand { sum + inner.length } else { sum }
    }
  }
}

/// What a fused application holds beside its operands.
struct Fusion: Sendable {
  let program: FusedProgram
  /// The shape of the steps.
  let shape: Shape
  /// What the sum over all entries is divided by; nil where entries are kept.
  let divisor: Double?
}

extension Tape {
  /// A gate of values and expressions, to be computed later; nil where it is computed at once: for
  /// few entries, for shapes that do not fit, for gates that do not act entry by entry.
  public mutating func deferred(
    _ gate: Gate, _ operands: [FusedExpression.Operand]
  ) throws(GateError) -> FusedExpression? {
    guard gate.isFusible, gate.operands.count == operands.count else { return nil }
    var shape = operands[0].shape
    if operands.count > 1 {
      guard let common = shape.broadcast(with: operands[1].shape) else { return nil }
      shape = common
    }
    guard shape.count >= FusedExpression.smallestCount, shape.fitsMemory else { return nil }
    var parts: [FusedExpression.Operand] = []
    var length = 1
    for operand in operands {
      if case .expression(let inner) = operand {
        // What is smaller is computed before it is spread.
        if inner.shape != shape || length + inner.length > FusedExpression.longest {
          parts.append(.value(try evaluate(inner)))
          continue
        }
        length += inner.length
      }
      parts.append(operand)
    }
    return FusedExpression(gate: gate, operands: parts, shape: shape)
  }

  /// Computes an expression in one pass, and its sum or mean where that is the reduction.
  public mutating func evaluate(
    _ expression: FusedExpression, reduction: Gate? = nil
  ) throws(GateError) -> Traced {
    if expression.length == 1, reduction == nil {
      return try apply(
        expression.gate,
        expression.operands.map { if case .value(let traced) = $0 { traced } else { 0 } })
    }
    var reading = FusionReading(shape: expression.shape)
    reading.read(expression)
    reading.key.append(reduction == nil ? 0 : 1)
    let program = fusedPrograms.program(reading, isSum: reduction != nil)
    let count = Double(expression.shape.count)
    let divisor = reduction.map { $0.index == EngineGates.mean.index ? count : 1 }
    let fusion = Fusion(program: program, shape: expression.shape, divisor: divisor)
    return try apply(EngineGates.fused, reading.leaves, .other(fusion))
  }
}

/// Reads an expression into the operands of a program and a key to find the program by.
struct FusionReading {
  let shape: Shape
  private(set) var leaves: [Traced] = []
  private(set) var kinds: [FusedProgram.LeafKind] = []
  var key: [UInt64] = []

  init(shape: Shape) { self.shape = shape }

  mutating func read(_ expression: FusedExpression) {
    key.append(1 << 32 | UInt64(expression.gate.index))
    for (place, operand) in expression.operands.enumerated() {
      switch operand {
      case .expression(let inner): read(inner)
      case .value(let traced):
        // An exponent that is a plain number says by which steps the power is computed.
        if place == 1, expression.gate.index == EngineGates.power.index, traced.tensor.isScalar,
          !traced.node.isTracked
        {
          key.append(3 << 32)
          key.append(traced.tensor.number.bitPattern)
        } else {
          read(traced)
        }
      }
    }
  }

  private mutating func read(_ traced: Traced) {
    let known = leaves.firstIndex { other in
      other.node == traced.node && other.tensor.isSame(as: traced.tensor)
    }
    let index = known ?? leaves.count
    if known == nil {
      leaves.append(traced)
      kinds.append(FusedProgram.kind(of: traced.shape, in: shape))
    }
    key.append(2 << 32 | UInt64(kinds[index].rawValue) << 16 | UInt64(index))
  }
}

extension FusedProgram {
  /// How an operand stands to the shape of a program.
  static func kind(of operand: Shape, in shape: Shape) -> LeafKind {
    let count = operand.count
    return count == 1 ? .scalar : count == shape.count ? .full : .broadcast
  }
}

extension Tensor {
  /// Whether both are the same memory in the same shape, or the same number.
  fileprivate func isSame(as other: Tensor) -> Bool {
    guard shape == other.shape, isMask == other.isMask else { return false }
    if let buffer { return buffer === other.buffer }
    return other.buffer == nil && number.bitPattern == other.number.bitPattern
  }
}

/// The programs made so far, by the form of their expressions.
struct FusedPrograms {
  private var programs: [[UInt64]: FusedProgram] = [:]
  private var derivatives: [Int: FusedProgram] = [:]
  /// Code that makes ever new forms must not fill the memory.
  private static let most = 1024

  mutating func program(_ reading: FusionReading, isSum: Bool) -> FusedProgram {
    if let program = programs[reading.key] { return program }
    var builder = FusionBuilder()
    var place = 0
    let result = FusedPrograms.build(reading.key, &place, &builder)
    let program = FusedProgram(
      leaves: reading.kinds, steps: builder.steps,
      outputs: [FusedProgram.Output(source: result, isSum: isSum)])
    if programs.count >= FusedPrograms.most { programs.removeAll() }
    programs[reading.key] = program
    return program
  }

  private static func build(
    _ key: [UInt64], _ place: inout Int, _ builder: inout FusionBuilder
  ) -> FusedProgram.Source {
    let word = key[place]
    place += 1
    switch word >> 32 {
    case 1:
      let gate = GateTable.gates[Int(word & 0xffff)]
      let first = build(key, &place, &builder)
      guard gate.operands.count > 1 else { return builder.unary(gate, first) }
      return builder.binary(gate, first, build(key, &place, &builder))
    case 2: return .leaf(Int(word & 0xffff))
    default:
      place += 1
      return .constant(Double(bitPattern: key[place - 1]))
    }
  }

  /// The program for upstream times the local gradient of one gate: operands x, y, the result and
  /// the upstream gradient.
  mutating func derivative(
    of gate: Gate, _ partial: Formula, operand place: Int, kinds: [FusedProgram.LeafKind]
  ) -> FusedProgram {
    var key = Int(gate.index) << 16 | place
    for (index, kind) in kinds.enumerated() { key |= Int(kind.rawValue) << (2 + 2 * index) }
    if let program = derivatives[key] { return program }
    var builder = FusionBuilder()
    let local = builder.formula(partial, operands: (.leaf(0), .leaf(1)), result: .leaf(2))
    let gradient = builder.chain(.leaf(3), local)
    let program = FusedProgram(
      leaves: kinds, steps: builder.steps,
      outputs: [FusedProgram.Output(source: gradient, isSum: kinds[place] == .scalar)])
    derivatives[key] = program
    return program
  }
}

import Synchronization

/// A chain of elementwise gates that runs block by block: each block of entries goes through all
/// steps while it is in the cache, and nothing between is written to memory.
///
/// All steps have one shape; operands may broadcast to it. A program is made once for each form of
/// expression and run at any size.
final class FusedProgram: Sendable {
  /// How an operand stands to the program's shape.
  enum LeafKind: UInt8, Sendable {
    /// As many entries.
    case full
    /// One entry for all.
    case scalar
    /// Repeated along some axes.
    case broadcast
  }

  /// Where a step finds what it works on.
  enum Source: Sendable, Hashable {
    case leaf(Int)
    case step(Int)
    case constant(Double)

    static func == (a: Source, b: Source) -> Bool {
      switch (a, b) {
      case (.leaf(let x), .leaf(let y)), (.step(let x), .step(let y)): x == y
      // By bits, so that -0 is not 0 and nan is itself.
      case (.constant(let x), .constant(let y)): x.bitPattern == y.bitPattern
      default: false
      }
    }

    func hash(into hasher: inout Hasher) {
      switch self {
      case .leaf(let index): hasher.combine(index &* 2)
      case .step(let index): hasher.combine(index &* 2 &+ 1)
      case .constant(let value): hasher.combine(value.bitPattern)
      }
    }
  }

  /// One gate: its second operand is a repetition of the first where it takes one.
  struct Step: Sendable, Hashable {
    let gate: Gate
    let a: Source
    let b: Source

    static func == (x: Step, y: Step) -> Bool {
      x.gate.index == y.gate.index && x.a == y.a && x.b == y.b
    }
    func hash(into hasher: inout Hasher) {
      hasher.combine(gate.index)
      hasher.combine(a)
      hasher.combine(b)
    }
  }

  /// What becomes of a value when its block is done.
  struct Output: Sendable {
    let source: Source
    /// Whether its entries are summed up rather than kept.
    let isSum: Bool
  }

  let leaves: [LeafKind]
  let steps: [Step]
  let outputs: [Output]
  /// The plan by which blocks run.
  let plan: FusedPlan
  /// Programs for gradients, by the operands that want one; made at the first backward pass.
  private let gradients = Mutex<[GradientKey: FusedProgram]>([:])

  init(leaves: [LeafKind], steps: [Step], outputs: [Output]) {
    self.leaves = leaves
    self.steps = steps
    self.outputs = outputs
    plan = FusedPlan(leaves: leaves, steps: steps, outputs: outputs)
  }

  struct GradientKey: Hashable {
    /// A bit for each operand that wants a gradient.
    let wanted: UInt64
    /// Nil for the factors alone.
    let upstream: LeafKind?
  }

  /// The program for the gradients of the operands with a bit in `wanted`, in their order.
  ///
  /// Its operands are this program's and then the upstream gradient. Without one the outputs are the
  /// factors that gradients are multiplied by, of the program's shape.
  func gradient(wanted: UInt64, upstream: LeafKind?) -> FusedProgram {
    let key = GradientKey(wanted: wanted, upstream: upstream)
    return gradients.withLock { made in
      if let program = made[key] { return program }
      let program = derived(wanted: wanted, upstream: upstream)
      made[key] = program
      return program
    }
  }
}

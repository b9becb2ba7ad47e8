// Reverse mode. The numeric pass walks the nodes that the root reaches, latest first, and
// multiplies upstream by local gradients; the differentiable form is in Tape+Gradient.swift.

extension Tape {
  /// Runs one backward pass from `root` and keeps its gradients in ``gradients``.
  ///
  /// `upstream` has the root's shape. With `accumulates`, the last pass's gradients are added.
  /// When the root depends on a param, other leaves are data and get none. A user's gate runs
  /// between the tape's own steps, so it may use the tape.
  public static func backward(
    on tape: UnsafeMutablePointer<Tape>, from root: Traced, upstream: Tensor,
    accumulates: Bool = false
  ) throws(GateError) {
    let earlier = accumulates ? tape.pointee.gradients.all() : []
    let wasRecording = tape.pointee.isRecording
    defer { tape.pointee.isRecording = wasRecording }
    try tape.pointee.startBackward(from: root, upstream: upstream)
    do throws(GateError) {
      var position = Position(at: root.node.raw)
      while let pending = try tape.pointee.walk(&position) {
        let downstream = try pending.gate.backward(
          pending.application, Traced(constant: pending.upstream))
        tape.pointee.supply(downstream, to: pending.application)
      }
    } catch {
      tape.pointee.gradients.removeAll()
      tape.pointee.gradients.hasRun = false
      throw error
    }
    for (raw, gradient) in earlier { tape.pointee.gradients.add(gradient, at: raw) }
  }

  /// The same for a tape of its own.
  public mutating func backward(
    from root: Traced, upstream: Tensor, accumulates: Bool = false
  ) throws(GateError) {
    try withUnsafeMutablePointer(to: &self) { tape throws(GateError) in
      try Tape.backward(on: tape, from: root, upstream: upstream, accumulates: accumulates)
    }
  }

  private mutating func startBackward(
    from root: Traced, upstream: Tensor
  ) throws(GateError) {
    if root.node == .stepped { throw .stepped }
    guard root.node.isTracked else {
      throw GateError(
        .gradient, "{0} depends on no leaf, so there is nothing to differentiate",
        hint: "a leaf is a number or tensor that got a name, as x = 3")
    }
    if isForgotten(root.node) { throw .forgotten }
    isRecording = false
    gradients.removeAll()
    gradients.hasRun = true
    gradients.root = root.node
    gradients.isTraining = isTrained(root.node)
    gradients.add(upstream, at: root.node.raw)
  }

  /// Where a pass stands: the chunk, the word of its bits, and the bits of it that are left.
  private struct Position {
    var chunk: Int
    var word = Gradients.wordsPerPage - 1
    var mask = UInt64.max
    init(at raw: UInt32) { chunk = Int(raw >> Tape.chunkBits) }
  }

  /// A user's gate that the host has to run before the pass can go on.
  private struct Pending {
    let gate: Gate.Custom
    let application: Application
    let upstream: Tensor
  }

  /// Adds what a user's backward gave.
  private mutating func supply(_ downstream: [Traced?], to application: Application) {
    for (operand, gradient) in zip(application.operands, downstream) {
      guard let gradient, operand.node.isTracked else { continue }
      if gradients.isTraining, !isTrained(operand.node) { continue }
      gradients.add(gradient.tensor, at: operand.node.raw)
    }
  }

  /// Goes on with a pass until it ends, or until a user's gate has to run.
  private mutating func walk(_ position: inout Position) throws(GateError) -> Pending? {
    let isTraining = gradients.isTraining
    let lowest = Int(base >> Tape.chunkBits)
    while position.chunk >= lowest {
      if gradients.hasPage(position.chunk), let nodes = chunks[position.chunk] {
        try interruption.check()
        while position.word >= 0 {
          // Contributions may touch earlier nodes of the same word: look again after each.
          while true {
            let bits =
              gradients.touched(chunk: position.chunk, word: position.word) & position.mask
            if bits == 0 { break }
            let bit = 63 - bits.leadingZeroBitCount
            position.mask = (UInt64(1) << UInt64(bit)) &- 1
            let index = position.word * 64 + bit
            let raw = UInt32((position.chunk << Int(Tape.chunkBits)) + index)
            let node = nodes + index
            let flags = node.pointee.flags
            if flags.contains(.leaf) { continue }
            if flags.contains(.application) {
              if let pending = try propagate(application: node, raw, isTraining: isTraining) {
                return pending
              }
            } else {
              try propagate(
                number: node, gradients.number(at: raw), isTraining: isTraining)
            }
            if position.mask == 0 { break }
          }
          position.mask = .max
          position.word -= 1
        }
      }
      guard let below = gradients.chunk(below: position.chunk) else { return nil }
      position.chunk = below
      position.word = Gradients.wordsPerPage - 1
    }
    return nil
  }

  /// Hands a number's gradient on to its operands.
  @inline(__always)
  private mutating func propagate(
    number node: UnsafeMutablePointer<Node>, _ upstream: Double, isTraining: Bool
  ) throws(GateError) {
    if upstream == 0 {
      // Operands are reached, with a gradient of 0, also where the local gradient is infinite.
      if wants(node.pointee.a, node.pointee.flags.contains(.trainedA), isTraining) {
        gradients.add(0, at: node.pointee.a)
      }
      if wants(node.pointee.b, node.pointee.flags.contains(.trainedB), isTraining) {
        gradients.add(0, at: node.pointee.b)
      }
      return
    }
    let row = partials + Int(node.pointee.gate)
    let x = node.pointee.x
    let y = node.pointee.y
    let f = node.pointee.value
    if wants(node.pointee.a, node.pointee.flags.contains(.trainedA), isTraining) {
      guard let local = row.pointee.a(x, y, f) else { throw .undifferentiable(node.pointee.gate) }
      if node.pointee.a < base, isForgotten(node.pointee.a) { throw .forgotten }
      gradients.add(upstream * local + 0, at: node.pointee.a)
    }
    if wants(node.pointee.b, node.pointee.flags.contains(.trainedB), isTraining) {
      guard let local = row.pointee.b(x, y, f) else { throw .undifferentiable(node.pointee.gate) }
      if node.pointee.b < base, isForgotten(node.pointee.b) { throw .forgotten }
      gradients.add(upstream * local + 0, at: node.pointee.b)
    }
  }

  @inline(__always)
  private func wants(_ operand: UInt32, _ isTrained: Bool, _ isTraining: Bool) -> Bool {
    operand >= NodeID.firstTracked && (!isTraining || isTrained)
  }

  /// Hands the gradient of a tensor, or of a number made from tensors, on to the operands.
  private mutating func propagate(
    application node: UnsafeMutablePointer<Node>, _ raw: UInt32, isTraining: Bool
  ) throws(GateError) -> Pending? {
    let index = Int(node.pointee.application)
    guard let application = applications[index], let gate = applicationGates[index] else {
      throw .forgotten
    }
    let flags = node.pointee.flags
    let upstream =
      flags.contains(.tensor)
      ? gradients.tensor(at: raw) : Tensor(gradients.number(at: raw))
    guard let upstream else { return nil }
    // Only what has a name is asked for after the pass.
    if flags.contains(.tensor), !flags.contains(.named), raw != gradients.root.raw {
      gradients.discardTensor(at: raw)
    }
    try interruption.check()
    if case .custom(let custom) = gate.kind {
      return Pending(gate: custom, application: application, upstream: upstream)
    }
    if case .general(let row) = gate.kind, let shortcut = row.shortcut,
      try propagate(shortcut, application, upstream, isTraining: isTraining)
    {
      return nil
    }
    let partials = gate.partials
    for (place, operand) in application.operands.enumerated() {
      guard try isWanted(operand, isTraining) else { continue }
      if place < partials.count {
        try propagate(elementwise: gate, partials[place], application, operand: place, upstream)
        continue
      }
      let map = try localMap(gate, application, operand: place)
      let downstream = try map.applyTransposed(Traced(constant: upstream), on: &self)
      gradients.add(downstream.tensor, at: operand.node.raw)
    }
    return nil
  }

  /// Whether a pass hands a gradient to an operand; throws where its history was forgotten.
  func isWanted(_ operand: Traced, _ isTraining: Bool) throws(GateError) -> Bool {
    guard operand.node.isTracked, !isTraining || isTrained(operand.node) else { return false }
    if isForgotten(operand.node.raw) { throw .forgotten }
    return true
  }

  /// The local Jacobian of one application with respect to an operand.
  mutating func localMap(
    _ gate: Gate, _ application: Application, operand place: Int
  ) throws(GateError) -> LinearMap {
    func elementwise(_ partial: Formula, _ tape: inout Tape) throws(GateError) -> LinearMap {
      let result = application.result.shape
      let operand = application.operands[place].shape
      let view = LinearMap.broadcast(from: operand, to: result)
      if case .constant(let factor) = partial {
        if factor == 1 { return view }
        if factor == 0 { return .zero(rows: result, columns: operand) }
        return LinearMap(rows: result, columns: result, .scaled(Traced(constant: factor)))
          .after(view)
      }
      let factors = try partial.evaluate(
        on: &tape, operands: application.operands, result: application.result)
      if factors.shape.isScalar, !result.isScalar {
        return LinearMap(rows: result, columns: result, .scaled(factors)).after(view)
      }
      return try LinearMap.diagonal(tape.broadcast(factors, result)).after(view)
    }
    switch gate.kind {
    case .unary(let row):
      guard let partial = row.partial else { throw .undifferentiable(gate.index) }
      return try elementwise(partial, &self)
    case .binary(let row):
      guard let partials = row.partials else { throw .undifferentiable(gate.index) }
      return try elementwise(place == 0 ? partials.0 : partials.1, &self)
    case .general(let row):
      guard let local = row.local else { throw .undifferentiable(gate.index) }
      return try local(&self, application, place)
    case .custom:
      throw GateError(
        .gradient, "the local Jacobian of the gate \(gate.name) is known through its backward only",
        hint: "backward and grad go through it")
    }
  }
}

extension GateError {
  static let forgotten = GateError(
    .gradient, "the history of this value was forgotten to keep the tape within its memory",
    hint: "run backward sooner, or start with a larger --tape-memory")

  static let stepped = GateError(
    .gradient, "no gradient flows here: the value changes in jumps, as argmax and comparisons do",
    hint: "argmax, argsort and x > 0 say which entries are picked; the entries themselves have"
      + " gradients, as x[argmax(x)] or where(x > 0, x, 0)")

  static func undifferentiable(_ gate: UInt16) -> GateError {
    GateError(
      .gradient, "no gradient flows through \(GateTable.gates[Int(gate)].name)",
      hint: "its result changes in jumps; detach it, or use a gate with a slope")
  }
}

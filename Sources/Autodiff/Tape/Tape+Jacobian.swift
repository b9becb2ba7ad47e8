// Jacobians of recorded values, by eliminating the values between from the graph of local Jacobians,
// the cheapest first: forward and reverse accumulation are two orders of many.

extension Tape {
  /// The Jacobian of `root` with respect to `target`, with the structure that the gates allow.
  ///
  /// Its shape is `(root.count, target.count)`; zero where the root does not depend on the target.
  /// With `recorded` products with it are recorded, so that Jacobians nest; its entries stay
  /// numbers (see ``dense(_:limit:)``).
  ///
  /// A user's gate runs between the tape's own steps, so it may use the tape.
  public static func jacobian(
    on tape: UnsafeMutablePointer<Tape>, of root: Traced, withRespectTo target: Traced,
    recorded: Bool = false
  ) throws(GateError) -> LinearMap {
    try jacobian(
      on: tape, of: root, withRespectTo: target, recorded: recorded, isSymmetric: false)
  }

  private static func jacobian(
    on tape: UnsafeMutablePointer<Tape>, of root: Traced, withRespectTo target: Traced,
    recorded: Bool, isSymmetric: Bool
  ) throws(GateError) -> LinearMap {
    let wasRecording = tape.pointee.isRecording
    tape.pointee.isRecording = false
    defer { tape.pointee.isRecording = wasRecording }
    let value = try numericJacobian(
      on: tape, of: root, withRespectTo: target, isSymmetric: isSymmetric)
    guard recorded, wasRecording, let value else {
      return value
        ?? LinearMap(
          rows: root.shape, columns: target.shape,
          .recorded(of: root, withRespectTo: target, value: nil))
    }
    // A map without numbers has nothing that could be differentiated.
    switch value.kind {
    case .zero, .identity, .selection, .placement: return value
    default:
      return LinearMap(
        rows: root.shape, columns: target.shape,
        .recorded(of: root, withRespectTo: target, value: value))
    }
  }

  /// The same for a tape of its own.
  public mutating func jacobian(
    of root: Traced, withRespectTo target: Traced, recorded: Bool = false
  ) throws(GateError) -> LinearMap {
    try withUnsafeMutablePointer(to: &self) { tape throws(GateError) in
      try Tape.jacobian(on: tape, of: root, withRespectTo: target, recorded: recorded)
    }
  }

  /// The Hessian of a number with respect to `target`: the Jacobian of its gradient.
  public static func hessian(
    on tape: UnsafeMutablePointer<Tape>, of root: Traced, withRespectTo target: Traced,
    recorded: Bool = false
  ) throws(GateError) -> LinearMap {
    guard root.tensor.count == 1 else {
      throw GateError(
        .shape, "a Hessian is of a number, and {0} has shape \(root.shape)",
        hint: "jacobian(grad) of each entry, or of their sum")
    }
    let wasRecording = tape.pointee.isRecording
    tape.pointee.isRecording = true
    defer { tape.pointee.isRecording = wasRecording }
    let one = Traced(constant: Tensor(repeating: 1, shape: root.shape))
    let gradients = try gradient(on: tape, of: root, upstream: one, targets: [target])
    return try jacobian(
      on: tape, of: gradients[0], withRespectTo: target, recorded: recorded, isSymmetric: true)
  }

  /// The same for a tape of its own.
  public mutating func hessian(
    of root: Traced, withRespectTo target: Traced, recorded: Bool = false
  ) throws(GateError) -> LinearMap {
    try withUnsafeMutablePointer(to: &self) { tape throws(GateError) in
      try Tape.hessian(on: tape, of: root, withRespectTo: target, recorded: recorded)
    }
  }

  /// The Jacobian as numbers; nil where it is too large to be worked out.
  private static func numericJacobian(
    on tape: UnsafeMutablePointer<Tape>, of root: Traced, withRespectTo target: Traced,
    isSymmetric: Bool
  ) throws(GateError) -> LinearMap? {
    guard max(root.shape.count, target.shape.count) <= Int(Int32.max) else {
      throw GateError(
        .memory,
        "a Jacobian of shape (\(root.shape.count), \(target.shape.count)) has too many rows or"
          + " columns")
    }
    if root.node.isTracked, root.node == target.node { return .identity(root.shape) }
    let order = try tape.pointee.nodes(between: [target], and: root)
    guard order.contains(target.node.raw), order.contains(root.node.raw) else {
      return .zero(rows: root.shape, columns: target.shape)
    }
    if order.nodes.count > Tape.longPath {
      // One row or one column is one pass.
      if min(root.shape.count, target.shape.count) == 1,
        let map = try singlePass(on: tape, order.nodes, of: root, withRespectTo: target)
      {
        return map
      }
      // Number by number a map for each would cost far more than the number.
      let large = order.nodes.count { tape.pointee.entryCount(of: $0) > Tape.fewEntries }
      if 2 * large < order.nodes.count {
        let map = try compressedJacobian(
          on: tape, path: order.nodes, of: root, withRespectTo: target, isSymmetric: isSymmetric)
        if let map { return map }
      }
    }
    var elimination = Elimination(count: order.nodes.count)
    var places: [UInt32: Int] = [:]
    places.reserveCapacity(order.nodes.count)
    for (place, raw) in order.nodes.enumerated() { places[raw] = place }
    for (place, raw) in order.nodes.enumerated() where place > 0 {
      for (operand, map) in try maps(on: tape, of: raw, where: { order.contains($0) }) {
        guard let from = places[operand] else { continue }
        elimination.add(map.normalized, from: from, to: place)
      }
    }
    while let place = elimination.next() {
      try tape.pointee.interruption.check()
      elimination.eliminate(place)
    }
    let result = elimination.result
    // A product that was interrupted is not whole.
    try tape.pointee.interruption.check()
    if let result { return result.viewed(root.shape, target.shape) }
    if min(root.shape.count, target.shape.count) == 1,
      let map = try singlePass(on: tape, order.nodes, of: root, withRespectTo: target)
    {
      return map
    }
    return try compressedJacobian(
      on: tape, path: order.nodes, of: root, withRespectTo: target, isSymmetric: isSymmetric)
  }

  /// A Jacobian of one row or one column; nil where its one column goes through a user's gate.
  private static func singlePass(
    on tape: UnsafeMutablePointer<Tape>, _ path: [UInt32], of root: Traced,
    withRespectTo target: Traced
  ) throws(GateError) -> LinearMap? {
    if root.shape.count == 1 {
      let one = Traced(constant: Tensor(repeating: 1, shape: root.shape))
      let gradient = try gradient(on: tape, of: root, upstream: one, targets: [target])
      return LinearMap(rows: root.shape, columns: target.shape, dense: gradient[0].tensor)
    }
    if path.contains(where: { tape.pointee.isCustom($0) }) { return nil }
    let tangent = Traced(constant: Tensor(repeating: 1, shape: target.shape))
    let slope = try tape.pointee.jvp(of: root, withRespectTo: target, tangent: tangent)
    return LinearMap(rows: root.shape, columns: target.shape, dense: slope.tensor)
  }

  private func isCustom(_ raw: UInt32) -> Bool { customApplication(raw) != nil }

  /// The local Jacobians of a node; of a user's gate row by row, by its backward.
  private static func maps(
    on tape: UnsafeMutablePointer<Tape>, of raw: UInt32, where isWanted: (UInt32) -> Bool
  ) throws(GateError) -> [(operand: UInt32, map: LinearMap)] {
    guard let (gate, application) = tape.pointee.customApplication(raw) else {
      return try tape.pointee.numericMaps(of: raw, where: isWanted)
    }
    let shape = application.result.shape
    let wanted = application.operands.indices.filter {
      application.operands[$0].node.isTracked && isWanted(application.operands[$0].node.raw)
    }
    for place in wanted
    where shape.count * application.operands[place].shape.count > LinearMap.largest {
      throw GateError(
        .memory, "the local Jacobian of a gate known by its backward only is too large to work out",
        hint: "backward and grad go through it")
    }
    var lines = [[Double]](repeating: [], count: application.operands.count)
    for row in 0..<shape.count {
      try tape.pointee.interruption.check()
      var upstream = Tensor(repeating: 0, shape: shape)
      upstream.update { $0[row] = 1 }
      let downstream = try gate.backward(application, Traced(constant: upstream))
      for place in wanted {
        let size = application.operands[place].shape.count
        let gradient = place < downstream.count ? downstream[place]?.tensor.values : nil
        lines[place] += gradient ?? [Double](repeating: 0, count: size)
      }
    }
    return wanted.map { place in
      let operand = application.operands[place]
      let matrix = Tensor(shape: Shape(shape.count, operand.shape.count), values: lines[place])
      return (
        operand.node.raw, LinearMap(rows: shape, columns: operand.shape, dense: matrix)
      )
    }
  }

  /// Paths longer than this with one row or column are walked once instead of eliminated.
  private static let longPath = 256
  /// Long paths of values with mostly no more entries than this are traced.
  private static let fewEntries = 16
}

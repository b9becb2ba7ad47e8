// Forward mode over the recorded path, and products of Jacobians with vectors as users write them.

extension Tape {
  /// The derivative of `root` along `tangent`, which has the target's shape; recorded.
  public mutating func jvp(
    of root: Traced, withRespectTo target: Traced, tangent: Traced
  ) throws(GateError) -> Traced {
    try jvp(of: root, withRespectTo: [target], tangents: [tangent])
  }

  /// The derivative of `root` as the targets move along their tangents; recorded.
  public mutating func jvp(
    of root: Traced, withRespectTo targets: [Traced], tangents: [Traced]
  ) throws(GateError) -> Traced {
    for (place, (target, tangent)) in zip(targets, tangents).enumerated()
    where target.shape != tangent.shape {
      throw GateError(
        .shape,
        "a tangent of shape \(tangent.shape) does not fit {\(place)} of shape \(target.shape)")
    }
    let order = try nodes(between: targets, and: root)
    var known: [UInt32: Traced] = [:]
    for (target, tangent) in zip(targets, tangents) where target.node.isTracked {
      if let sum = known[target.node.raw] {
        known[target.node.raw] = try add(sum, tangent)
      } else {
        known[target.node.raw] = tangent
      }
    }
    for raw in order.nodes where known[raw] == nil {
      try interruption.check()
      var sum: Traced?
      for (operand, map) in try localMaps(of: raw, where: { known[$0] != nil }) {
        guard let tangent = known[operand] else { continue }
        let contribution = try map.apply(tangent, on: &self)
        if let before = sum {
          sum = try add(before, contribution)
        } else {
          sum = contribution
        }
      }
      known[raw] = sum
    }
    return known[root.node.raw] ?? Traced(constant: Tensor(repeating: 0, shape: root.shape))
  }

  /// The Hessian of a number times `tangent`, by forward over reverse mode; recorded.
  public static func hvp(
    on tape: UnsafeMutablePointer<Tape>, of root: Traced, withRespectTo target: Traced,
    tangent: Traced
  ) throws(GateError) -> Traced {
    let wasRecording = tape.pointee.isRecording
    tape.pointee.isRecording = true
    defer { tape.pointee.isRecording = wasRecording }
    let one = Traced(constant: Tensor(repeating: 1, shape: root.shape))
    let gradients = try gradient(on: tape, of: root, upstream: one, targets: [target])
    tape.pointee.isRecording = wasRecording
    return try tape.pointee.jvp(of: gradients[0], withRespectTo: target, tangent: tangent)
  }

  /// The same for a tape of its own.
  public mutating func hvp(
    of root: Traced, withRespectTo target: Traced, tangent: Traced
  ) throws(GateError) -> Traced {
    try withUnsafeMutablePointer(to: &self) { tape throws(GateError) in
      try Tape.hvp(on: tape, of: root, withRespectTo: target, tangent: tangent)
    }
  }

  /// `J @ v`, recorded: of a flat `v` flat, of one in the shape of J's columns in that of its rows.
  ///
  /// A matrix with as many rows as J has columns is multiplied column by column, unrecorded.
  public mutating func multiply(
    _ map: LinearMap, _ v: Traced
  ) throws(GateError) -> Traced {
    let count = map.columns.count
    if v.shape.rank == 1, v.shape[0] == count {
      let shaped = try reshape(v, map.columns)
      return try reshape(map.apply(shaped, on: &self), Shape(map.rows.count))
    }
    if v.shape == map.columns { return try map.apply(v, on: &self) }
    if v.shape.rank == 2, v.shape[0] == count {
      let width = v.shape[1]
      let product = try map.normalized.applied(to: v.tensor, width: width)
      return Traced(constant: product.reshaped(Shape(map.rows.count, width)))
    }
    throw GateError(
      .shape,
      "cannot multiply {0} of shape (\(map.rows.count), \(count)) by {1} of shape \(v.shape):"
        + " {1} has \(v.shape.count) \(v.shape.count == 1 ? "entry" : "entries"), {0} has"
        + " \(count) \(count == 1 ? "column" : "columns")",
      hint: map.columns.rank == 1 ? nil : "it takes \(map.columns), or (\(count),) flat")
  }

  /// `u @ J`, recorded: of a flat `u` flat, of one in the shape of J's rows in that of its columns.
  public mutating func multiply(
    _ u: Traced, _ map: LinearMap
  ) throws(GateError) -> Traced {
    let count = map.rows.count
    if u.shape.rank == 1, u.shape[0] == count {
      let shaped = try reshape(u, map.rows)
      return try reshape(map.applyTransposed(shaped, on: &self), Shape(map.columns.count))
    }
    if u.shape == map.rows { return try map.applyTransposed(u, on: &self) }
    if u.shape.rank == 2, u.shape[1] == count {
      let product = try map.transposed.applied(
        to: u.tensor.transposedRows, width: u.shape[0])
      return Traced(
        constant: product.reshaped(Shape(map.columns.count, u.shape[0])).transposedRows)
    }
    throw GateError(
      .shape,
      "cannot multiply {0} of shape \(u.shape) by {1} of shape (\(count), \(map.columns.count)):"
        + " {0} has \(u.shape.count) \(u.shape.count == 1 ? "entry" : "entries"), {1} has"
        + " \(count) \(count == 1 ? "row" : "rows")",
      hint: map.rows.rank == 1 ? nil : "it takes \(map.rows), or (\(count),) flat")
  }
}

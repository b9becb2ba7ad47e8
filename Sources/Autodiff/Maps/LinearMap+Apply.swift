// A map applied to a tangent, and its transpose to an upstream gradient. Both are compositions of
// gates, so that where the tape records they can be differentiated again.

extension LinearMap {
  /// The map at a tangent of shape `columns`: forward mode.
  public func apply(_ tangent: Traced, on tape: inout Tape) throws(GateError) -> Traced {
    switch kind {
    case .zero: return Traced(constant: Tensor(repeating: 0, shape: rows))
    case .identity: return try tape.reshape(tangent, rows)
    case .scaled(let factor): return try tape.reshape(tape.chain(tangent, factor), rows)
    case .diagonal(let factors):
      let shaped = try tape.reshape(factors, columns)
      return try tape.reshape(tape.chain(tangent, shaped), rows)
    case .permutation(let order):
      return try tape.apply(GateTable["transpose"], [tangent], .permutation(order))
    case .broadcast: return try tape.broadcast(tangent, rows)
    case .sum: return try tape.sum(tangent, to: rows)
    case .selection(let selection):
      return try LinearMap.index("take", tangent, selection, selection.source, rows, on: &tape)
    case .placement(let selection):
      return try LinearMap.index("place", tangent, selection, selection.result, rows, on: &tape)
    case .productByRight(let factor): return try tape.matmul(tangent, factor)
    case .productByLeft(let factor): return try tape.matmul(factor, tangent)
    case .solution(let factor): return try tape.apply("solve", factor, tangent)
    case .softmax(let y, let axis):
      return try LinearMap.softmax(y, axis: axis, tangent, on: &tape)
    case .scan(let factors, let axis):
      return try tape.apply("scan", tangent, factors, parameters: .axis(axis))
    case .inner(let factor):
      return try tape.sum(tape.chain(tangent, factor), to: .scalar)
    case .column(let factor): return try tape.chain(tangent, factor)
    case .dense(let matrix):
      let flat = try tape.reshape(tangent, Shape(columns.count))
      return try tape.reshape(tape.matmul(matrix, flat), rows)
    case .composed(let outer, let inner):
      return try outer.apply(inner.apply(tangent, on: &tape), on: &tape)
    case .total(let maps):
      var sum = try maps[0].apply(tangent, on: &tape)
      for map in maps.dropFirst() { sum = try tape.add(sum, map.apply(tangent, on: &tape)) }
      return sum
    case .transposed(let map): return try map.applyTransposed(tangent, on: &tape)
    case .rankOneUpdate, .kronecker, .blocks, .banded, .sparse:
      return try tape.apply(GateTable["linear_map"], [tangent], .other(self))
    case .operation(let operation):
      return try operation.apply(tangent, &tape)
    case .recorded(let root, let target, _):
      let shaped = try tape.reshape(tangent, target.shape)
      return try tape.reshape(
        tape.jvp(of: root, withRespectTo: target, tangent: shaped), rows)
    }
  }

  /// The transpose at an upstream gradient of shape `rows`: reverse mode.
  public func applyTransposed(_ upstream: Traced, on tape: inout Tape) throws(GateError) -> Traced {
    switch kind {
    case .zero: return Traced(constant: Tensor(repeating: 0, shape: columns))
    case .identity: return try tape.reshape(upstream, columns)
    case .scaled(let factor): return try tape.reshape(tape.chain(upstream, factor), columns)
    case .diagonal(let factors):
      let shaped = try tape.reshape(factors, rows)
      return try tape.reshape(tape.chain(upstream, shaped), columns)
    case .permutation(let order):
      var inverse = order
      for (place, axis) in order.enumerated() { inverse[axis] = place }
      return try tape.apply(GateTable["transpose"], [upstream], .permutation(inverse))
    case .broadcast: return try tape.sum(upstream, to: columns)
    case .sum: return try tape.broadcast(upstream, columns)
    case .selection(let selection):
      return try LinearMap.index("place", upstream, selection, selection.result, columns, on: &tape)
    case .placement(let selection):
      return try LinearMap.index("take", upstream, selection, selection.source, columns, on: &tape)
    case .productByRight(let factor):
      return try LinearMap.leftGradient(upstream, factor, columns, on: &tape)
    case .productByLeft(let factor):
      return try LinearMap.rightGradient(upstream, factor, columns, on: &tape)
    case .solution(let factor):
      return try tape.sum(
        tape.apply("solve", tape.swapLastAxes(factor), upstream), to: columns)
    case .softmax(let y, let axis):
      // diag(y) - y yᵀ is symmetric.
      return try LinearMap.softmax(y, axis: axis, upstream, on: &tape)
    case .scan(let factors, let axis):
      return try tape.scanBackwards(upstream, factors, axis: axis)
    case .inner(let factor): return try tape.chain(upstream, factor)
    case .column(let factor):
      return try tape.sum(tape.chain(upstream, factor), to: .scalar)
    case .dense(let matrix):
      let flat = try tape.reshape(upstream, Shape(rows.count))
      return try tape.reshape(tape.matmul(flat, matrix), columns)
    case .composed(let outer, let inner):
      return try inner.applyTransposed(outer.applyTransposed(upstream, on: &tape), on: &tape)
    case .total(let maps):
      var sum = try maps[0].applyTransposed(upstream, on: &tape)
      for map in maps.dropFirst() {
        sum = try tape.add(sum, map.applyTransposed(upstream, on: &tape))
      }
      return sum
    case .transposed(let map): return try map.apply(upstream, on: &tape)
    case .rankOneUpdate, .kronecker, .blocks, .banded, .sparse:
      return try tape.apply(GateTable["linear_map"], [upstream], .other(transposed))
    case .operation(let operation):
      return try operation.applyTransposed(upstream, &tape)
    case .recorded(let root, let target, _):
      let shaped = try tape.reshape(upstream, root.shape)
      let gradients = try tape.gradient(of: root, upstream: shaped, targets: [target])
      return try tape.reshape(gradients[0], columns)
    }
  }

  /// Picks or places entries; the map may have other shapes than the index was made for.
  private static func index(
    _ gate: String, _ value: Traced, _ selection: Selection, _ shape: Shape, _ result: Shape,
    on tape: inout Tape
  ) throws(GateError) -> Traced {
    let picked = try tape.apply(
      GateTable[gate], [tape.reshape(value, shape)], .selection(selection))
    return try tape.reshape(picked, result)
  }

  /// `y (v - Σ y v)` along an axis.
  private static func softmax(
    _ y: Traced, axis: Int, _ v: Traced, on tape: inout Tape
  ) throws(GateError) -> Traced {
    if !tape.isRecording,
      let rows = RowExponentials(try Reduction(y.shape, axes: [axis], keepsDimensions: true))
    {
      return Traced(constant: rows.product(y.tensor, v.tensor).reshaped(y.shape))
    }
    let product = try tape.multiply(y, v)
    let sums = try tape.sum(product, to: y.shape.replacing(axis: axis, with: 1))
    return try tape.multiply(y, tape.subtract(v, sums))
  }

  /// The gradient of `A` in `A @ B`, of A's shape: `U @ Bᵀ` by the rules for vectors and stacks.
  private static func leftGradient(
    _ upstream: Traced, _ b: Traced, _ a: Shape, on tape: inout Tape
  ) throws(GateError) -> Traced {
    if b.shape.rank == 1 {
      // U has A's shape without its last axis: an outer product.
      let column = try tape.reshape(upstream, upstream.shape.appending(1))
      return try tape.sum(tape.chain(column, b), to: a)
    }
    if a.rank == 1 {
      // U has B's shape without its second last axis.
      let row = try tape.reshape(
        upstream, upstream.shape.inserting(1, at: upstream.shape.rank - 1))
      let product = try tape.matmul(upstream: row, tape.swapLastAxes(b))
      return try tape.reshape(
        tape.sum(product, to: Shape(1, a[0])), a)
    }
    return try tape.sum(tape.matmul(upstream: upstream, tape.swapLastAxes(b)), to: a)
  }

  /// The gradient of `B` in `A @ B`, of B's shape: `Aᵀ @ U` by the rules for vectors and stacks.
  private static func rightGradient(
    _ upstream: Traced, _ a: Traced, _ b: Shape, on tape: inout Tape
  ) throws(GateError) -> Traced {
    if a.shape.rank == 1, b.rank == 1 { return try tape.chain(upstream, a) }
    if a.shape.rank == 1 {
      // U has B's shape without its second last axis.
      let column = try tape.reshape(a, Shape(a.shape[0], 1))
      let row = try tape.reshape(
        upstream, upstream.shape.inserting(1, at: upstream.shape.rank - 1))
      return try tape.sum(tape.matmul(column, upstream: row), to: b)
    }
    if b.rank == 1 {
      let column = try tape.reshape(upstream, upstream.shape.appending(1))
      let product = try tape.matmul(tape.swapLastAxes(a), upstream: column)
      return try tape.reshape(tape.sum(product, to: Shape(b[0], 1)), b)
    }
    return try tape.sum(tape.matmul(tape.swapLastAxes(a), upstream: upstream), to: b)
  }
}

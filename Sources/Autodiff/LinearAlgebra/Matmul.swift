/// Matrix products by NumPy's rules for vectors and stacks of matrices.
enum Matmul {
  static func product(_ a: Tensor, _ b: Tensor) throws(GateError) -> Tensor {
    guard a.shape.rank > 0, b.shape.rank > 0 else {
      throw GateError(
        .shape, "@ multiplies matrices, and {\(a.shape.rank == 0 ? 0 : 1)} is a number",
        hint: "use * to scale")
    }
    if a.shape.rank == 2, b.shape.rank == 2, a.shape[1] == b.shape[0] {
      return try matrices(a, b)
    }
    let inner = a.shape[a.shape.rank - 1]
    let innerB = b.shape[max(b.shape.rank - 2, 0)]
    guard inner == innerB else { throw mismatch(a.shape, b.shape) }
    let rows = a.shape.rank == 1 ? 1 : a.shape[a.shape.rank - 2]
    let columns = b.shape.rank == 1 ? 1 : b.shape[b.shape.rank - 1]
    let stackA = Shape(a.shape.dimensions.dropLast(2))
    let stackB = Shape(b.shape.dimensions.dropLast(2))
    guard let stack = stackA.broadcast(with: stackB) else {
      throw .broadcast("multiply the stacks {0} and {1}", a.shape, b.shape)
    }
    var dimensions = stack.dimensions
    if a.shape.rank > 1 { dimensions.append(rows) }
    if b.shape.rank > 1 { dimensions.append(columns) }
    let shape = try Shape(checking: dimensions)
    // A stack times one matrix is one product of all its rows.
    let isOne = b.shape.rank <= 2 && a.shape.rank > 2
    let single = Shape.scalar
    let walk = isOne ? BroadcastWalk(single, single, single) : BroadcastWalk(stack, stackA, stackB)
    let rowsAtOnce = isOne ? stack.count * rows : rows
    return Tensor(shape: shape, from: a, b) { x, y, z in
      walk.forEachRow { offset, i, j in
        for k in 0..<walk.rowLength {
          GEMM.multiply(
            x + (i + k * walk.stepA) * rows * inner, y + (j + k * walk.stepB) * inner * columns,
            z + (offset + k) * rows * columns, rows: rowsAtOnce, inner: inner, columns: columns)
        }
      }
    }
  }

  /// The product of two matrices that fit.
  private static func matrices(_ a: Tensor, _ b: Tensor) throws(GateError) -> Tensor {
    let (rows, inner, columns) = (a.shape[0], a.shape[1], b.shape[1])
    let shape = Shape(rows, columns)
    guard shape.fitsMemory else { throw .tooLarge(shape) }
    return Tensor(shape: shape, from: a, b) {
      GEMM.multiply($0, $1, $2, rows: rows, inner: inner, columns: columns)
    }
  }

  private static func mismatch(_ a: Shape, _ b: Shape) -> GateError {
    let innerB = b[max(b.rank - 2, 0)]
    var hint: String?
    let lastA = a[a.rank - 1]
    if b.rank == 2, b[1] == lastA {
      hint = "{0} @ {1}.T would fit: \(a) @ (\(b[1]), \(b[0]))"
    } else if a.rank == 2, a[0] == innerB {
      hint = "{0}.T @ {1} would fit: (\(a[1]), \(a[0])) @ \(b)"
    } else if a.rank == 2, b.rank == 2, b[1] == a[0] {
      hint = "{1} @ {0} would fit: \(b) @ \(a)"
    }
    return GateError(
      .shape,
      "cannot multiply {0} of shape \(a) by {1} of shape \(b): \(lastA) columns against"
        + " \(innerB) rows", hint: hint)
  }
}

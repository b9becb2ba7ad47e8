// Backward through matrix products: two products by OpenBLAS, which reads the factors transposed
// where they stand and adds to gradients that are there.

extension Tape {
  /// Hands the gradient of `a @ b` on to an operand, for matrices and vectors, and for a stack of
  /// matrices times one; false for other stacks.
  mutating func propagate(
    product application: Application, operand place: Int, _ upstream: Tensor
  ) throws(GateError) -> Bool {
    let a = application.operands[0]
    let b = application.operands[1]
    guard b.shape.rank <= 2, a.shape.rank >= 1, b.shape.rank >= 1, a.shape.count > 0,
      b.shape.count > 0
    else { return false }
    let inner = b.shape[0]
    let rows = a.shape.count / inner
    let columns = b.shape.count / inner
    let factor = place == 0 ? b.tensor : a.tensor
    let isFinite = factor.isFinite
    let target = application.operands[place]
    gradients.update(at: target.node.raw, shape: target.shape) { out, adds in
      upstream.withEntries { u in
        factor.withEntries { f in
          guard let u = u.baseAddress, let f = f.baseAddress, let out = out.baseAddress else {
            return
          }
          let upstream = GEMM.Operand(start: u, stride: columns)
          let shape = place == 0 ? (rows, columns, inner) : (inner, rows, columns)
          let left =
            place == 0 ? upstream : GEMM.Operand(start: f, stride: inner, isTurned: true)
          let right =
            place == 0 ? GEMM.Operand(start: f, stride: columns, isTurned: true) : upstream
          if isFinite {
            GEMM.multiply(
              left, right, out, rows: shape.0, inner: shape.1, columns: shape.2, adds: adds)
          } else {
            GEMM.chain(
              left, right, out, rows: shape.0, inner: shape.1, columns: shape.2, adds: adds,
              upstreamIsA: place == 0)
          }
        }
      }
    }
    try interruption.check()
    return true
  }
}

extension Tensor {
  /// Whether no entry is nan or infinite.
  var isFinite: Bool {
    withEntries { entries in
      // 0 times what is finite is 0, and everything else stays in the sum.
      var lanes = SIMD8<Double>.zero
      var index = 0
      guard let start = entries.baseAddress else { return true }
      while index + 8 <= entries.count {
        lanes += UnsafeRawPointer(start + index).loadUnaligned(as: SIMD8<Double>.self) * 0
        index += 8
      }
      var rest = lanes.sum()
      while index < entries.count {
        rest += start[index] * 0
        index += 1
      }
      return rest == 0
    }
  }
}

// The shorter ways of numeric backward passes, for gates that they meet most.

extension Tape {
  /// Hands a gradient on by the shortcut of a row; false where it does not apply.
  mutating func propagate(
    _ shortcut: Gate.General.Shortcut, _ application: Application, _ upstream: Tensor,
    isTraining: Bool
  ) throws(GateError) -> Bool {
    switch shortcut {
    case .fused:
      guard case .other(let fusion as Fusion) = application.parameters else { return false }
      try propagate(fusion: fusion, application, upstream, isTraining: isTraining)
    case .filling(let isMean):
      guard let upstream = upstream.item, application.result.shape.count == 1,
        case .axes(let axes, _) = application.parameters,
        axes == nil || application.result.shape.isScalar
      else { return false }
      let operand = application.operands[0]
      guard try isWanted(operand, isTraining) else { return true }
      let share = isMean ? upstream / Double(operand.shape.count) : upstream
      gradients.add(Tensor(repeating: share, shape: operand.shape), at: operand.node.raw)
    case .parting(let isNew):
      let join = try Join(application.operands.map(\.shape), application.parameters, isNew: isNew)
      for (place, operand) in application.operands.enumerated()
      where try isWanted(operand, isTraining) {
        gradients.add(join.part(place, of: upstream), at: operand.node.raw)
      }
    case .product: return try propagate(product: application, upstream, isTraining: isTraining)
    }
    return true
  }

  /// Hands the gradient of `a @ b` on, for matrices and vectors, and for a stack of matrices times
  /// one: two products by OpenBLAS, which reads the factors transposed where they stand and adds to
  /// gradients that are there.
  ///
  /// False for other stacks, and for factors that are not finite: an upstream of 0 times those is 0,
  /// which takes a longer way.
  private mutating func propagate(
    product application: Application, _ upstream: Tensor, isTraining: Bool
  ) throws(GateError) -> Bool {
    let a = application.operands[0]
    let b = application.operands[1]
    guard b.shape.rank <= 2, a.shape.count > 0, b.shape.count > 0 else { return false }
    let wantsA = try isWanted(a, isTraining)
    let wantsB = try isWanted(b, isTraining)
    guard !wantsA || b.tensor.isFinite, !wantsB || a.tensor.isFinite else { return false }
    let inner = b.shape[0]
    let rows = a.shape.count / inner
    let columns = b.shape.count / inner
    if wantsA {
      gradients.update(at: a.node.raw, shape: a.shape) { out, adds in
        Tape.multiply(upstream, columns, b.tensor, columns, out) {
          GEMM.multiply($0, $1, $2, rows: rows, inner: columns, columns: inner, adds: adds)
        }
      }
      try interruption.check()
    }
    if wantsB {
      gradients.update(at: b.node.raw, shape: b.shape) { out, adds in
        Tape.multiply(upstream, columns, a.tensor, inner, out) {
          GEMM.multiply($1, $0, $2, rows: inner, inner: rows, columns: columns, adds: adds)
        }
      }
      try interruption.check()
    }
    return true
  }

  /// The upstream gradient and a factor, transposed, as operands of a product.
  private static func multiply(
    _ upstream: Tensor, _ columns: Int, _ factor: Tensor, _ stride: Int,
    _ out: UnsafeMutableBufferPointer<Double>,
    _ body: (GEMM.Operand, GEMM.Operand, UnsafeMutablePointer<Double>) -> Void
  ) {
    upstream.withEntries { u in
      factor.withEntries { f in
        guard let u = u.baseAddress, let f = f.baseAddress, let out = out.baseAddress else {
          return
        }
        body(
          GEMM.Operand(start: u, stride: columns),
          GEMM.Operand(start: f, stride: stride, isTurned: true), out)
      }
    }
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

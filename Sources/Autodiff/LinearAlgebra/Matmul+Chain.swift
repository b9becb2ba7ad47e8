import CKernels

extension Matmul {
  /// The product of an upstream gradient and a local factor, where 0 times anything is 0.
  ///
  /// One look at the result says whether anything is to be mended: only 0 times inf or nan makes a
  /// nan that should not be there. Then the product is made of the factor's finite entries, and the
  /// others are added one by one, unless they are many: in a pass that has gone astray as a whole
  /// that would cost more than it tells.
  static func chained(
    _ a: Tensor, _ b: Tensor, isFirstUpstream: Bool
  ) throws(GateError) -> Tensor {
    let result = try product(a, b)
    let local = isFirstUpstream ? b : a
    let upstream = isFirstUpstream ? a : b
    guard result.hasNaN, a.shape.rank >= 2, b.shape.rank >= 2 else { return result }
    let odd = local.withEntries { entries in
      entries.indices.filter { !entries[$0].isFinite }
    }
    guard !odd.isEmpty, odd.count <= max(1024, local.count / 64),
      upstream.withEntries({ $0.contains(0) })
    else { return result }
    var finite = local
    finite.update { entries in for place in odd { entries[place] = 0 } }
    var mended = try isFirstUpstream ? product(a, finite) : product(finite, b)
    let (rows, inner, columns) = (
      a.shape[a.shape.rank - 2], a.shape[a.shape.rank - 1], b.shape[b.shape.rank - 1]
    )
    let stackA = Shape(a.shape.dimensions.dropLast(2))
    let stackB = Shape(b.shape.dimensions.dropLast(2))
    let stack = Shape(result.shape.dimensions.dropLast(2))
    let walk = BroadcastWalk(stack, stackA, stackB)
    // The odd entries by the matrix that they stand in.
    let size = isFirstUpstream ? inner * columns : rows * inner
    let byMatrix = Dictionary(grouping: odd) { $0 / size }
    mended.update { out in
      walk.forEachRow { offset, i, j in
        for step in 0..<walk.rowLength {
          let (matrixA, matrixB) = (i + step * walk.stepA, j + step * walk.stepB)
          let target = (offset + step) * rows * columns
          for place in byMatrix[isFirstUpstream ? matrixB : matrixA] ?? [] {
            let value = local[place]
            if isFirstUpstream {
              let (k, column) = (place % size / columns, place % columns)
              for row in 0..<rows {
                let u = upstream[(matrixA * rows + row) * inner + k]
                if u != 0 { out[target + row * columns + column] += u * value }
              }
            } else {
              let (row, k) = (place % size / inner, place % inner)
              for column in 0..<columns {
                let u = upstream[(matrixB * inner + k) * columns + column]
                if u != 0 { out[target + row * columns + column] += value * u }
              }
            }
          }
        }
      }
    }
    return mended
  }
}

extension Tensor {
  /// Whether an entry is nan.
  var hasNaN: Bool { withEntries { nabla_has_nan($0.baseAddress, $0.count) != 0 } }
}

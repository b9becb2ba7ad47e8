import COpenBLAS

/// A matrix inside a larger row-major one, or the transpose of one.
struct MatrixPart {
  let start: UnsafePointer<Double>
  /// The length of the rows that it stands in.
  let stride: Int
  /// Whether the transpose of what stands there is meant.
  var isTransposed = false

  fileprivate subscript(row: Int, column: Int) -> Double {
    isTransposed ? start[column * stride + row] : start[row * stride + column]
  }
}

extension GEMM {
  private typealias Routine =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<Int32>, UnsafePointer<Int32>,
      UnsafePointer<Int32>, UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Int32>,
      UnsafePointer<Double>, UnsafePointer<Int32>, UnsafePointer<Double>,
      UnsafeMutablePointer<Double>, UnsafePointer<Int32>, Int, Int
    ) -> Void

  private static let routine: Routine? = nabla_blas_symbol("dgemm_").map {
    unsafeBitCast($0, to: Routine.self)
  }

  /// `c = a @ b` of `rows × inner` and `inner × columns`, added to what stands in `c` with `adds`.
  ///
  /// `stride` is the length of the rows that `c` stands in. Not tiled: whoever calls it keeps the
  /// parts small.
  static func multiply(
    _ a: MatrixPart, _ b: MatrixPart, into c: UnsafeMutablePointer<Double>, stride: Int,
    rows: Int, inner: Int, columns: Int, adds: Bool
  ) {
    if rows * inner * columns > 512, let routine {
      // Row-major c = a b is column-major cᵀ = bᵀ aᵀ.
      let (plain, turned) = (CChar(78), CChar(84))
      routine(
        [b.isTransposed ? turned : plain], [a.isTransposed ? turned : plain], [Int32(columns)],
        [Int32(rows)], [Int32(inner)], [1], b.start, [Int32(max(b.stride, 1))], a.start,
        [Int32(max(a.stride, 1))], [adds ? 1 : 0], c, [Int32(max(stride, 1))], 1, 1)
      return
    }
    for i in 0..<rows {
      let row = c + i * stride
      if !adds { row.update(repeating: 0, count: columns) }
      for k in 0..<inner {
        let factor = a[i, k]
        for j in 0..<columns { row[j] += factor * b[k, j] }
      }
    }
  }
}

import COpenBLAS

/// One matrix product, row-major.
enum GEMM {
  /// Below this many multiplications a plain loop beats the call into OpenBLAS.
  private static let smallest = 512

  /// `c = a @ b` of `rows × inner` and `inner × columns`.
  static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>,
    rows: Int, inner: Int, columns: Int
  ) {
    if rows * inner * columns > smallest,
      nabla_dgemm(a, b, c, Int32(rows), Int32(inner), Int32(columns)) == 0
    {
      return
    }
    for i in 0..<rows {
      let row = c + i * columns
      row.update(repeating: 0, count: columns)
      for k in 0..<inner {
        let factor = a[i * inner + k]
        let other = b + k * columns
        for j in 0..<columns { row[j] += factor * other[j] }
      }
    }
  }
}

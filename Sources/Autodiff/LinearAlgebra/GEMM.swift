import COpenBLAS

/// One matrix product, row-major.
enum GEMM {
  /// Below this many multiplications a plain loop beats the call into OpenBLAS.
  private static let smallest = 512
  /// The sides of a tile: large enough that OpenBLAS reaches its speed in it, small enough that an
  /// interruption is seen within some 20 ms.
  private static let tile = (rows: 512, inner: 1024, columns: 1024)

  /// `c = a @ b` of `rows × inner` and `inner × columns`.
  ///
  /// Stops between tiles when the thread's interruption is requested; `c` is then not whole, and
  /// whoever started the product tests the interruption before it uses the result.
  static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>,
    rows: Int, inner: Int, columns: Int
  ) {
    if rows * inner * columns > smallest,
      multiplyTiles(a, b, c, rows: rows, inner: inner, columns: columns)
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

  /// The product tile by tile; false where OpenBLAS cannot be opened.
  private static func multiplyTiles(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>,
    rows: Int, inner: Int, columns: Int
  ) -> Bool {
    for j in stride(from: 0, to: columns, by: tile.columns) {
      for k in stride(from: 0, to: inner, by: tile.inner) {
        for i in stride(from: 0, to: rows, by: tile.rows) {
          if Interruption.isCurrentRequested { return true }
          let status = nabla_dgemm(
            a + i * inner + k, Int32(inner), b + k * columns + j, Int32(columns),
            c + i * columns + j, Int32(columns), Int32(min(tile.rows, rows - i)),
            Int32(min(tile.inner, inner - k)), Int32(min(tile.columns, columns - j)),
            k > 0 ? 1 : 0)
          guard status == 0 else { return false }
        }
      }
    }
    return true
  }
}

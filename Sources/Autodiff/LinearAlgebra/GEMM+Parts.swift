import COpenBLAS

extension GEMM {
  /// `c = a @ b` for a part of a larger matrix, whose rows have the length `stride`; added to what
  /// stands there where `adds`.
  ///
  /// Not tiled: whoever calls it keeps the parts small.
  static func multiply(
    _ a: Operand, _ b: Operand, into c: UnsafeMutablePointer<Double>, stride: Int, rows: Int,
    inner: Int, columns: Int, adds: Bool
  ) {
    let isSmall = rows * inner * columns <= 512
    if !isSmall,
      nabla_dgemm(
        a.start, Int32(a.stride), a.isTurned ? 1 : 0, b.start, Int32(b.stride), b.isTurned ? 1 : 0,
        c, Int32(stride), Int32(rows), Int32(inner), Int32(columns), adds ? 1 : 0) == 0
    {
      return
    }
    for i in 0..<rows {
      let row = c + i * stride
      if !adds { row.update(repeating: 0, count: columns) }
      for k in 0..<inner {
        let factor = a.offset(row: i, column: k).pointee
        for j in 0..<columns { row[j] += factor * b.offset(row: k, column: j).pointee }
      }
    }
  }
}

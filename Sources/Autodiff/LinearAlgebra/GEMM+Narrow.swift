import CKernels

// Products that are narrow in one direction: scores of a few classes, points of a few coordinates.

extension GEMM {
  /// The most columns, or rows, of a narrow product; as many sums fit the CPU's registers.
  static let narrow = 10
  /// The longest inner axis that counts as short.
  private static let short = 8

  /// The product of small parts, where one of our loops beats a blocked product; false where none
  /// does.
  static func multiplyNarrow(
    _ a: Operand, _ b: Operand, _ c: UnsafeMutablePointer<Double>, _ stride: Int, rows: Int,
    inner: Int, columns: Int, adds: Bool
  ) -> Bool {
    guard rows > 0, inner > 0, columns > 0 else { return false }
    let adds: Int32 = adds ? 1 : 0
    if inner <= short, columns > 1 {
      b.withRows(inner, columns) { start, length in
        nabla_product_outers(
          a.start, a.isTurned ? 1 : a.stride, a.isTurned ? a.stride : 1, start, length, c, stride,
          rows, Int32(inner), columns, adds)
      }
      return true
    }
    if columns > 1, columns <= narrow {
      if a.isTurned {
        b.withPackedRows(inner, columns) { start in
          nabla_product_sums(
            a.start, a.stride, start, c, stride, 1, rows, inner, Int32(columns), adds)
        }
      } else {
        b.turned.withRows(columns, inner) { start, length in
          nabla_product_dots(
            a.start, a.stride, start, length, c, stride, rows, inner, Int32(columns), adds)
        }
      }
      return true
    }
    if rows > 1, rows <= narrow, !b.isTurned {
      a.turned.withPackedRows(inner, rows) { start in
        nabla_product_sums(
          b.start, b.stride, start, c, 1, stride, columns, inner, Int32(rows), adds)
      }
      return true
    }
    return false
  }
}

extension GEMM.Operand {
  /// The transpose, where it stands.
  fileprivate var turned: GEMM.Operand {
    GEMM.Operand(start: start, stride: stride, isTurned: !isTurned)
  }

  /// The entries with contiguous rows, copied where they do not stand so.
  fileprivate func withRows(
    _ rows: Int, _ columns: Int, _ body: (UnsafePointer<Double>, _ stride: Int) -> Void
  ) {
    if !isTurned { return body(start, stride) }
    withCopy(rows, columns) { body($0, columns) }
  }

  /// The entries row by row without gaps, copied where they do not stand so.
  fileprivate func withPackedRows(
    _ rows: Int, _ columns: Int, _ body: (UnsafePointer<Double>) -> Void
  ) {
    if !isTurned, stride == columns { return body(start) }
    withCopy(rows, columns, body)
  }

  private func withCopy(
    _ rows: Int, _ columns: Int, _ body: (UnsafePointer<Double>) -> Void
  ) {
    let copy = Buffer(count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        copy.pointer[row * columns + column] = offset(row: row, column: column).pointee
      }
    }
    body(copy.pointer)
    withExtendedLifetime(copy) {}
  }
}

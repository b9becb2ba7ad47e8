import CKernels
import COpenBLAS

/// One matrix product, row-major.
enum GEMM {
  /// Below this many multiplications a plain loop beats the call into OpenBLAS.
  private static let smallest = 512
  /// The sides of a tile: large enough that OpenBLAS reaches its speed in it, small enough that an
  /// interruption is seen within some 20 ms.
  ///
  /// The inner side is OpenBLAS's own, so that cutting there costs nothing.
  private static let tile = (rows: 1024, inner: 256, columns: 1536)
  /// The inner side for narrow products, whose loops are ours.
  private static let narrowInner = 4096
  /// Additions that take as long as this part of a multiplication and addition in a product.
  private static let costShare = 4

  /// A matrix as it stands in memory: transposed, where it is turned.
  struct Operand: @unchecked Sendable {
    // Sendable: read by the threads of one product, while its owner waits for them.
    let start: UnsafePointer<Double>
    /// The row length in memory.
    let stride: Int
    var isTurned = false

    func offset(row: Int, column: Int) -> UnsafePointer<Double> {
      start + (isTurned ? column * stride + row : row * stride + column)
    }
  }

  private struct Target: @unchecked Sendable {
    // Sendable: each thread writes rows or columns of its own.
    let start: UnsafeMutablePointer<Double>
    let stride: Int
  }

  /// `c = a @ b` of `rows × inner` and `inner × columns`, added to what stands in `c` where `adds`.
  ///
  /// Stops between tiles when the thread's interruption is requested; `c` is then not whole, and
  /// whoever started the product tests the interruption before it uses the result.
  static func multiply(
    _ a: Operand, _ b: Operand, _ c: UnsafeMutablePointer<Double>, rows: Int, inner: Int,
    columns: Int, adds: Bool = false
  ) {
    let (work, isHuge) = rows.multipliedReportingOverflow(by: inner * columns)
    if isHuge || work > smallest {
      let target = Target(start: c, stride: columns)
      let parts = Workers.parts(work: work / costShare, atMost: max(rows, columns) / 32)
      if parts == 1 {
        if multiplyTiles(a, b, target, 0..<rows, inner, 0..<columns, adds: adds) { return }
      } else if multiply(a, b, target, rows, inner, columns, adds: adds, parts: parts) {
        return
      }
    }
    multiplyPlainly(a, b, c, rows: rows, inner: inner, columns: columns, adds: adds)
  }

  /// The product of two matrices that stand as they are.
  static func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ c: UnsafeMutablePointer<Double>,
    rows: Int, inner: Int, columns: Int
  ) {
    multiply(
      Operand(start: a, stride: inner), Operand(start: b, stride: columns), c, rows: rows,
      inner: inner, columns: columns)
  }

  /// Cuts the longer side of the result into a part for each thread.
  private static func multiply(
    _ a: Operand, _ b: Operand, _ c: Target, _ rows: Int, _ inner: Int, _ columns: Int, adds: Bool,
    parts: Int
  ) -> Bool {
    // Opened before the threads need it; products of no rows succeed.
    guard multiplyTiles(a, b, c, 0..<0, inner, 0..<columns, adds: adds) else { return false }
    guard nabla_blas_symbol("dgemm_") != nil else { return false }
    // As a number: a pointer may not be captured by what another thread runs.
    let interruption = UInt(bitPattern: nabla_thread_interruption())
    let length = max(rows, columns)
    // A multiple of 8 entries, so that threads do not share cache lines.
    let step = ((length + parts - 1) / parts + 7) & ~7
    Workers.run(parts) { part in
      let wasCurrent = nabla_thread_interruption()
      nabla_set_thread_interruption(UnsafeMutableRawPointer(bitPattern: interruption))
      defer { nabla_set_thread_interruption(wasCurrent) }
      let range = min(part * step, length)..<min((part + 1) * step, length)
      _ = multiplyTiles(
        a, b, c, rows >= columns ? range : 0..<rows, inner,
        rows >= columns ? 0..<columns : range, adds: adds)
    }
    return true
  }

  /// The product tile by tile; false where OpenBLAS cannot be opened.
  private static func multiplyTiles(
    _ a: Operand, _ b: Operand, _ c: Target, _ rows: Range<Int>, _ inner: Int,
    _ columns: Range<Int>, adds: Bool
  ) -> Bool {
    let isNarrow = min(rows.count, columns.count) <= narrow
    let innerSide = isNarrow ? narrowInner : tile.inner
    for j in stride(from: columns.lowerBound, to: columns.upperBound, by: tile.columns) {
      for k in stride(from: 0, to: inner, by: innerSide) {
        for i in stride(from: rows.lowerBound, to: rows.upperBound, by: tile.rows) {
          if Interruption.isCurrentRequested { return true }
          let left = Operand(
            start: a.offset(row: i, column: k), stride: a.stride, isTurned: a.isTurned)
          let right = Operand(
            start: b.offset(row: k, column: j), stride: b.stride, isTurned: b.isTurned)
          let out = c.start + i * c.stride + j
          let sides = (
            rows: min(tile.rows, rows.upperBound - i), inner: min(innerSide, inner - k),
            columns: min(tile.columns, columns.upperBound - j)
          )
          let isAdded = adds || k > 0
          if multiplyNarrow(
            left, right, out, c.stride, rows: sides.rows, inner: sides.inner,
            columns: sides.columns, adds: isAdded)
          {
            continue
          }
          let status = nabla_dgemm(
            left.start, Int32(a.stride), a.isTurned ? 1 : 0, right.start, Int32(b.stride),
            b.isTurned ? 1 : 0, out, Int32(c.stride), Int32(sides.rows), Int32(sides.inner),
            Int32(sides.columns), isAdded ? 1 : 0)
          guard status == 0 else { return false }
        }
      }
    }
    return true
  }

  private static func multiplyPlainly(
    _ a: Operand, _ b: Operand, _ c: UnsafeMutablePointer<Double>, rows: Int, inner: Int,
    columns: Int, adds: Bool
  ) {
    for i in 0..<rows {
      if i % 64 == 0, Interruption.isCurrentRequested { return }
      let row = c + i * columns
      if !adds { row.update(repeating: 0, count: columns) }
      for k in 0..<inner {
        let factor = a.offset(row: i, column: k).pointee
        let other = b.offset(row: k, column: 0)
        if b.isTurned {
          for j in 0..<columns { row[j] += factor * other[j * b.stride] }
        } else {
          for j in 0..<columns { row[j] += factor * other[j] }
        }
      }
    }
  }
}

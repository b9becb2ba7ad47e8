/// Sums with an error that grows with the logarithm of the count.
enum PairwiseSum {
  /// Blocks of 128 by eight running sums, then halves.
  static func sum(_ values: UnsafeBufferPointer<Double>) -> Double {
    guard let start = values.baseAddress else { return 0 }
    return sum(start, values.count)
  }

  private static func sum(_ start: UnsafePointer<Double>, _ count: Int) -> Double {
    if count < 8 {
      var total = 0.0
      for index in 0..<count { total += start[index] }
      return total
    }
    if count <= 128 {
      var lanes = SIMD8<Double>(repeating: 0)
      var index = 0
      while index + 8 <= count {
        lanes += UnsafeRawPointer(start + index).loadUnaligned(as: SIMD8<Double>.self)
        index += 8
      }
      var total =
        ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
      while index < count {
        total += start[index]
        index += 1
      }
      return total
    }
    let half = (count / 2) & ~7
    return sum(start, half) + sum(start + half, count - half)
  }

  /// Columns that are summed together, so that running sums stay in the cache.
  private static let block = 256
  /// Rows that are added one after the other before halves are.
  private static let run = 16

  /// The sums down the columns of a matrix of at least one row.
  static func columns(
    _ start: UnsafePointer<Double>, rows: Int, width: Int, into sums: UnsafeMutablePointer<Double>
  ) {
    for column in stride(from: 0, to: width, by: block) {
      columns(
        start + column, rows: rows, step: width, width: min(block, width - column),
        into: sums + column)
    }
  }

  private static func columns(
    _ start: UnsafePointer<Double>, rows: Int, step: Int, width: Int,
    into sums: UnsafeMutablePointer<Double>
  ) {
    if rows <= run {
      sums.update(from: start, count: width)
      for row in 1..<max(rows, 1) where row < rows {
        let entries = start + row * step
        for column in 0..<width { sums[column] += entries[column] }
      }
      return
    }
    let half = rows / 2
    columns(start, rows: half, step: step, width: width, into: sums)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: block) { rest in
      guard let rest = rest.baseAddress else { return }
      columns(start + half * step, rows: rows - half, step: step, width: width, into: rest)
      for column in 0..<width { sums[column] += rest[column] }
    }
  }
}

extension Tensor {
  /// The sum over the axes along which `target` broadcasts to this tensor's shape.
  ///
  /// The transpose of broadcasting. Sums are pairwise along any axis.
  func summed(to target: Shape) -> Tensor {
    if shape == target {
      // Sums are numbers, those of one entry of a mask too.
      var same = self
      same.isMask = false
      return same
    }
    if target.isScalar { return Tensor(withEntries { PairwiseSum.sum($0) }) }
    if count == 0 { return Tensor(repeating: 0, shape: target) }
    // Neighbouring axes of one kind count as one; each kind of run that is summed is one pass.
    let lead = shape.rank - target.rank
    var runs: [(length: Int, isSummed: Bool)] = []
    for axis in 0..<shape.rank where shape[axis] != 1 {
      let isSummed = axis < lead || target[axis - lead] == 1
      if let last = runs.last, last.isSummed == isSummed {
        runs[runs.count - 1].length *= shape[axis]
      } else {
        runs.append((shape[axis], isSummed))
      }
    }
    var current = self
    while let place = runs.lastIndex(where: \.isSummed) {
      let outer = runs[..<place].reduce(1) { $0 * $1.length }
      let inner = runs[(place + 1)...].reduce(1) { $0 * $1.length }
      current = current.summedMiddle(outer: outer, rows: runs[place].length, inner: inner)
      runs.remove(at: place)
    }
    return current.reshaped(target)
  }

  /// The entries as `outer` matrices of `rows` by `inner`, each summed down its columns.
  private func summedMiddle(outer: Int, rows: Int, inner: Int) -> Tensor {
    withEntries { source in
      Tensor(shape: Shape(outer, inner)) { sums in
        guard let source = source.baseAddress, let sums = sums.baseAddress else { return }
        for index in 0..<outer {
          let start = source + index * rows * inner
          if inner == 1 {
            sums[index] = PairwiseSum.sum(UnsafeBufferPointer(start: start, count: rows))
          } else {
            PairwiseSum.columns(start, rows: rows, width: inner, into: sums + index * inner)
          }
        }
      }
    }
  }
}

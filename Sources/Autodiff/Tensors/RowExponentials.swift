import CKernels

/// Softmax and its kin over the last axes, where each group is a contiguous row.
struct RowExponentials {
  let rows: Int
  let width: Int

  /// Nil where the reduced axes are not the last ones, or groups have no entries.
  init?(_ reduction: Reduction) {
    let rank = reduction.source.rank
    let first = rank - reduction.axes.count
    guard !reduction.axes.isEmpty, reduction.axes == Array(first..<rank), reduction.length > 0
    else {
      return nil
    }
    width = reduction.length
    rows = reduction.source.count / width
  }

  /// exp of each entry less the largest of its row.
  func exponentials(_ x: Tensor) -> Tensor {
    x.withEntries { source in
      Tensor(shape: x.shape) { entries in
        guard let source = source.baseAddress, let out = entries.baseAddress else { return }
        for row in 0..<rows {
          let largest = source[row * width + best(source + row * width)]
          subtract(largest, source + row * width, out + row * width)
        }
        nabla_exp(out, out, rows * width)
      }
    }
  }

  /// Exponentials divided by their row's sum.
  func softmax(_ x: Tensor) -> Tensor {
    var result = exponentials(x)
    result.update { entries in
      guard let out = entries.baseAddress else { return }
      for row in 0..<rows {
        let start = out + row * width
        let sum = PairwiseSum.sum(UnsafeBufferPointer(start: start, count: width))
        for column in 0..<width { start[column] /= sum }
      }
    }
    return result
  }

  /// `y (v - Σ y v)` in each row: the Jacobian of softmax with result `y`, times `v`.
  func product(_ y: Tensor, _ v: Tensor) -> Tensor {
    y.withEntries { y in
      v.withEntries { v in
        Tensor(shape: Shape(rows, width)) { out in
          for row in 0..<rows {
            let range = row * width..<(row + 1) * width
            for index in range { out[index] = y[index] * v[index] }
            let sum = PairwiseSum.sum(
              UnsafeBufferPointer(rebasing: UnsafeBufferPointer(out)[range]))
            for index in range { out[index] = y[index] * (v[index] - sum) }
          }
        }
      }
    }
  }

  /// For each row its largest entry, and the logarithm of 1 plus the others' exponentials.
  func logSumExp(_ x: Tensor, _ shape: Shape) -> (largest: Tensor, excess: Tensor) {
    let tops = Buffer(count: rows)
    let sums = Buffer(count: rows)
    let work = Buffer(count: rows * width)
    x.withEntries { source in
      guard let source = source.baseAddress else { return }
      for row in 0..<rows {
        let start = source + row * width
        let place = best(start)
        let largest = start[place]
        tops.pointer[row] = largest
        subtract(largest.isFinite ? largest : 0, start, work.pointer + row * width)
        // The largest one itself counts as exactly 1, by log1p: its exponential is left out.
        work.pointer[row * width + place] = -.infinity
      }
    }
    nabla_exp(work.pointer, work.pointer, rows * width)
    for row in 0..<rows {
      sums.pointer[row] = PairwiseSum.sum(
        UnsafeBufferPointer(start: work.pointer + row * width, count: width))
    }
    nabla_log1p(sums.pointer, sums.pointer, rows)
    return (Tensor(shape: shape, buffer: tops), Tensor(shape: shape, buffer: sums))
  }

  /// The place of the first largest entry of a row, of nan where there is one.
  @inline(__always)
  private func best(_ row: UnsafePointer<Double>) -> Int {
    var place = 0
    var value = row[0]
    for column in 1..<max(width, 1) where column < width {
      if value.isNaN { break }
      if row[column] > value || row[column].isNaN {
        value = row[column]
        place = column
      }
    }
    return place
  }

  @inline(__always)
  private func subtract(
    _ number: Double, _ row: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Double>
  ) {
    for column in 0..<width { out[column] = row[column] - number }
  }
}

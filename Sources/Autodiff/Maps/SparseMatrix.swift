/// A matrix by its entries, row after row; columns rise within each row.
///
/// Entries that are 0 by value, not by structure, are kept.
public struct SparseMatrix: Sendable {
  public let rows: Int
  public let columns: Int
  /// Where each row starts, and the end: `rows + 1` places.
  public let rowStarts: [Int]
  public let columnIndices: [Int32]
  public let values: [Double]
  /// What the pattern was found to be.
  public internal(set) var structure: Structure = .sparse

  init(rows: Int, columns: Int, rowStarts: [Int], columnIndices: [Int32], values: [Double]) {
    self.rows = rows
    self.columns = columns
    self.rowStarts = rowStarts
    self.columnIndices = columnIndices
    self.values = values
  }

  /// Entries by rows; `fill` hands over each row's entries, columns rising.
  init(
    rows: Int, columns: Int, capacity: Int,
    fill: (_ row: Int, _ append: (_ column: Int, _ value: Double) -> Void) -> Void
  ) {
    var starts = [0]
    starts.reserveCapacity(rows + 1)
    var indices: [Int32] = []
    indices.reserveCapacity(capacity)
    var values: [Double] = []
    values.reserveCapacity(capacity)
    for row in 0..<rows {
      fill(row) { column, value in
        indices.append(Int32(column))
        values.append(value)
      }
      starts.append(values.count)
    }
    self.init(
      rows: rows, columns: columns, rowStarts: starts, columnIndices: indices, values: values)
  }

  /// The places of a row's entries.
  @inline(__always)
  func range(_ row: Int) -> Range<Int> { rowStarts[row]..<rowStarts[row + 1] }

  func scaled(by factor: Double) -> SparseMatrix {
    var copy = SparseMatrix(
      rows: rows, columns: columns, rowStarts: rowStarts, columnIndices: columnIndices,
      values: values.map { $0 * factor })
    copy.structure = structure
    return copy
  }

  /// The transpose, by counting entries per column.
  var transposed: SparseMatrix {
    var starts = [Int](repeating: 0, count: columns + 1)
    for column in columnIndices { starts[Int(column) + 1] += 1 }
    for column in 0..<columns { starts[column + 1] += starts[column] }
    var next = starts
    var indices = [Int32](repeating: 0, count: values.count)
    var moved = [Double](repeating: 0, count: values.count)
    for row in 0..<rows {
      for place in range(row) {
        let column = Int(columnIndices[place])
        indices[next[column]] = Int32(row)
        moved[next[column]] = values[place]
        next[column] += 1
      }
    }
    return SparseMatrix(
      rows: columns, columns: rows, rowStarts: starts, columnIndices: indices, values: moved)
  }

  /// The product, row by row, by adding up rows of the other matrix (Gustavson 1978); nil where it
  /// has more entries than `most`, or when the running cell is interrupted.
  func multiplied(by other: SparseMatrix, atMost most: Int) -> SparseMatrix? {
    var starts = [0]
    starts.reserveCapacity(rows + 1)
    var indices: [Int32] = []
    var products: [Double] = []
    indices.reserveCapacity(max(values.count, other.values.count))
    products.reserveCapacity(max(values.count, other.values.count))
    var place = [Int](repeating: -1, count: other.columns)
    var spare: (indices: [Int32], values: [Double]) = ([], [])
    for row in 0..<rows {
      if row & 0xff == 0, Interruption.isCurrentRequested || products.count > most { return nil }
      let start = products.count
      let own = range(row)
      if own.count == 1 {
        // One entry: the other matrix's row, in order as it is.
        let factor = values[own.lowerBound]
        for inner in other.range(Int(columnIndices[own.lowerBound])) {
          indices.append(other.columnIndices[inner])
          products.append(chained(factor, other.values[inner]))
        }
        starts.append(products.count)
        continue
      }
      var isSorted = true
      var last: Int32 = -1
      for outer in own {
        let factor = values[outer]
        for inner in other.range(Int(columnIndices[outer])) {
          let column = Int(other.columnIndices[inner])
          let term = chained(factor, other.values[inner])
          if place[column] >= start {
            products[place[column]] += term
          } else {
            place[column] = products.count
            if Int32(column) < last { isSorted = false }
            last = Int32(column)
            indices.append(last)
            products.append(term)
          }
        }
      }
      if !isSorted { SparseMatrix.sort(&indices, &products, from: start, place, &spare) }
      starts.append(products.count)
    }
    return SparseMatrix(
      rows: rows, columns: other.columns, rowStarts: starts, columnIndices: indices,
      values: products)
  }

  /// Sorts the last row by columns, whose places are known.
  private static func sort(
    _ indices: inout [Int32], _ values: inout [Double], from start: Int, _ place: [Int],
    _ spare: inout (indices: [Int32], values: [Double])
  ) {
    let count = values.count - start
    let low = Int(indices[start...].min() ?? 0)
    let high = Int(indices[start...].max() ?? 0)
    spare.indices.removeAll(keepingCapacity: true)
    spare.values.removeAll(keepingCapacity: true)
    if high - low < 8 * count {
      // Columns close together are read off in order.
      for column in low...high where place[column] >= start {
        spare.indices.append(Int32(column))
        spare.values.append(values[place[column]])
      }
    } else {
      spare.indices += indices[start...]
      spare.indices.sort()
      for column in spare.indices { spare.values.append(values[place[Int(column)]]) }
    }
    for index in 0..<count {
      indices[start + index] = spare.indices[index]
      values[start + index] = spare.values[index]
    }
  }

  /// The sum, by merging rows.
  func adding(_ other: SparseMatrix) -> SparseMatrix {
    let most = values.count + other.values.count
    var starts = [Int](repeating: 0, count: rows + 1)
    var sums: [Double] = []
    let indices = [Int32](unsafeUninitializedCapacity: most) { columns, count in
      sums = [Double](unsafeUninitializedCapacity: most) { entries, entryCount in
        var next = 0
        for row in 0..<rows {
          var mine = rowStarts[row]
          var theirs = other.rowStarts[row]
          let end = rowStarts[row + 1]
          let otherEnd = other.rowStarts[row + 1]
          while mine < end || theirs < otherEnd {
            let column = mine < end ? columnIndices[mine] : Int32.max
            let otherColumn = theirs < otherEnd ? other.columnIndices[theirs] : Int32.max
            var sum = 0.0
            if column <= otherColumn {
              sum = values[mine]
              mine += 1
            }
            if otherColumn <= column {
              sum = column == otherColumn ? sum + other.values[theirs] : other.values[theirs]
              theirs += 1
            }
            columns[next] = min(column, otherColumn)
            entries[next] = sum
            next += 1
          }
          starts[row + 1] = next
        }
        count = next
        entryCount = next
      }
    }
    return SparseMatrix(
      rows: rows, columns: columns, rowStarts: starts, columnIndices: indices, values: sums)
  }
}

/// Where a matrix may have entries, row by row; columns rise within each row.
struct SparsityPattern: Sendable {
  let rows: Int
  let columns: Int
  /// Where each row starts, and the end: `rows + 1` places.
  let rowStarts: [Int]
  let columnIndices: [Int32]

  init(rows: Int, columns: Int, rowStarts: [Int], columnIndices: [Int32]) {
    self.rows = rows
    self.columns = columns
    self.rowStarts = rowStarts
    self.columnIndices = columnIndices
  }

  /// Row `i` has its entries in the columns of set `rows[i]`; nil for more entries than `limit`.
  init?(_ rows: [Int32], of sets: IndexSets, limit: Int) {
    var starts = [0]
    starts.reserveCapacity(rows.count + 1)
    var count = 0
    for set in rows {
      count += sets.size(set)
      guard count <= limit else { return nil }
      starts.append(count)
    }
    var indices: [Int32] = []
    indices.reserveCapacity(count)
    for set in rows { indices += sets.members(set) }
    self.init(rows: rows.count, columns: sets.bound, rowStarts: starts, columnIndices: indices)
  }

  var nnz: Int { columnIndices.count }

  @inline(__always)
  func range(_ row: Int) -> Range<Int> { rowStarts[row]..<rowStarts[row + 1] }

  /// The columns of a row.
  func row(_ row: Int) -> ArraySlice<Int32> { columnIndices[range(row)] }

  /// The most entries in one row: no colouring of the columns has fewer colours.
  var longestRow: Int {
    var longest = 0
    for row in 0..<rows { longest = max(longest, rowStarts[row + 1] - rowStarts[row]) }
    return longest
  }

  /// The pairs of entries in the same row.
  var work: Int {
    var sum = 0
    for row in 0..<rows {
      let length = rowStarts[row + 1] - rowStarts[row]
      sum += length * length
    }
    return sum
  }

  var transposed: SparsityPattern {
    var starts = [Int](repeating: 0, count: columns + 1)
    for column in columnIndices { starts[Int(column) + 1] += 1 }
    for column in 0..<columns { starts[column + 1] += starts[column] }
    var next = starts
    var indices = [Int32](repeating: 0, count: nnz)
    for row in 0..<rows {
      for place in range(row) {
        let column = Int(columnIndices[place])
        indices[next[column]] = Int32(row)
        next[column] += 1
      }
    }
    return SparsityPattern(
      rows: columns, columns: rows, rowStarts: starts, columnIndices: indices)
  }

  /// The pattern of a square matrix and its transpose together.
  var symmetrized: SparsityPattern {
    let other = transposed
    if other.rowStarts == rowStarts, other.columnIndices == columnIndices { return self }
    var starts = [0]
    starts.reserveCapacity(rows + 1)
    var indices: [Int32] = []
    indices.reserveCapacity(nnz)
    for row in 0..<rows {
      var mine = range(row)
      var theirs = other.range(row)
      while !mine.isEmpty || !theirs.isEmpty {
        let a = mine.isEmpty ? Int32.max : columnIndices[mine.lowerBound]
        let b = theirs.isEmpty ? Int32.max : other.columnIndices[theirs.lowerBound]
        indices.append(min(a, b))
        if a <= b { mine = mine.dropFirst() }
        if b <= a { theirs = theirs.dropFirst() }
      }
      starts.append(indices.count)
    }
    return SparsityPattern(
      rows: rows, columns: columns, rowStarts: starts, columnIndices: indices)
  }
}

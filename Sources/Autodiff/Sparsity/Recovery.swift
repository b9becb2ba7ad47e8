extension SparseMatrix {
  /// The entries of a symmetric matrix from column sums by an acyclic or a star colouring.
  ///
  /// The edges between two colours are a forest. A vertex with one edge left in it shows that
  /// entry; its other end then has one edge less. In a star colouring nothing is subtracted from a
  /// sum that is read. An entry and its mirror image are the same number.
  init(_ pattern: SparsityPattern, _ colouring: Colouring, symmetricSums: [Double]) {
    let width = colouring.count
    let colours = colouring.colours
    var sums = symmetricSums
    var values = [Double](repeating: 0, count: pattern.nnz)
    /// By vertex and colour: the edges left, and the exclusive or of their places.
    var left = [Int32](repeating: 0, count: pattern.rows * width)
    var places = [Int](repeating: 0, count: pattern.rows * width)
    for row in 0..<pattern.rows {
      for place in pattern.range(row) {
        let column = Int(pattern.columnIndices[place])
        let index = row * width + Int(colours[column])
        if column == row {
          // No neighbour has the vertex's own colour.
          values[place] = sums[index]
        } else {
          left[index] += 1
          places[index] ^= place
        }
      }
    }
    var ready = left.indices.filter { left[$0] == 1 }
    var next = 0
    while next < ready.count {
      let index = ready[next]
      next += 1
      guard left[index] == 1 else { continue }
      let row = index / width
      let place = places[index]
      let column = Int(pattern.columnIndices[place])
      let value = sums[index]
      let mirror = pattern.place(row: column, column: row)
      values[place] = value
      values[mirror] = value
      left[index] = 0
      let other = column * width + Int(colours[row])
      left[other] -= 1
      places[other] ^= mirror
      sums[other] -= value
      if left[other] == 1 { ready.append(other) }
    }
    self.init(pattern, values)
  }

  /// Values in the places of a pattern.
  init(_ pattern: SparsityPattern, _ values: [Double]) {
    self.init(
      rows: pattern.rows, columns: pattern.columns, rowStarts: pattern.rowStarts,
      columnIndices: pattern.columnIndices, values: values)
  }
}

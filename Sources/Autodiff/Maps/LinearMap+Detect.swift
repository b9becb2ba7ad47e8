// Finding the structure of a matrix that is known by its entries.

extension LinearMap {
  /// A sparse matrix as the map that its pattern is.
  init(rows: Shape, columns: Shape, detecting matrix: SparseMatrix) {
    self.init(rows: rows, columns: columns, Pattern(matrix).kind)
  }

  /// Few diagonals as the map that they are.
  init(rows: Shape, columns: Shape, _ band: BandMatrix) {
    self.init(rows: rows, columns: columns, LinearMap.kind(of: band))
  }

  /// The most diagonals that are kept as such.
  static let mostDiagonals = 64

  private static func kind(of band: BandMatrix) -> Kind {
    guard let first = band.diagonals.first else { return .zero }
    guard band.diagonals.count == 1 else {
      if band.nnz == band.rows * band.columns {
        return Pattern(SparseMatrix(band)).kind
      }
      return .banded(band)
    }
    if first.offset == 0, band.rows == band.columns {
      if case .constant(let value) = first.values, first.rows.count == band.rows {
        return value == 1 ? .identity : .scaled(Traced(constant: value))
      }
      if case .entries(let tensor) = first.values, first.rows.count == band.rows {
        return .diagonal(Traced(constant: tensor))
      }
      let padded = Tensor(shape: Shape(band.rows)) { entries in
        entries.initialize(repeating: 0)
        for row in first.rows { entries[row] = first[row] }
      }
      return .diagonal(Traced(constant: padded))
    }
    if case .constant(1) = first.values, first.rows.count == band.rows {
      return .selection(
        Selection(
          source: Shape(band.columns), result: Shape(band.rows),
          places: .strided(start: first.offset, steps: [1])))
    }
    if case .constant(1) = first.values, first.rows.count == band.columns {
      return .placement(
        Selection(
          source: Shape(band.rows), result: Shape(band.columns),
          places: .strided(start: -first.offset, steps: [1])))
    }
    return .banded(band)
  }
}

/// What one pass over a sparse matrix tells of its pattern.
private struct Pattern {
  let matrix: SparseMatrix
  /// The lowest and highest offset, column minus row.
  private var lowest = Int.max
  private var highest = Int.min
  private var most = 0
  private var least = Int.max
  private var isOnes = true
  private var isConstant = true

  init(_ matrix: SparseMatrix) {
    self.matrix = matrix
    let first = matrix.values.first ?? 0
    for row in 0..<matrix.rows {
      let range = matrix.range(row)
      most = max(most, range.count)
      least = min(least, range.count)
      for place in range {
        let offset = Int(matrix.columnIndices[place]) - row
        lowest = min(lowest, offset)
        highest = max(highest, offset)
        let value = matrix.values[place]
        if value != 1 { isOnes = false }
        if value != first { isConstant = false }
      }
    }
  }

  private var nnz: Int { matrix.values.count }
  private var isSquare: Bool { matrix.rows == matrix.columns }

  var kind: LinearMap.Kind {
    if nnz == 0 { return .zero }
    if isSquare, lowest == 0, highest == 0 { return diagonal }
    if isConstant, let selection {
      if isOnes { return selection.kind }
      if selection.selection.repeatsEvenly { return tagged(.broadcast) }
    }
    if nnz == matrix.rows * matrix.columns { return dense }
    if most <= 1 { return lowest == highest ? banded : tagged(.selection) }
    if let blocks { return blocks }
    if lowest > 1 - matrix.rows, highest < matrix.columns - 1, 2 * nnz >= bandArea {
      return highest - lowest < LinearMap.mostDiagonals ? banded : tagged(.banded)
    }
    return 2 * nnz > matrix.rows * matrix.columns ? dense : tagged(.sparse)
  }

  private func tagged(_ structure: Structure) -> LinearMap.Kind {
    var copy = matrix
    copy.structure = structure
    return .sparse(copy)
  }

  private var diagonal: LinearMap.Kind {
    guard nnz == matrix.rows else {
      let entries = Tensor(shape: Shape(matrix.rows)) { entries in
        entries.initialize(repeating: 0)
        for (value, row) in zip(matrix.values, matrix.columnIndices) { entries[Int(row)] = value }
      }
      return .diagonal(Traced(constant: entries))
    }
    if isOnes { return .identity }
    if isConstant { return .scaled(Traced(constant: matrix.values[0])) }
    return .diagonal(Traced(constant: Tensor(shape: Shape(nnz), values: matrix.values)))
  }

  /// Picking entries, or putting them, where each row or each column has one entry.
  private var selection: (selection: Selection, kind: LinearMap.Kind)? {
    let rows = Shape(matrix.rows)
    let columns = Shape(matrix.columns)
    if most == 1, least == 1 {
      let picked = Selection(
        source: columns, result: rows, places: .listed(matrix.columnIndices.map { Int($0) }))
      return (picked, .selection(picked))
    }
    guard nnz == matrix.columns else { return nil }
    var places = [Int](repeating: -1, count: matrix.columns)
    for row in 0..<matrix.rows {
      for place in matrix.range(row) {
        let column = Int(matrix.columnIndices[place])
        if places[column] >= 0 { return nil }
        places[column] = row
      }
    }
    let placed = Selection(source: rows, result: columns, places: .listed(places))
    return (placed, .placement(placed))
  }

  private var dense: LinearMap.Kind {
    let entries = Tensor(shape: Shape(matrix.rows, matrix.columns)) { entries in
      entries.initialize(repeating: 0)
      for row in 0..<matrix.rows {
        for place in matrix.range(row) {
          entries[row * matrix.columns + Int(matrix.columnIndices[place])] = matrix.values[place]
        }
      }
    }
    if entries.count == 1 { return .diagonal(Traced(constant: entries[0])) }
    return .dense(Traced(constant: entries))
  }

  /// Blocks along the diagonal, as small as they can be, that are at least half full together.
  private var blocks: LinearMap.Kind? {
    // The lowest column of all later rows says where a block may end.
    var later = [Int32](repeating: .max, count: matrix.rows + 1)
    for row in stride(from: matrix.rows - 1, through: 0, by: -1) {
      let range = matrix.range(row)
      later[row] =
        range.isEmpty
        ? later[row + 1] : min(later[row + 1], matrix.columnIndices[range.lowerBound])
    }
    var sizes: [(rows: Int, columns: Int)] = []
    var row = 0
    var column = 0
    var reach = 0
    for next in 0..<matrix.rows {
      let range = matrix.range(next)
      if !range.isEmpty { reach = max(reach, Int(matrix.columnIndices[range.upperBound - 1]) + 1) }
      guard Int(later[next + 1]) >= reach, reach > column else { continue }
      sizes.append((next + 1 - row, reach - column))
      row = next + 1
      column = reach
    }
    // Rows and columns without entries at the end belong to the last block.
    guard sizes.count > 1 else { return nil }
    sizes[sizes.count - 1].rows += matrix.rows - row
    sizes[sizes.count - 1].columns += matrix.columns - column
    let area = sizes.reduce(0) { $0 + $1.rows * $1.columns }
    guard 2 * nnz >= area else { return nil }
    guard nnz == area, sizes.allSatisfy({ $0 == sizes[0] }) else { return tagged(.block) }
    return .blocks(
      Tensor(shape: Shape(sizes.count, sizes[0].rows, sizes[0].columns), values: matrix.values))
  }

  private var bandArea: Int {
    var area = 0
    for offset in lowest...highest {
      area += min(matrix.columns - offset, matrix.rows) - max(0, -offset)
    }
    return area
  }

  private var banded: LinearMap.Kind {
    var diagonals: [BandMatrix.Diagonal] = []
    var first = [Int](repeating: Int.max, count: highest - lowest + 1)
    var last = [Int](repeating: -1, count: highest - lowest + 1)
    for row in 0..<matrix.rows {
      for place in matrix.range(row) {
        let index = Int(matrix.columnIndices[place]) - row - lowest
        first[index] = min(first[index], row)
        last[index] = row
      }
    }
    var values = zip(first, last).map { first, last in
      [Double](repeating: 0, count: max(0, last - first + 1))
    }
    for row in 0..<matrix.rows {
      for place in matrix.range(row) {
        let index = Int(matrix.columnIndices[place]) - row - lowest
        values[index][row - first[index]] = matrix.values[place]
      }
    }
    for index in values.indices where last[index] >= 0 {
      diagonals.append(
        BandMatrix.Diagonal(
          offset: index + lowest, rows: first[index]..<last[index] + 1,
          values: .entries(Tensor(shape: Shape(values[index].count), values: values[index]))))
    }
    return .banded(
      BandMatrix(rows: matrix.rows, columns: matrix.columns, diagonals: diagonals))
  }
}

extension SparseMatrix {
  init(_ band: BandMatrix) {
    self.init(rows: band.rows, columns: band.columns, capacity: band.nnz) { row, append in
      for diagonal in band.diagonals where diagonal.rows.contains(row) {
        append(row + diagonal.offset, diagonal[row])
      }
    }
  }
}

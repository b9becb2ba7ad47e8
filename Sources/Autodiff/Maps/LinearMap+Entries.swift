// The entries of a map, row by row, and as a dense matrix within a limit.

extension LinearMap {
  /// An entry of the matrix.
  public struct Entry: Sendable, Equatable {
    public let row: Int
    public let column: Int
    public let value: Double
  }

  /// Calls `body` with the entries that the structure admits in some rows, columns rising.
  ///
  /// A product that was left as it is has none; see ``isLazy``.
  func forEachEntry(
    inRows range: Range<Int>, _ body: (_ row: Int, _ column: Int, _ value: Double) -> Void
  ) {
    switch kind {
    case .identity: for row in range { body(row, row, 1) }
    case .scaled(let factor): for row in range { body(row, row, factor.tensor[0]) }
    case .diagonal(let factors): for row in range { body(row, row, factors.tensor[row]) }
    case .selection(let selection):
      let offsets = selection.offsets
      for row in range { body(row, offsets[row], 1) }
    case .placement:
      guard let matrix = sparseMatrix else { return }
      with(.sparse(matrix)).forEachEntry(inRows: range, body)
    case .rankOneUpdate(let update):
      for row in range { update.forEachEntry(inRow: row) { body(row, $0, $1) } }
    case .kronecker(let factors):
      for row in range {
        LinearMap.forEachEntry(of: factors, rows.count, inRow: row) { body(row, $0, $1) }
      }
    case .blocks(let blocks):
      let height = blocks.shape[1]
      let width = blocks.shape[2]
      for row in range {
        let block = row / height
        for k in 0..<width { body(row, block * width + k, blocks[row * width + k]) }
      }
    case .banded(let band):
      for row in range {
        for diagonal in band.diagonals where diagonal.rows.contains(row) {
          body(row, row + diagonal.offset, diagonal[row])
        }
      }
    case .sparse(let matrix):
      for row in range {
        for place in matrix.range(row) {
          body(row, Int(matrix.columnIndices[place]), matrix.values[place])
        }
      }
    case .dense(let matrix):
      let width = columns.count
      for row in range {
        for column in 0..<width { body(row, column, matrix.tensor[row * width + column]) }
      }
    default: break
    }
  }

  /// A row of a Kronecker product: each factor's row, multiplied out.
  private static func forEachEntry(
    of factors: [KroneckerFactor], _ rows: Int, inRow row: Int,
    _ body: (_ column: Int, _ value: Double) -> Void
  ) {
    var entries: [(column: Int, value: Double)] = [(0, 1)]
    var rest = row
    var stride = rows
    for factor in factors {
      stride /= factor.rows
      let digit = rest / stride
      rest %= stride
      switch factor {
      case .identity(let size):
        for index in entries.indices {
          entries[index].column = entries[index].column * size + digit
        }
      case .matrix(let matrix):
        let width = matrix.shape[1]
        entries = entries.flatMap { entry in
          (0..<width).map { k in
            (entry.column * width + k, entry.value * matrix[digit * width + k])
          }
        }
      }
    }
    for entry in entries { body(entry.column, entry.value) }
  }

  /// The entries by rows, where they are at most ``largest``.
  var sparseMatrix: SparseMatrix? {
    if case .sparse(let matrix) = kind { return matrix }
    if case .banded(let band) = kind { return SparseMatrix(band) }
    let count = nnz
    guard !isLazy, count <= LinearMap.largest else { return nil }
    if case .selection(let selection) = kind {
      return SparseMatrix(
        rows: rows.count, columns: columns.count, rowStarts: Array(0...rows.count),
        columnIndices: selection.offsets.map { Int32($0) },
        values: [Double](repeating: 1, count: rows.count))
    }
    if case .placement(let selection) = kind {
      return SparseMatrix(
        rows: columns.count, columns: rows.count, rowStarts: Array(0...columns.count),
        columnIndices: selection.offsets.map { Int32($0) },
        values: [Double](repeating: 1, count: columns.count)
      ).transposed
    }
    var starts = [Int](repeating: 0, count: rows.count + 1)
    var indices: [Int32] = []
    indices.reserveCapacity(count)
    var values: [Double] = []
    values.reserveCapacity(count)
    forEachEntry(inRows: 0..<rows.count) { row, column, value in
      indices.append(Int32(column))
      values.append(value)
      starts[row + 1] = values.count
    }
    // Rows without entries end where the row before ends.
    for row in 0..<rows.count where starts[row + 1] < starts[row] { starts[row + 1] = starts[row] }
    return SparseMatrix(
      rows: rows.count, columns: columns.count, rowStarts: starts, columnIndices: indices,
      values: values)
  }

  /// At most about `limit` entries, from rows evenly spread: enough for a picture.
  public func entries(limit: Int = .max) -> [Entry] {
    let map = normalized
    guard !map.isLazy, limit > 0 else { return [] }
    let count = map.nnz
    var result: [Entry] = []
    let step = count <= limit ? 1 : (count + limit - 1) / limit
    if case .placement = map.kind, let matrix = map.sparseMatrix {
      return with(.sparse(matrix)).entries(limit: limit)
    }
    if step == 1 {
      map.forEachEntry(inRows: 0..<rows.count) {
        result.append(Entry(row: $0, column: $1, value: $2))
      }
      return result
    }
    // Every so many rows, and of long rows every so many entries.
    let perRow = max(1, count / max(rows.count, 1))
    let columnStep = min(
      step, max(1, perRow * rows.count / max(limit, 1) / max(rows.count / 512, 1)))
    let rowStep = max(1, step / columnStep)
    if case .selection(let selection) = map.kind {
      let offsets = selection.offsets
      for row in stride(from: 0, to: rows.count, by: rowStep) {
        result.append(Entry(row: row, column: offsets[row], value: 1))
      }
      return result
    }
    for row in stride(from: 0, to: rows.count, by: rowStep) {
      var place = 0
      map.forEachEntry(inRows: row..<row + 1) { row, column, value in
        if place % columnStep == 0 { result.append(Entry(row: row, column: column, value: value)) }
        place += 1
      }
    }
    return result
  }

  /// The entry in a row and a column, both in range; 0 where the structure has none.
  public subscript(row: Int, column: Int) -> Double {
    var found = 0.0
    normalized.forEachEntry(inRows: row..<row + 1) { _, other, value in
      if other == column { found = value }
    }
    return found
  }

  /// The matrix with all its zeros, of shape `(rows.count, columns.count)`.
  ///
  /// Throws: MemoryError where it has more bytes than `limit`.
  public func dense(limit: Int = 64 << 20) throws(GateError) -> Tensor {
    let map = normalized
    let (height, width) = (rows.count, columns.count)
    // Shapes are below 2^31 entries each: the count cannot overflow, the bytes could.
    guard height * width <= limit / 8 else {
      let bytes = Bytes.text(8 * Double(height) * Double(width))
      throw GateError(
        .memory,
        "the dense Jacobian of shape (\(height), \(width)) takes \(bytes), more than the limit of"
          + " \(Bytes.text(Double(limit)))",
        hint: "its structure, \(structure.rawValue), takes \(Bytes.text(Double(nbytes)));"
          + " .dense(limit=bytes) lifts the limit")
    }
    if case .dense(let matrix) = map.kind { return matrix.tensor }
    if map.isLazy {
      // Column by column, by applying the map to each basis vector at once.
      let identity = Tensor(shape: Shape(width, width)) { entries in
        entries.initialize(repeating: 0)
        for k in 0..<width { entries[k * width + k] = 1 }
      }
      return try map.applied(to: identity, width: width).reshaped(Shape(height, width))
    }
    return Tensor(shape: Shape(height, width)) { entries in
      entries.initialize(repeating: 0)
      map.forEachEntry(inRows: 0..<height) { entries[$0 * width + $1] += $2 }
    }
  }
}

/// Sizes of memory as people read them.
enum Bytes {
  static func text(_ bytes: Double) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var size = bytes
    var unit = 0
    while size >= 1024, unit < units.count - 1 {
      size /= 1024
      unit += 1
    }
    let rounded = (size * 10).rounded() / 10
    let number = rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    return "\(number) \(units[unit])"
  }
}

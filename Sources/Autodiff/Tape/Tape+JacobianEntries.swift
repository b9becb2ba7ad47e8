// Entries of Jacobians as values: numbers where the map is of numbers, recorded where it is recorded,
// so that they can be differentiated again.

extension Tape {
  /// A row, flat, without the others; recorded, by one pass back, where the map is.
  public mutating func row(_ map: LinearMap, _ row: Int) throws(GateError) -> Traced {
    guard isRecorded(map) || map.isUnknown else { return Traced(constant: try map.row(row)) }
    let upstream = Tensor.basis(map.rows, row)
    let line = try map.applyTransposed(Traced(constant: upstream), on: &self)
    return try reshape(line, Shape(line.shape.count))
  }

  /// A column, flat; recorded, by one pass forward, where the map is.
  public mutating func column(_ map: LinearMap, _ column: Int) throws(GateError) -> Traced {
    guard isRecorded(map) || map.isUnknown else {
      return Traced(constant: try map.transposed.row(column))
    }
    let tangent = Tensor.basis(map.columns, column)
    do throws(GateError) {
      let line = try map.apply(Traced(constant: tangent), on: &self)
      return try reshape(line, Shape(line.shape.count))
    } catch {
      // No tangent goes through a user's gate; its numbers are known.
      guard error.kind == .gradient, !map.isUnknown else { throw error }
      return Traced(constant: try map.transposed.row(column))
    }
  }

  /// An entry, as a number; recorded where the map is.
  public mutating func entry(
    _ map: LinearMap, row: Int, column: Int
  ) throws(GateError) -> Traced {
    guard isRecorded(map) || map.isUnknown else {
      return Traced(constant: map[row, column])
    }
    let line = try self.row(map, row)
    let place = Selection(
      source: line.shape, result: .scalar, places: .strided(start: column, steps: []))
    return try LinearMap.selection(place).apply(line, on: &self)
  }

  private func isRecorded(_ map: LinearMap) -> Bool {
    isRecording && map.nodes.contains { $0.isTracked }
  }

  /// A Jacobian with all its zeros; recorded where the map is, by one pass for each row or column.
  public mutating func dense(
    _ map: LinearMap, limit: Int = 64 << 20
  ) throws(GateError) -> Traced {
    guard isRecorded(map) else { return Traced(constant: try map.dense(limit: limit)) }
    // The numeric form says whether the limit is met, before any pass runs.
    let (height, width) = (map.rows.count, map.columns.count)
    guard height * width <= limit / 8 else { return Traced(constant: try map.dense(limit: limit)) }
    var sum: Traced?
    let byRows = height <= width
    for index in 0..<min(height, width) {
      try interruption.check()
      let flat = try byRows ? row(map, index) : column(map, index)
      let place = Selection(
        source: Shape(height, width), result: flat.shape,
        places: byRows
          ? .strided(start: index * width, steps: [1])
          : .strided(start: index, steps: [width]))
      let placed = try LinearMap.placement(place).apply(flat, on: &self)
      if let before = sum { sum = try add(before, placed) } else { sum = placed }
    }
    return sum ?? Traced(constant: Tensor(repeating: 0, shape: Shape(height, width)))
  }
}

extension LinearMap {
  /// Whether it stands for a history whose entries were too many to work out.
  fileprivate var isUnknown: Bool { normalized.isLazy }

  /// A row as numbers, flat.
  func row(_ row: Int) throws(GateError) -> Tensor {
    let map = normalized
    if map.isLazy {
      let line = try map.appliedTransposed(to: .basis(Shape(rows.count), row), width: 1)
      return line.reshaped(Shape(columns.count))
    }
    return Tensor(shape: Shape(columns.count)) { entries in
      entries.initialize(repeating: 0)
      map.forEachEntry(inRows: row..<row + 1) { entries[$1] += $2 }
    }
  }
}

extension Tensor {
  /// 1 at one place and 0 elsewhere.
  fileprivate static func basis(_ shape: Shape, _ place: Int) -> Tensor {
    Tensor(shape: shape) { entries in
      entries.initialize(repeating: 0)
      entries[place] = 1
    }
  }
}

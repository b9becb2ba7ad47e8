/// Turns the bytes of entries into float64, and back.
enum Entries {
  /// Reads entries of a type into `target`, in the order in which they come.
  ///
  /// Throws: bytes that do not come, an integer that float64 does not have.
  static func read(
    _ type: ElementType, isBigEndian: Bool, from source: some ByteSource,
    into target: UnsafeMutableBufferPointer<Double>, _ what: String
  ) throws(FileError) {
    if type == .float64 {
      try source.fill(UnsafeMutableRawBufferPointer(target))
      if isBigEndian {
        for index in target.indices {
          target[index] = Double(bitPattern: target[index].bitPattern.byteSwapped)
        }
      }
      return
    }
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
    defer { scratch.deallocate() }
    var done = 0
    while done < target.count {
      let count = min(scratch.count / type.size, target.count - done)
      let part = UnsafeMutableRawBufferPointer(rebasing: scratch[..<(count * type.size)])
      try source.fill(part)
      let numbers = UnsafeMutableBufferPointer(rebasing: target[done..<(done + count)])
      if let odd = decode(type, isBigEndian, UnsafeRawBufferPointer(part), numbers) {
        throw FileError(
          .value,
          "entry \(done + odd.place) of \(what) is \(odd.text), which float64 does not have",
          hint: "float64 has every integer up to 2**53 = 9007199254740992")
      }
      done += count
    }
  }

  /// An integer that float64 does not have.
  private struct Odd {
    let place: Int
    let text: String
  }

  /// Decodes as many entries as `target` has; gives the first that float64 does not have.
  private static func decode(
    _ type: ElementType, _ isBigEndian: Bool, _ bytes: UnsafeRawBufferPointer,
    _ target: UnsafeMutableBufferPointer<Double>
  ) -> Odd? {
    func each<T: FixedWidthInteger>(_: T.Type, _ number: (T) -> Double) {
      for index in target.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)
        target[index] = number(isBigEndian ? T(bigEndian: raw) : T(littleEndian: raw))
      }
    }
    func wide<T: FixedWidthInteger>(_: T.Type) -> Odd? {
      var largest: T.Magnitude = 0
      each(T.self) {
        largest = max(largest, $0.magnitude)
        return Double($0)
      }
      guard largest > T.Magnitude(ElementType.exactLimit) else { return nil }
      for index in target.indices {
        let raw = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self)
        let value = isBigEndian ? T(bigEndian: raw) : T(littleEndian: raw)
        if T(exactly: target[index]) != value { return Odd(place: index, text: "\(value)") }
      }
      return nil
    }
    switch type {
    case .bool: each(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .int8: each(Int8.self) { Double($0) }
    case .uint8: each(UInt8.self) { Double($0) }
    case .int16: each(Int16.self) { Double($0) }
    case .uint16: each(UInt16.self) { Double($0) }
    case .int32: each(Int32.self) { Double($0) }
    case .uint32: each(UInt32.self) { Double($0) }
    case .int64: return wide(Int64.self)
    case .uint64: return wide(UInt64.self)
    case .float16: each(UInt16.self) { Double(Float16(bitPattern: $0)) }
    case .float32: each(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float64: each(UInt64.self) { Double(bitPattern: $0) }
    }
    return nil
  }

  /// Entries in the order of columns as entries in the order of rows; `shape` is that of the result.
  static func transpose(
    _ source: UnsafeBufferPointer<Double>, into target: UnsafeMutableBufferPointer<Double>,
    lengths: [Int]
  ) {
    guard lengths.count > 1, !lengths.contains(0) else {
      _ = target.update(from: source)
      return
    }
    let rows = lengths[0]
    let columns = lengths[lengths.count - 1]
    let middle = Array(lengths[1..<(lengths.count - 1)])
    let middleCount = middle.reduce(1, *)
    // The steps of the first axis in the target and of the last in the source.
    let rowStep = middleCount * columns
    let columnStep = rows * middleCount
    var place = [Int](repeating: 0, count: middle.count)
    let tile = 32
    for offset in 0..<middleCount {
      // The middle axes run in rows in the target and in columns in the source.
      var sourceOffset = 0
      for axis in middle.indices.reversed() {
        sourceOffset = sourceOffset * middle[axis] + place[axis]
      }
      for top in stride(from: 0, to: rows, by: tile) {
        for left in stride(from: 0, to: columns, by: tile) {
          for row in top..<min(top + tile, rows) {
            for column in left..<min(left + tile, columns) {
              target[row * rowStep + offset * columns + column] =
                source[row + sourceOffset * rows + column * columnStep]
            }
          }
        }
      }
      for axis in middle.indices.reversed() {
        place[axis] += 1
        if place[axis] < middle[axis] { break }
        place[axis] = 0
      }
    }
  }
}

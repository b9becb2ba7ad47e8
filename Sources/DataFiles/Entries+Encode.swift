import Files

extension Entries {
  /// The first entry that a type does not have: a fraction or a number out of range for integers.
  ///
  /// Floats round to the nearest, as in NumPy.
  static func check(
    _ entries: UnsafeBufferPointer<Double>, fit type: ElementType, _ what: String
  ) throws(FileError) {
    func isExact<T: FixedWidthInteger>(_: T.Type) -> (Double) -> Bool { { T(exactly: $0) != nil } }
    let fits: (Double) -> Bool
    switch type {
    case .bool, .float16, .float32, .float64: return
    case .int8: fits = isExact(Int8.self)
    case .uint8: fits = isExact(UInt8.self)
    case .int16: fits = isExact(Int16.self)
    case .uint16: fits = isExact(UInt16.self)
    case .int32: fits = isExact(Int32.self)
    case .uint32: fits = isExact(UInt32.self)
    case .int64: fits = isExact(Int64.self)
    case .uint64: fits = isExact(UInt64.self)
    }
    for index in entries.indices where !fits(entries[index]) {
      throw FileError(
        .value,
        "entry \(index) of \(what) is \(entries[index]), which \(type.rawValue) does not have")
    }
  }

  /// Gives the little-endian bytes of all entries, in parts; they must fit the type.
  static func write(
    _ entries: UnsafeBufferPointer<Double>, as type: ElementType, _ bounds: Bounds,
    to put: (UnsafeRawBufferPointer) throws(DiskFile.Failure) -> Void
  ) throws(DiskFile.Failure) {
    let step = stepBytes / 8
    var scratch: UnsafeMutableRawBufferPointer?
    defer { scratch?.deallocate() }
    for start in stride(from: 0, to: entries.count, by: step) {
      if bounds.isInterrupted { return }
      let part = UnsafeBufferPointer(rebasing: entries[start..<min(start + step, entries.count)])
      // The machines that this runs on keep numbers little-endian.
      if type == .float64 {
        try put(UnsafeRawBufferPointer(part))
        continue
      }
      let buffer = scratch ?? .allocate(byteCount: step * type.size, alignment: 16)
      scratch = buffer
      encode(part, type, buffer)
      try put(UnsafeRawBufferPointer(rebasing: buffer[..<(part.count * type.size)]))
    }
  }

  private static func encode(
    _ entries: UnsafeBufferPointer<Double>, _ type: ElementType,
    _ bytes: UnsafeMutableRawBufferPointer
  ) {
    func each<T: FixedWidthInteger>(_ number: (Double) -> T) {
      for index in entries.indices {
        bytes.storeBytes(
          of: number(entries[index]).littleEndian, toByteOffset: index * MemoryLayout<T>.size,
          as: T.self)
      }
    }
    switch type {
    case .bool: each { $0 == 0 ? UInt8(0) : 1 }
    case .int8: each { Int8($0) }
    case .uint8: each { UInt8($0) }
    case .int16: each { Int16($0) }
    case .uint16: each { UInt16($0) }
    case .int32: each { Int32($0) }
    case .uint32: each { UInt32($0) }
    case .int64: each { Int64($0) }
    case .uint64: each { UInt64($0) }
    case .float16: each { Float16($0).bitPattern }
    case .float32: each { Float($0).bitPattern }
    case .float64: each { $0.bitPattern }
    }
  }
}

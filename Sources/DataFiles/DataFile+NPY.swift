import Autodiff
import Files

extension DataFile {
  /// The tensor of an npy file; booleans are a mask.
  ///
  /// Throws: files that are missing, damaged or short, and entries that are no real numbers.
  public func loadNPY(_ bounds: Bounds) throws(FileError) -> Tensor {
    try NPY.read(from: FileBytes(open(), self, bounds), name, bounds)
  }

  /// Writes a tensor as an npy file; masks as booleans unless a type is given.
  public func saveNPY(
    _ tensor: Tensor, as type: ElementType?, _ bounds: Bounds
  ) throws(FileError) {
    let header = try NPY.header(of: tensor, as: type, name)
    try replace(
      { file throws(DiskFile.Failure) in
        try file.write(header.bytes)
        try NPY.write(tensor, as: header.type, bounds) { part throws(DiskFile.Failure) in
          try file.write(part)
        }
      }, bounds)
  }
}

/// The format that `numpy.save` writes.
enum NPY {
  /// Reads a header and its entries; bytes may follow them.
  ///
  /// Memory is taken only when the bytes for all entries are there.
  static func read(
    from source: some ByteSource, _ what: String, _ bounds: Bounds
  ) throws(FileError) -> Tensor {
    let header = try NPYHeader.read(from: source, what)
    let shape = header.shape
    guard header.entryBytes <= source.remaining else {
      throw FileError(
        .value,
        "\(what) ends early: \(header.type.rawValue) entries of shape \(shape) take"
          + " \(header.entryBytes) bytes, and \(source.remaining) follow its header")
    }
    try bounds.admit(shape.count * MemoryLayout<Double>.stride, what)
    let buffer = Buffer(count: shape.count)
    let entries = UnsafeMutableBufferPointer(start: buffer.pointer, count: shape.count)
    try Entries.read(
      header.type, isBigEndian: header.isBigEndian, from: source, into: entries, what)
    let isMask = header.type == .bool
    guard header.isFortranOrder, shape.rank > 1 else {
      return Tensor(shape: shape, buffer: buffer, isMask: isMask)
    }
    return Tensor(shape: shape, isMask: isMask) { target in
      Entries.transpose(UnsafeBufferPointer(entries), into: target, lengths: shape.dimensions)
      withExtendedLifetime(buffer) {}
    }
  }

  /// The header for a tensor; throws where an entry does not fit the type that is asked for.
  static func header(
    of tensor: Tensor, as type: ElementType?, _ what: String
  ) throws(FileError) -> NPYHeader {
    let type = type ?? (tensor.isMask ? .bool : .float64)
    try tensor.withEntries { entries throws(FileError) in
      try Entries.check(entries, fit: type, what)
    }
    return NPYHeader(type: type, shape: tensor.shape)
  }

  /// Gives the bytes of the entries, in parts.
  static func write(
    _ tensor: Tensor, as type: ElementType, _ bounds: Bounds,
    to put: (UnsafeRawBufferPointer) throws(DiskFile.Failure) -> Void
  ) throws(DiskFile.Failure) {
    try tensor.withEntries { entries throws(DiskFile.Failure) in
      try Entries.write(entries, as: type, bounds, to: put)
    }
  }
}

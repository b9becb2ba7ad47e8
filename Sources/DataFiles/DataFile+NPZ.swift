import Autodiff
import Files

extension DataFile {
  /// Writes tensors as the arrays of an npz file, stored as they are or deflated.
  public func saveNPZ(
    _ tensors: [(name: String, tensor: Tensor)], isCompressed: Bool, _ bounds: Bounds
  ) throws(FileError) {
    try saveNPZ(tensors, isCompressed: isCompressed, wideLimit: Int(UInt32.max), bounds)
  }

  /// Tests set `wideLimit` low, to write small archives in the form of large ones.
  func saveNPZ(
    _ tensors: [(name: String, tensor: Tensor)], isCompressed: Bool, wideLimit: Int,
    _ bounds: Bounds
  ) throws(FileError) {
    var headers: [NPYHeader] = []
    for (name, tensor) in tensors {
      guard name.utf8.count <= Int(UInt16.max) - 4, !name.contains("\0") else {
        throw FileError(.value, "a name in \(self.name) is too long or has a zero byte")
      }
      headers.append(try NPY.header(of: tensor, as: nil, name))
    }
    try replace(
      { file throws(DiskFile.Failure) in
        let archive = ZipWriter(file, isCompressed: isCompressed, wideLimit: wideLimit)
        for ((name, tensor), header) in zip(tensors, headers) {
          let start = header.bytes
          try archive.add("\(name).npy", size: start.count + header.entryBytes) {
            put throws(DiskFile.Failure) in
            try start.withUnsafeBufferPointer { part throws(DiskFile.Failure) in
              try put(UnsafeRawBufferPointer(part))
            }
            try NPY.write(tensor, as: header.type, bounds, to: put)
          }
        }
        try archive.finish()
      }, bounds)
  }
}

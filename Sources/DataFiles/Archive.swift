import Autodiff
import CZlib
import Files

/// An npz file: a zip archive of npy files, each read when it is asked for.
public final class Archive {
  private let file: OpenFile
  private let owner: DataFile
  private let entries: [String: ZipDirectory.Entry]
  /// The names of the arrays, in the file's order and without `.npy`.
  public let names: [String]

  /// Opens the archive and reads its list of members.
  public init(_ owner: DataFile, _ bounds: Bounds) throws(FileError) {
    self.owner = owner
    file = try owner.open()
    var names: [String] = []
    var entries: [String: ZipDirectory.Entry] = [:]
    for entry in try ZipDirectory(file, owner, bounds).entries where !entry.name.hasSuffix("/") {
      let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      if entries.updateValue(entry, forKey: name) == nil { names.append(name) }
    }
    self.names = names
    self.entries = entries
  }

  /// The array of a name; nil where the archive has none of it.
  ///
  /// Throws: a damaged member, entries that are no real numbers, packing other than deflate.
  public func tensor(_ name: String, _ bounds: Bounds) throws(FileError) -> Tensor? {
    guard let entry = entries[name] else { return nil }
    let what = "'\(name)' of \(owner.name)"
    let packed = try packedBytes(entry, what, bounds)
    switch entry.method {
    case ZipFormat.stored:
      guard entry.size == entry.packedSize else {
        throw FileError(.value, "\(what) is damaged: it has two sizes")
      }
      return try checked(packed, entry, what, bounds) { () throws(FileError) in }
    case ZipFormat.deflated:
      let inflated = InflatedBytes(packed, count: entry.size, what, bounds)
      return try checked(inflated, entry, what, bounds) { () throws(FileError) in
        try inflated.finish()
      }
    default:
      throw FileError(
        .value, "\(what) is packed by method \(entry.method), and only deflate is known",
        hint: "np.savez and np.savez_compressed write what can be read")
    }
  }

  /// Reads a member and compares its checksum.
  private func checked(
    _ source: some ByteSource, _ entry: ZipDirectory.Entry, _ what: String, _ bounds: Bounds,
    finish: () throws(FileError) -> Void
  ) throws(FileError) -> Tensor {
    let bytes = CheckedBytes(source)
    let tensor = try NPY.read(from: bytes, what, bounds)
    guard bytes.remaining == 0 else {
      throw FileError(.value, "\(what) has \(bytes.remaining) bytes more than its header says")
    }
    try finish()
    guard bytes.checksum == entry.checksum else {
      throw FileError(.value, "\(what) is damaged: its checksum is not the one in the archive")
    }
    return tensor
  }

  /// The bytes of a member as they are packed, behind its local header.
  private func packedBytes(
    _ entry: ZipDirectory.Entry, _ what: String, _ bounds: Bounds
  ) throws(FileError) -> FileBytes {
    guard !entry.isEncrypted else { throw FileError(.value, "\(what) is encrypted") }
    let size = ZipFormat.localHeaderSize
    let damaged = FileError(.value, "\(what) is damaged: it is not where its archive says")
    guard entry.offset <= file.size - size else { throw damaged }
    let header = try FileBytes(file, owner, bounds, at: entry.offset, count: size).next(size)
    guard header.number(UInt32.self, at: 0) == ZipFormat.localHeader,
      let name = header.number(UInt16.self, at: 26), let extra = header.number(UInt16.self, at: 28)
    else { throw damaged }
    let start = entry.offset + size + Int(name) + Int(extra)
    guard start <= file.size - entry.packedSize else { throw damaged }
    return FileBytes(file, owner, bounds, at: start, count: entry.packedSize)
  }
}

/// Bytes of another source, with the checksum of those that were read.
private final class CheckedBytes<Source: ByteSource>: ByteSource {
  private let source: Source
  private(set) var checksum: UInt32 = 0
  var remaining: Int { source.remaining }

  init(_ source: Source) { self.source = source }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    var done = 0
    // In parts that are still in the cache when they are looked at again.
    while done < buffer.count {
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[done..<min(done + 1 << 18, buffer.count)])
      try source.fill(part)
      checksum = Checksum.of(UnsafeRawBufferPointer(part), after: checksum)
      done += part.count
    }
  }
}

/// The checksum of the zip format.
enum Checksum {
  /// The CRC-32 of bytes that follow those with the given one.
  static func of(_ bytes: UnsafeRawBufferPointer, after checksum: UInt32 = 0) -> UInt32 {
    UInt32(
      truncatingIfNeeded: crc32_z(
        UInt(checksum), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}

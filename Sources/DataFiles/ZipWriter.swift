import CZlib
import Files

/// Writes a zip archive into a file, one member after the other.
///
/// Like NumPy's, members have no time of their own, so equal tensors make equal files.
final class ZipWriter {
  private let file: Replacement
  private let isCompressed: Bool
  /// Sizes and offsets from here on are written in eight bytes.
  private let wideLimit: Int
  private var directory: [UInt8] = []
  private var count = 0

  init(_ file: Replacement, isCompressed: Bool, wideLimit: Int = Int(UInt32.max)) {
    self.file = file
    self.isCompressed = isCompressed
    self.wideLimit = wideLimit
  }

  private struct Member {
    var name: [UInt8]
    var method: UInt16
    var checksum: UInt32 = 0
    var packedSize = 0
    var size = 0
    var offset: Int
  }

  /// Adds a member; `write` gives its bytes in parts, at most `size` in all.
  func add(
    _ name: String, size: Int,
    _ write: ((UnsafeRawBufferPointer) throws(DiskFile.Failure) -> Void)
      throws(DiskFile.Failure) -> Void
  ) throws(DiskFile.Failure) {
    var member = Member(
      name: Array(name.utf8), method: isCompressed ? ZipFormat.deflated : ZipFormat.stored,
      offset: file.count)
    // Room for wide sizes where they may be needed; deflate may add a little.
    let isWide = size + size / 512 + 1024 >= wideLimit
    try file.write(local(member, isWide: isWide))
    let start = file.count
    let deflater = isCompressed ? Deflater() : nil
    try write { part throws(DiskFile.Failure) in
      member.checksum = Checksum.of(part, after: member.checksum)
      member.size += part.count
      if let deflater {
        try deflater.write(part, to: file)
      } else {
        try file.write(part)
      }
    }
    try deflater?.finish(to: file)
    member.packedSize = file.count - start
    try file.write(local(member, isWide: isWide), at: member.offset)
    directory += entry(member)
    count += 1
  }

  /// Writes the list of the members.
  func finish() throws(DiskFile.Failure) {
    let offset = file.count
    try file.write(directory)
    var end: [UInt8] = []
    if offset >= wideLimit || count >= Int(UInt16.max) || directory.count >= wideLimit {
      end.append(number: ZipFormat.wideDirectoryEnd)
      end.append(number: UInt64(ZipFormat.wideDirectoryEndSize - 12))
      for version in [45, 45] as [UInt16] { end.append(number: version) }
      for disk in [0, 0] as [UInt32] { end.append(number: disk) }
      for value in [count, count, directory.count, offset] { end.append(number: UInt64(value)) }
      end.append(number: ZipFormat.wideDirectoryLocator)
      end.append(number: UInt32(0))
      end.append(number: UInt64(offset + directory.count))
      end.append(number: UInt32(1))
    }
    end.append(number: ZipFormat.directoryEnd)
    for disk in [0, 0] as [UInt16] { end.append(number: disk) }
    for value in [count, count] { end.append(number: UInt16(clamping: value)) }
    for value in [directory.count, offset] { end.append(number: narrow(value)) }
    end.append(number: UInt16(0))
    try file.write(end)
  }

  /// The value in four bytes, or the mark that it stands in eight elsewhere.
  private func narrow(_ value: Int) -> UInt32 { value >= wideLimit ? .max : UInt32(value) }

  /// What both headers of a member have in common, from the needed version to the checksum.
  private func common(_ member: Member, isWide: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: UInt16(isWide ? 45 : 20))
    // Names are UTF-8.
    bytes.append(number: UInt16(1 << 11))
    bytes.append(number: member.method)
    // Midnight of the first day of 1980, where the format's time begins.
    bytes.append(number: UInt16(0))
    bytes.append(number: UInt16(0x21))
    bytes.append(number: member.checksum)
    return bytes
  }

  private func local(_ member: Member, isWide: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: ZipFormat.localHeader)
    bytes += common(member, isWide: isWide)
    for size in [member.packedSize, member.size] {
      bytes.append(number: isWide ? .max : UInt32(size))
    }
    bytes.append(number: UInt16(member.name.count))
    bytes.append(number: UInt16(isWide ? 20 : 0))
    bytes += member.name
    if isWide { bytes += wideField([member.size, member.packedSize]) }
    return bytes
  }

  private func entry(_ member: Member) -> [UInt8] {
    let wide = [member.size, member.packedSize, member.offset].filter { $0 >= wideLimit }
    var bytes: [UInt8] = []
    bytes.append(number: ZipFormat.directoryEntry)
    // Made by a Unix system, which says what the permissions below mean.
    bytes.append(number: UInt16(3 << 8 | 45))
    bytes += common(member, isWide: !wide.isEmpty)
    for size in [member.packedSize, member.size] { bytes.append(number: narrow(size)) }
    bytes.append(number: UInt16(member.name.count))
    bytes.append(number: UInt16(wide.isEmpty ? 0 : 4 + 8 * wide.count))
    // No comment, the first disk, no internal attributes.
    for value in [0, 0, 0] as [UInt16] { bytes.append(number: value) }
    bytes.append(number: UInt32(0o600 << 16))
    bytes.append(number: narrow(member.offset))
    bytes += member.name
    if !wide.isEmpty { bytes += wideField(wide) }
    return bytes
  }

  private func wideField(_ values: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: ZipFormat.wideField)
    bytes.append(number: UInt16(8 * values.count))
    for value in values { bytes.append(number: UInt64(value)) }
    return bytes
  }
}

/// Deflates bytes without zlib's header.
private final class Deflater {
  private let stream: UnsafeMutablePointer<z_stream>
  private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    deflateInit2_(
      stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  func write(
    _ bytes: UnsafeRawBufferPointer, to file: Replacement
  ) throws(DiskFile.Failure) {
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(bytes.count)
    try deflate(Z_NO_FLUSH, to: file)
  }

  func finish(to file: Replacement) throws(DiskFile.Failure) { try deflate(Z_FINISH, to: file) }

  /// Deflates what is there; the output is full as long as more waits.
  private func deflate(_ flush: Int32, to file: Replacement) throws(DiskFile.Failure) {
    repeat {
      stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      guard CZlib.deflate(stream, flush) != Z_STREAM_ERROR else { throw .outOfMemory }
      let count = output.count - Int(stream.pointee.avail_out)
      try file.write(UnsafeRawBufferPointer(rebasing: output[..<count]))
    } while stream.pointee.avail_out == 0
  }
}

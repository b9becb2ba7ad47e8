import Files

/// What a zip archive says it holds: the central directory at its end.
struct ZipDirectory {
  struct Entry {
    var name: String
    var method: UInt16
    var isEncrypted: Bool
    var checksum: UInt32
    var packedSize: Int
    var size: Int
    /// Where its local header is.
    var offset: Int
  }

  private(set) var entries: [Entry] = []

  /// Reads the directory of an archive, and checks that all that it names can be there.
  init(_ file: OpenFile, _ owner: DataFile, _ bounds: Bounds) throws(FileError) {
    let end = try ZipDirectory.end(file, owner, bounds)
    guard end.size <= 64 << 20 else {
      throw ZipDirectory.damaged(owner, "its list of \(end.size) bytes is too long")
    }
    let bytes = try FileBytes(file, owner, bounds, at: end.offset, count: end.size)
      .next(end.size)
    var place = 0
    var room = file.size
    while entries.count < end.entries {
      guard let entry = ZipDirectory.entry(bytes, at: &place) else {
        throw ZipDirectory.damaged(
          owner, "its list has \(entries.count) members of \(end.entries) that it should have")
      }
      let what = "member '\(entry.name)'"
      guard entry.packedSize <= room, entry.offset <= end.offset - entry.packedSize else {
        // Members that share bytes are how small archives pretend to be large.
        throw ZipDirectory.damaged(owner, "\(what) claims more bytes than there are")
      }
      room -= entry.packedSize
      let (most, overflow) = entry.packedSize.multipliedReportingOverflow(
        by: ZipFormat.largestRatio)
      guard entry.size == entry.packedSize || overflow || entry.size <= most + 64 else {
        throw ZipDirectory.damaged(owner, "\(what) claims to hold more than it can")
      }
      entries.append(entry)
    }
  }

  static func damaged(_ owner: DataFile, _ reason: String, hint: String? = nil) -> FileError {
    FileError(.value, "\(owner.name) is no npz file that can be read: \(reason)", hint: hint)
  }

  private struct End {
    var entries: Int
    var size: Int
    var offset: Int
  }

  /// Where the directory is, from the record at the end of the file, which a comment may follow.
  private static func end(
    _ file: OpenFile, _ owner: DataFile, _ bounds: Bounds
  ) throws(FileError) -> End {
    let length = min(file.size, ZipFormat.directoryEndSize + 0xFFFF)
    let start = file.size - length
    let tail = try FileBytes(file, owner, bounds, at: start).next(length)
    var place = tail.count - ZipFormat.directoryEndSize
    while place >= 0 {
      if tail.number(UInt32.self, at: place) == ZipFormat.directoryEnd,
        let comment = tail.number(UInt16.self, at: place + 20),
        place + ZipFormat.directoryEndSize + Int(comment) == tail.count
      {
        break
      }
      place -= 1
    }
    guard place >= 0 else {
      let isArchive = tail.count > 3 && (try? owner.prefix(2)) == [0x50, 0x4B]
      let isArray = (try? owner.prefix(6)) == NPYHeader.magic
      throw damaged(
        owner,
        isArchive
          ? "it ends early, before the list of its members"
          : isArray ? "it is an npy file" : "it is no zip archive",
        hint: isArray ? "load_npy reads npy files" : nil)
    }
    guard let entries = tail.number(UInt16.self, at: place + 10),
      let size = tail.number(UInt32.self, at: place + 12),
      let offset = tail.number(UInt32.self, at: place + 16)
    else { throw damaged(owner, "it ends early") }
    var end = End(entries: Int(entries), size: Int(size), offset: Int(offset))
    var limit = start + place
    if entries == .max || size == .max || offset == .max,
      let wide = try wideEnd(file, owner, bounds, before: limit)
    {
      end = wide.end
      limit = wide.limit
    }
    guard end.size >= 0, end.offset >= 0, end.size <= limit, end.offset <= limit - end.size,
      end.entries <= end.size / ZipFormat.directoryEntrySize
    else { throw damaged(owner, "the list of its members is not where it should be") }
    return end
  }

  /// The end record of archives with many or large members; nil where there is none.
  private static func wideEnd(
    _ file: OpenFile, _ owner: DataFile, _ bounds: Bounds, before limit: Int
  ) throws(FileError) -> (end: End, limit: Int)? {
    let size = ZipFormat.wideDirectoryLocatorSize
    guard limit >= size else { return nil }
    let locator = try FileBytes(file, owner, bounds, at: limit - size, count: size).next(size)
    guard locator.number(UInt32.self, at: 0) == ZipFormat.wideDirectoryLocator,
      let place = locator.number(UInt64.self, at: 8).flatMap({ Int(exactly: $0) }),
      place <= limit - size - ZipFormat.wideDirectoryEndSize
    else { return nil }
    let record = try FileBytes(
      file, owner, bounds, at: place, count: ZipFormat.wideDirectoryEndSize
    ).next(ZipFormat.wideDirectoryEndSize)
    guard record.number(UInt32.self, at: 0) == ZipFormat.wideDirectoryEnd,
      let entries = record.number(UInt64.self, at: 32).flatMap({ Int(exactly: $0) }),
      let size = record.number(UInt64.self, at: 40).flatMap({ Int(exactly: $0) }),
      let offset = record.number(UInt64.self, at: 48).flatMap({ Int(exactly: $0) })
    else { return nil }
    return (End(entries: entries, size: size, offset: offset), place)
  }

  /// The entry at a place, which moves behind it; nil where the bytes are none.
  private static func entry(_ bytes: [UInt8], at place: inout Int) -> Entry? {
    guard bytes.number(UInt32.self, at: place) == ZipFormat.directoryEntry,
      let flags = bytes.number(UInt16.self, at: place + 8),
      let method = bytes.number(UInt16.self, at: place + 10),
      let checksum = bytes.number(UInt32.self, at: place + 16),
      let packedSize = bytes.number(UInt32.self, at: place + 20),
      let size = bytes.number(UInt32.self, at: place + 24),
      let nameLength = bytes.number(UInt16.self, at: place + 28),
      let extraLength = bytes.number(UInt16.self, at: place + 30),
      let commentLength = bytes.number(UInt16.self, at: place + 32),
      let offset = bytes.number(UInt32.self, at: place + 42)
    else { return nil }
    let nameStart = place + ZipFormat.directoryEntrySize
    let extraStart = nameStart + Int(nameLength)
    let extraEnd = extraStart + Int(extraLength)
    guard extraEnd + Int(commentLength) <= bytes.count else { return nil }
    var wide = WideFields(bytes[extraStart..<extraEnd])
    // The order of the fields is that of the format.
    guard let size = wide.value(of: size), let packedSize = wide.value(of: packedSize),
      let offset = wide.value(of: offset)
    else { return nil }
    place = extraEnd + Int(commentLength)
    return Entry(
      name: String(decoding: bytes[nameStart..<extraStart], as: UTF8.self), method: method,
      isEncrypted: flags & 1 != 0, checksum: checksum, packedSize: packedSize, size: size,
      offset: offset)
  }
}

/// Values of eight bytes, which stand in an extra field for those that four bytes do not hold.
private struct WideFields {
  private var values: [UInt8] = []

  /// Finds them among the extra fields.
  init(_ extra: ArraySlice<UInt8>) {
    let extra = Array(extra)
    var place = 0
    while let id = extra.number(UInt16.self, at: place),
      let length = extra.number(UInt16.self, at: place + 2)
    {
      let end = min(place + 4 + Int(length), extra.count)
      if id == ZipFormat.wideField { values = Array(extra[(place + 4)..<end]) }
      place = end
    }
  }

  /// The value, or the next wide one where it has all bits set; nil where that is missing.
  mutating func value(of narrow: UInt32) -> Int? {
    guard narrow == .max else { return Int(narrow) }
    guard let wide = values.number(UInt64.self, at: 0) else { return nil }
    values.removeFirst(8)
    return Int(exactly: wide)
  }
}

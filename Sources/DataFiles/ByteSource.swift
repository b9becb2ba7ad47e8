import CZlib
import Files

/// Bytes that come one after the other, and whose number is known.
protocol ByteSource: AnyObject {
  var remaining: Int { get }
  /// Fills a buffer that is not longer than what remains. Throws where the bytes do not come.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError)
}

extension ByteSource {
  /// The next bytes; `count` must not be more than remain.
  func next(_ count: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { buffer throws(FileError) in
      try fill(UnsafeMutableRawBufferPointer(buffer))
    }
    return bytes
  }
}

/// How many bytes are read, inflated or written between two looks at the interruption.
let stepBytes = 4 << 20

/// Bytes of a file from an offset on.
final class FileBytes: ByteSource {
  private let file: OpenFile
  private let owner: DataFile
  private let bounds: Bounds
  private var offset: Int
  private(set) var remaining: Int

  /// The part of the file must lie inside of it.
  init(_ file: OpenFile, _ owner: DataFile, _ bounds: Bounds, at offset: Int = 0, count: Int? = nil)
  {
    self.file = file
    self.owner = owner
    self.bounds = bounds
    self.offset = offset
    remaining = count ?? (file.size - offset)
  }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    var done = 0
    while done < buffer.count {
      try bounds.check()
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[done..<min(done + stepBytes, buffer.count)])
      let count: Int
      do throws(DiskFile.Failure) {
        count = try file.read(into: part, at: offset)
      } catch { throw FileError(error, "read", owner) }
      guard count == part.count else {
        throw FileError(.value, "\(owner.name) became shorter while it was read")
      }
      offset += count
      done += count
      remaining -= count
    }
  }
}

/// Bytes that were deflated, without zlib's header, as zip keeps them.
final class InflatedBytes: ByteSource {
  private let source: FileBytes
  private let what: String
  private let bounds: Bounds
  private(set) var remaining: Int
  private let stream: UnsafeMutablePointer<z_stream>
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  /// `count` is the size that they claim to have; more or fewer are an error.
  init(_ source: FileBytes, count: Int, _ what: String, _ bounds: Bounds) {
    self.source = source
    self.what = what
    self.bounds = bounds
    remaining = count
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // Fails only for want of memory; `inflate` then refuses the empty state.
    inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(FileError) {
    var done = 0
    while done < buffer.count {
      try bounds.check()
      let part = UnsafeMutableRawBufferPointer(
        rebasing: buffer[done..<min(done + stepBytes, buffer.count)])
      let (count, status) = try inflate(into: part)
      done += count
      remaining -= count
      guard count == part.count || status == Z_OK else { throw ended(status) }
    }
  }

  /// Throws unless the compressed bytes end here as well.
  func finish() throws(FileError) {
    var extra: UInt8 = 0
    let (count, status) = try withUnsafeMutableBytes(of: &extra) { buffer throws(FileError) in
      try inflate(into: buffer)
    }
    guard count == 0, status == Z_STREAM_END else {
      if status != Z_OK, status != Z_STREAM_END { throw ended(status) }
      throw FileError(.value, "\(what) holds more bytes than its archive says")
    }
  }

  private func ended(_ status: Int32) -> FileError {
    status == Z_STREAM_END || status == Z_BUF_ERROR
      ? FileError(.value, "\(what) holds fewer bytes than its archive says")
      : FileError(.value, "\(what) is damaged: its compressed bytes cannot be read")
  }

  /// Inflates until the buffer is full, the stream ends or nothing more comes.
  private func inflate(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(FileError) -> (count: Int, status: Int32) {
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(buffer.count)
    var status = Z_OK
    while stream.pointee.avail_out > 0, status == Z_OK {
      if stream.pointee.avail_in == 0, source.remaining > 0 {
        let part = UnsafeMutableRawBufferPointer(
          rebasing: input[..<min(input.count, source.remaining)])
        try source.fill(part)
        stream.pointee.next_in = part.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(part.count)
      }
      status = CZlib.inflate(stream, Z_NO_FLUSH)
    }
    return (buffer.count - Int(stream.pointee.avail_out), status)
  }
}

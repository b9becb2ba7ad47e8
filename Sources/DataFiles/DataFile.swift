import Autodiff
import Files

/// A file of data: how the user calls it, and where it is.
public struct DataFile: Sendable {
  public let name: String
  public let path: String

  /// A name that does not begin with a slash is looked up from `folder`.
  public init(_ name: String, in folder: String) {
    self.name = name
    path = name.hasPrefix("/") || folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// Opens the file for reading; throws where it is missing, protected or no regular file.
  func open() throws(FileError) -> OpenFile {
    do throws(DiskFile.Failure) {
      return try OpenFile(path)
    } catch { throw FileError(error, "read", self) }
  }

  /// Writes new content: nobody sees it before all of it is on the disk.
  func replace(
    _ write: (Replacement) throws(DiskFile.Failure) -> Void, _ bounds: Bounds
  ) throws(FileError) {
    do throws(DiskFile.Failure) {
      let replacement = try Replacement(of: DiskFile(path))
      try write(replacement)
      // An interrupted writer ended early.
      if !bounds.isInterrupted { try replacement.commit() }
    } catch { throw FileError(error, "write", self) }
    try bounds.check()
  }

  /// The whole content.
  func bytes(_ bounds: Bounds) throws(FileError) -> [UInt8] {
    let source = FileBytes(try open(), self, bounds)
    try bounds.admit(source.remaining, name)
    return try source.next(source.remaining)
  }

  /// The first bytes, at most `count`.
  public func prefix(_ count: Int) throws(FileError) -> [UInt8] {
    let source = FileBytes(try open(), self, Bounds())
    return try source.next(min(count, source.remaining))
  }
}

/// What reading and writing keeps to.
public struct Bounds: Sendable {
  /// The most bytes that one tensor may take.
  public let memory: Int
  /// Set when the user asks to stop.
  public let interruption: Interruption?

  public init(memory: Int = 8 << 30, interruption: Interruption? = nil) {
    self.memory = memory
    self.interruption = interruption
  }

  var isInterrupted: Bool { interruption?.isRequested == true }

  func check() throws(FileError) {
    if let interruption, interruption.isRequested { throw FileError(interruption.answer()) }
  }

  /// Throws where so many bytes are more than may be had.
  func admit(_ bytes: Int, _ what: String) throws(FileError) {
    guard bytes <= memory else {
      throw FileError(
        .memory, "\(what) would take \(bytes) bytes, more than the limit of \(memory)")
    }
  }
}

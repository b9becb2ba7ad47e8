import Autodiff
import Files

#if canImport(Glibc)
  import Glibc
#endif

/// Why a data file could not be read or written.
public struct FileError: Error, Sendable, Equatable {
  public enum Kind: String, Sendable {
    case notFound = "FileNotFoundError"
    case permission = "PermissionError"
    case folder = "IsADirectoryError"
    case system = "OSError"
    case value = "ValueError"
    case shape = "ShapeError"
    case memory = "MemoryError"
    case interrupt = "KeyboardInterrupt"
  }

  public let kind: Kind
  public let message: String
  public let hint: String?

  public init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }

  /// How a file's work stops when the running cell is asked to.
  init(_ answer: GateError) {
    self.init(answer.kind == .memory ? .memory : .interrupt, answer.message, hint: answer.hint)
  }

  /// What the system said about a file; `action` is "read" or "write".
  init(_ failure: DiskFile.Failure, _ action: String, _ file: DataFile) {
    switch failure.code {
    case ENOENT where action == "read":
      self.init(.notFound, "there is no file \(file.name)")
    case ENOENT, ENOTDIR:
      self.init(
        .notFound, "cannot \(action) \(file.name): there is no folder \(DiskFile(file.name).folder)"
      )
    case EACCES, EPERM, EROFS:
      self.init(.permission, "cannot \(action) \(file.name): \(failure.cause)")
    case EISDIR: self.init(.folder, "cannot \(action) \(file.name): it is a folder")
    default: self.init(.system, "cannot \(action) \(file.name): \(failure.cause)")
    }
  }
}

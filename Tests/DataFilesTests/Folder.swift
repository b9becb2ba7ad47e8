import DataFiles
import Foundation

/// A folder of its own for one test, gone with it.
final class Folder {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appending(path: "nabla-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> DataFile { DataFile(name, in: path) }

  /// Puts a file there.
  func file(_ name: String, _ bytes: [UInt8]) throws -> DataFile {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    return file(name)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

extension FileError {
  /// The error that a body ends with; nil where it ends well.
  static func of(_ body: () throws -> Void) -> FileError? {
    do { try body() } catch { return error as? FileError }
    return nil
  }
}

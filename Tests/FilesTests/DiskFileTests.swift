import Files
import Foundation
import Testing

@Suite struct DiskFileTests {
  /// A folder of its own for one test.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("nabla-\(UUID().uuidString)").path
    try DiskFile.makeFolder("\(folder)/a/b")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test("a file is replaced whole, and nothing is left beside it", arguments: [0, 1, 5_000_000])
  func replace(size: Int) throws {
    try withFolder { folder in
      let file = DiskFile("\(folder)/x")
      try file.replace(with: [1, 2, 3])
      let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try file.replace(with: bytes)
      #expect(try file.read() == bytes)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "x"])
    }
  }

  @Test("permissions stay, and a link stays a link")
  func keeps() throws {
    try withFolder { folder in
      let file = DiskFile("\(folder)/a/x")
      try file.replace(with: [1])
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/link", withDestinationPath: "a/x")
      try DiskFile("\(folder)/link").replace(with: [2])
      #expect(try file.read() == [2])
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      #expect(attributes[.posixPermissions] as? Int == 0o640)
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link") == "a/x")
    }
  }

  @Test("failures name the path and the cause")
  func failures() throws {
    try withFolder { folder in
      let missing = try #require(throws: DiskFile.Failure.self) {
        try DiskFile("\(folder)/none").read()
      }
      #expect(missing.description == "\(folder)/none: No such file or directory")
      #expect(throws: DiskFile.Failure.self) { try DiskFile(folder).read() }
      #expect(throws: DiskFile.Failure.self) { try DiskFile("\(folder)/no/x").replace(with: []) }
      #expect(throws: DiskFile.Failure.self) { try DiskFile("\(folder)/a").replace(with: []) }
      try DiskFile("\(folder)/file").replace(with: [])
      #expect(throws: DiskFile.Failure.self) { try DiskFile.makeFolder("\(folder)/file/x") }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a", "file"])
    }
  }

  @Test("content that is not committed leaves no trace")
  func dropped() throws {
    try withFolder { folder in
      let file = DiskFile("\(folder)/x")
      try file.replace(with: [1])
      let replacement = try Replacement(of: file)
      try replacement.write([2, 3])
      // Without a name it cannot be left behind; not every file system has such files.
      let probe = open(folder, 0o20_000_000 | O_DIRECTORY | O_RDWR, 0o600)
      defer { if probe >= 0 { close(probe) } }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.count == (probe >= 0 ? 2 : 3))
      _ = consume replacement
      #expect(try file.read() == [1])
      #expect(DiskFile.names(inFolder: folder).sorted() == ["a", "x"])
    }
  }

  @Test("bytes are written over and read in parts")
  func parts() throws {
    try withFolder { folder in
      let replacement = try Replacement(of: DiskFile("\(folder)/x"))
      try replacement.write([1, 2, 3])
      try replacement.write([9], at: 1)
      try replacement.write([4])
      try replacement.commit()
      let file = try OpenFile("\(folder)/x")
      #expect(file.size == 4)
      var bytes = [UInt8](repeating: 0, count: 3)
      let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 1) }
      #expect(count == 3 && bytes == [9, 3, 4])
      #expect(try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 3) } == 1)
    }
  }

  @Test("a device keeps its name")
  func devices() throws {
    #expect(throws: DiskFile.Failure.self) { try DiskFile("/dev/null").replace(with: [1]) }
    #expect(throws: DiskFile.Failure.self) { try OpenFile("/dev/null") }
    #expect(throws: DiskFile.Failure.self) { try OpenFile("/dev") }
  }

  @Test("the folder and the name of a path")
  func pathParts() {
    #expect(DiskFile("/a/b.ipynb").folder == "/a")
    #expect(DiskFile("/b").folder == "/")
    #expect(DiskFile("b").folder == ".")
    #expect(DiskFile("/a/b.ipynb").name == "b.ipynb")
  }
}

import Foundation
import Files
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

  @Test("the folder and the name of a path")
  func parts() {
    #expect(DiskFile("/a/b.ipynb").folder == "/a")
    #expect(DiskFile("/b").folder == "/")
    #expect(DiskFile("b").folder == ".")
    #expect(DiskFile("/a/b.ipynb").name == "b.ipynb")
  }
}

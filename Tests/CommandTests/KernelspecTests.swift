import Files
import Foundation
import JSON
import JupyterProtocol
import Testing

@testable import nabla

@Suite struct KernelspecTests {
  /// A folder of its own for one test.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("nabla-\(UUID().uuidString)").path
    try DiskFile.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  @Test(
    "the user's folder is where Jupyter looks first",
    arguments: [
      (["JUPYTER_DATA_DIR": "/j", "XDG_DATA_HOME": "/x", "HOME": "/h"], "/j"),
      (["JUPYTER_DATA_DIR": "", "XDG_DATA_HOME": "/x", "HOME": "/h"], "/x/jupyter"),
    ] as [([String: String], String)])
  func userFolder(environment: [String: String], expected: String) throws {
    #expect(try KernelspecLocation.user { environment[$0] }.dataFolder == expected)
  }

  @Test("without any variable there is no folder, and the error says what to do")
  func noHome() throws {
    let failure = try #require(throws: CommandFailure.self) {
      try KernelspecLocation.user { _ in nil }
    }
    #expect(failure.description.contains("--prefix"))
    #expect(throws: CommandFailure.self) {
      try KernelspecLocation.activeEnvironment { _ in nil }
    }
    let active = try KernelspecLocation.activeEnvironment { $0 == "VIRTUAL_ENV" ? "/v" : nil }
    #expect(active.dataFolder == "/v/share/jupyter")
  }

  @Test(
    "names that Jupyter would not take are refused", arguments: ["", ".", "..", "a/b", "a b", "é"])
  func badNames(name: String) {
    #expect(throws: CommandFailure.self) {
      try KernelspecInstallation(name: name, in: .prefix("/p"))
    }
  }

  @Test(
    "the installed kernel has a copy of the binary and names it", arguments: ["nabla", "Next-1.0"])
  func install(name: String) throws {
    try withFolder { folder in
      let source = "\(folder)/source"
      try DiskFile(source).replace(with: Array("binary".utf8))
      let installation = try KernelspecInstallation(name: name, in: .prefix(folder))
      #expect(installation.folder == "\(folder)/share/jupyter/kernels/\(name.lowercased())")
      try installation.install(binary: source)
      #expect(try installation.binary.read() == Array("binary".utf8))
      #expect(FileManager.default.isExecutableFile(atPath: installation.binary.path))
      let bytes = try DiskFile("\(installation.folder)/kernel.json").read()
      let specification = try JSON.parse(bytes)
      #expect(
        specification["argv"]
          == [.string(installation.binary.path), "kernel", "-f", "{connection_file}"])
      #expect(
        specification["display_name"]?.string == (name == "nabla" ? "Nabla" : "Nabla (\(name))"))
      #expect(specification["language"] == "nabla")
      #expect(specification["interrupt_mode"] == "message")
      #expect(bytes.last == UInt8(ascii: "\n"))
    }
  }

  @Test("installing again replaces the binary under whoever runs it")
  func reinstall() throws {
    try withFolder { folder in
      let source = "\(folder)/source"
      let installation = try KernelspecInstallation(name: "nabla", in: .prefix(folder))
      try DiskFile(source).replace(with: [1])
      try installation.install(binary: source)
      let running = try #require(FileHandle(forReadingAtPath: installation.binary.path))
      try DiskFile(source).replace(with: [2])
      try installation.install(binary: source)
      try installation.install(binary: installation.binary.path)
      #expect(running.readDataToEndOfFile() == Data([1]))
      #expect(try installation.binary.read() == [2])
    }
  }

  @Test("uninstalling removes what was installed and nothing else")
  func uninstall() throws {
    try withFolder { folder in
      let source = "\(folder)/source"
      try DiskFile(source).replace(with: [1])
      let installation = try KernelspecInstallation(name: "nabla", in: .prefix(folder))
      #expect(throws: CommandFailure.self) { try installation.uninstall() }
      try installation.install(binary: source)
      try DiskFile("\(installation.folder)/kernel.js").replace(with: [])
      try installation.uninstall()
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: installation.folder) == ["kernel.js"])
      try FileManager.default.removeItem(atPath: "\(installation.folder)/kernel.js")
      try installation.install(binary: source)
      try installation.uninstall()
      #expect(!DiskFile(installation.folder).exists)
    }
  }

  @Test("the specification names the protocol that the kernel speaks")
  func protocolVersion() throws {
    let specification = try JSON(parsing: KernelspecFiles.specification)
    #expect(specification["kernel_protocol_version"]?.string == ProtocolVersion.current)
  }
}

import Foundation
import Testing

@testable import nabla

/// The binary carries the files of the folder `kernelspec`, since it is all that is sure to be there.
@Suite struct KernelspecFilesTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let source = root.appendingPathComponent(
    "Sources/nabla/Kernelspec/KernelspecFiles.swift")

  private static func bytes(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: root.appendingPathComponent("kernelspec/\(name)")))
  }

  @Test("the binary has the files of kernelspec; NABLA_RECORD=1 writes them anew")
  func embedded() throws {
    if ProcessInfo.processInfo.environment["NABLA_RECORD"] == "1" {
      try Self.record()
      Issue.record("recorded \(Self.source.lastPathComponent); run again without NABLA_RECORD")
      return
    }
    #expect(try Array(KernelspecFiles.specification.utf8) == Self.bytes("kernel.json"))
    #expect(try Array(KernelspecFiles.vectorLogo.utf8) == Self.bytes("logo-svg.svg"))
    #expect(try KernelspecFiles.smallLogo == Self.bytes("logo-32x32.png"))
    #expect(try KernelspecFiles.largeLogo == Self.bytes("logo-64x64.png"))
  }

  @Test("the logos are PNG images of their sizes", arguments: [32, 64])
  func sizes(side: Int) throws {
    let bytes = try Self.bytes("logo-\(side)x\(side).png")
    #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    #expect(bytes[16..<24] == [0, 0, 0, UInt8(side), 0, 0, 0, UInt8(side)])
  }

  private static func record() throws {
    func text(_ name: String) throws -> String {
      String(decoding: try bytes(name), as: UTF8.self)
        .split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "    \($0)" }.joined(separator: "\n")
    }
    func digits(_ name: String) throws -> String {
      let digits = try bytes(name).map { String(format: "%02x", $0) }
      return stride(from: 0, to: digits.count, by: 44)
        .map { "    " + digits[$0..<min($0 + 44, digits.count)].joined() + "\\" }
        .joined(separator: "\n")
    }
    let file = """
      /// The files of the folder `kernelspec`; a test compares them, and writes them anew when asked.
      enum KernelspecFiles {
        static let specification = \"\"\"
      \(try text("kernel.json"))
          \"\"\"

        static let vectorLogo = \"\"\"
      \(try text("logo-svg.svg"))
          \"\"\"

        static let smallLogo = bytes(
          \"\"\"
      \(try digits("logo-32x32.png"))

          \"\"\")

        static let largeLogo = bytes(
          \"\"\"
      \(try digits("logo-64x64.png"))

          \"\"\")

        /// The bytes that pairs of hexadecimal digits stand for.
        private static func bytes(_ digits: StaticString) -> [UInt8] {
          func value(_ digit: UInt8) -> UInt8 { digit < 0x3A ? digit &- 0x30 : digit &- 0x57 }
          let text = UnsafeBufferPointer(start: digits.utf8Start, count: digits.utf8CodeUnitCount)
          return stride(from: 0, to: text.count - 1, by: 2).map {
            value(text[$0]) << 4 | value(text[$0 + 1])
          }
        }
      }

      """
    try file.write(to: source, atomically: true, encoding: .utf8)
  }
}

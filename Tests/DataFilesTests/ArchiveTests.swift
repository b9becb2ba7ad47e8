import Autodiff
import Foundation
import Testing

@testable import DataFiles

@Suite("npz files") struct ArchiveTests {
  static let tensors: [(name: String, tensor: Tensor)] = [
    ("x", Tensor(shape: Shape(40, 50), values: (0..<2000).map { Double($0 % 7) })),
    ("größe", Tensor(3)), ("mask", Tensor(shape: Shape(2), values: [1, 0], isMask: true)),
    ("empty", Tensor(shape: Shape(0, 3), values: [])),
  ]

  /// An archive of `tensors`, small but with the fields of large ones where `wide`.
  private func archive(_ folder: Folder, isCompressed: Bool, wide: Bool = false) throws -> DataFile
  {
    let file = folder.file("x.npz")
    try file.saveNPZ(
      ArchiveTests.tensors, isCompressed: isCompressed, wideLimit: wide ? 10 : 1 << 32 - 1, Bounds()
    )
    return file
  }

  @Test(arguments: [false, true], [false, true])
  func `what is written reads back`(isCompressed: Bool, wide: Bool) throws {
    let folder = try Folder()
    let archive = try Archive(try archive(folder, isCompressed: isCompressed, wide: wide), Bounds())
    #expect(archive.names == ArchiveTests.tensors.map(\.name))
    for (name, tensor) in ArchiveTests.tensors {
      let read = try #require(try archive.tensor(name, Bounds()))
      #expect(read.isEqual(tensor) && read.isMask == tensor.isMask)
    }
    #expect(try archive.tensor("other", Bounds()) == nil)
    #expect((try folder.bytes("x.npz").count < 4000) == isCompressed)
  }

  @Test func `equal tensors make equal files`() throws {
    let folders = [try Folder(), try Folder()]
    for folder in folders { _ = try archive(folder, isCompressed: true) }
    #expect(try folders[0].bytes("x.npz") == folders[1].bytes("x.npz"))
  }

  @Test func `an archive without arrays`() throws {
    let folder = try Folder()
    try folder.file("x.npz").saveNPZ([], isCompressed: false, Bounds())
    #expect(try Archive(folder.file("x.npz"), Bounds()).names == [])
    // The end record alone, with a comment behind it.
    let end: [UInt8] = [0x50, 0x4B, 5, 6] + .init(repeating: 0, count: 16) + [2, 0, 0x41, 0x42]
    #expect(try Archive(try folder.file("y.npz", end), Bounds()).names == [])
  }

  /// The end with a changed byte, by what the change is.
  private func error(
    isCompressed: Bool, _ change: (inout [UInt8]) throws -> Void
  ) throws -> String {
    let folder = try Folder()
    _ = try archive(folder, isCompressed: isCompressed)
    var bytes = try folder.bytes("x.npz")
    try change(&bytes)
    let file = try folder.file("x.npz", bytes)
    let error = FileError.of {
      let archive = try Archive(file, Bounds())
      for name in archive.names { _ = try archive.tensor(name, Bounds()) }
    }
    return error.map { "\($0.kind.rawValue): \($0.message)" } ?? "no error"
  }

  /// Where the directory's first entry begins.
  private func directory(_ bytes: [UInt8]) throws -> Int {
    try #require((0..<(bytes.count - 4)).first { bytes[$0..<($0 + 4)] == [0x50, 0x4B, 1, 2] })
  }

  @Test(arguments: [false, true]) func `a changed entry is noticed`(isCompressed: Bool) throws {
    let message = try error(isCompressed: isCompressed) { $0[190] ^= 0x10 }
    #expect(message.contains("'x' of x.npz"), "\(message)")
  }

  @Test func `damage is refused with its cause`() throws {
    var message = try error(isCompressed: false) { bytes in bytes[4000] ^= 1 }
    #expect(
      message == "ValueError: 'x' of x.npz is damaged: its checksum is not the one in the archive")
    message = try error(isCompressed: false) { $0.removeLast(30) }
    #expect(message.contains("it ends early, before the list of its members"))
    message = try error(isCompressed: false) { $0.removeFirst(30) }
    #expect(message.contains("not where it should be"), "\(message)")
    message = try error(isCompressed: false) { $0 = Array("no archive at all".utf8) }
    #expect(message.contains("it is no zip archive"))
    message = try error(isCompressed: false) { $0[try directory($0) + 10] = 12 }
    #expect(message.contains("packed by method 12"))
    message = try error(isCompressed: false) { $0[try directory($0) + 8] |= 1 }
    #expect(message.contains("is encrypted"))
    message = try error(isCompressed: false) { $0[try directory($0) + 16] ^= 1 }
    #expect(message.contains("checksum"))
    message = try error(isCompressed: false) { $0[try directory($0) + 42] = 1 }
    #expect(message.contains("not where its archive says"))
  }

  @Test func `sizes that lie are refused before memory is taken`() throws {
    // A gigabyte and more from a few bytes.
    var message = try error(isCompressed: true) { $0[try directory($0) + 27] = 0x7F }
    #expect(message.contains("claims to hold more than it can"), "\(message)")
    message = try error(isCompressed: false) { $0[try directory($0) + 23] = 0x7F }
    #expect(message.contains("claims more bytes than there are"), "\(message)")
    // One byte more, and 256 less, than there are.
    for (place, change) in [(24, UInt8(1)), (25, 0xFF)] {
      message = try error(isCompressed: true) { $0[try directory($0) + place] &+= change }
      #expect(message.contains("'x' of x.npz"), "\(message)")
    }
  }

  @Test func `members that share bytes are refused`() throws {
    let message = try error(isCompressed: false) { bytes in
      let start = try directory(bytes)
      // The first entry once more in the place of the others, as often as a small list holds.
      let size = 46 + 5 + Int(bytes[start + 30])
      let end = bytes.suffix(22)
      let entry = bytes[start..<(start + size)]
      let copies = [ArraySlice<UInt8>](repeating: entry, count: 20).flatMap { $0 }
      bytes = bytes[..<start] + copies + end
      let place = bytes.count - 22
      for offset in [8, 10] { bytes[place + offset] = 20 }
      bytes[place + 12] = UInt8(copies.count & 0xFF)
      bytes[place + 13] = UInt8(copies.count >> 8)
    }
    #expect(message.contains("claims more bytes than there are"), "\(message)")
  }
}

import Autodiff
import DataFiles
import Foundation
import Testing

/// An npy file put together by hand from the text of its header.
func npy(
  _ header: String, _ entries: [UInt8], version: UInt8 = 1, magic: String = "NUMPY"
) -> [UInt8] {
  let text = Array((header + "\n").utf8)
  let length = [UInt8(text.count & 0xFF), UInt8(text.count >> 8)] + (version > 1 ? [0, 0] : [])
  return [0x93] + Array(magic.utf8) + [version, 0] + length + text + entries
}

func npy(
  _ type: String, _ shape: String, fortran: Bool = false, _ entries: [UInt8]
) -> [UInt8] {
  let order = fortran ? "True" : "False"
  return npy("{'descr': '\(type)', 'fortran_order': \(order), 'shape': \(shape), }", entries)
}

@Suite("npy files") struct NPYTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let type: String
    let bytes: [UInt8]
    let values: [Double]
    var testDescription: String { type }
  }

  /// Bytes by the definition of each type; those of floats from IEEE 754's tables.
  static let cases = [
    Case(type: "|b1", bytes: [0, 1], values: [0, 1]),
    Case(type: "|i1", bytes: [0x80, 0x7F], values: [-128, 127]),
    Case(type: "|u1", bytes: [0x80, 0xFF], values: [128, 255]),
    Case(type: "<i2", bytes: [0x00, 0x80, 0x02, 0x01], values: [-32768, 258]),
    Case(type: ">i2", bytes: [0x80, 0x00, 0x01, 0x02], values: [-32768, 258]),
    Case(type: "<u2", bytes: [0xFF, 0xFF, 0x02, 0x01], values: [65535, 258]),
    Case(type: ">u2", bytes: [0xFF, 0xFF, 0x01, 0x02], values: [65535, 258]),
    Case(type: "<i4", bytes: [0, 0, 0, 0x80, 1, 0, 0, 0], values: [-2_147_483_648, 1]),
    Case(type: ">i4", bytes: [0x80, 0, 0, 0, 0, 0, 0, 1], values: [-2_147_483_648, 1]),
    Case(type: "<u4", bytes: [0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0], values: [4_294_967_295, 1]),
    Case(
      type: "<i8",
      bytes: [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0x20, 0],
      values: [-1, 9_007_199_254_740_992]),
    Case(
      type: ">u8", bytes: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
      values: [9_223_372_036_854_775_808, 256]),
    Case(
      type: "<f2", bytes: [0x00, 0x3C, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0xFC],
      values: [1, 0x1p-24, 65504, -.infinity]),
    Case(type: ">f2", bytes: [0xC0, 0x00, 0x35, 0x55], values: [-2, 0x1.554p-2]),
    Case(
      type: "<f4", bytes: [0, 0, 0x80, 0x3F, 0xDB, 0x0F, 0x49, 0x40], values: [1, 0x1.921FB6p1]),
    Case(
      type: ">f4", bytes: [0x3F, 0x80, 0, 0, 0x40, 0x49, 0x0F, 0xDB], values: [1, 0x1.921FB6p1]),
    Case(type: "<f8", bytes: [0x18, 0x2D, 0x44, 0x54, 0xFB, 0x21, 0x09, 0x40], values: [.pi]),
    Case(type: ">f8", bytes: [0x40, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18], values: [.pi]),
  ]

  @Test(arguments: cases) func `entries of each type are read exactly`(_ item: Case) throws {
    let folder = try Folder()
    let file = try folder.file("x.npy", npy(item.type, "(\(item.values.count),)", item.bytes))
    let tensor = try file.loadNPY(Bounds())
    #expect(tensor.values == item.values)
    #expect(tensor.shape == Shape(item.values.count))
    #expect(tensor.isMask == (item.type == "|b1"))
  }

  @Test(arguments: [
    (
      npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", [1, 2, 3, 4, 5, 6]),
      [2, 3]
    ),
    (
      npy(
        "{'shape': (2L, 3L), 'fortran_order': False, \"descr\": \"|u1\"}    ", [1, 2, 3, 4, 5, 6],
        version: 2), [2, 3]
    ),
    (
      npy("{'descr':'|u1','fortran_order':False,'shape':(6,)}", [1, 2, 3, 4, 5, 6], version: 3), [6]
    ),
    (npy("|u1", "(2, 3)", fortran: true, [1, 4, 2, 5, 3, 6]), [2, 3]),
    (npy("|u1", "(1, 2, 3)", fortran: true, [1, 4, 2, 5, 3, 6]), [1, 2, 3]),
    (npy("|u1", "(2, 1, 3)", [1, 2, 3, 4, 5, 6, 7, 8]), [2, 1, 3]),
  ]) func `headers of each version and order`(_ bytes: [UInt8], _ shape: [Int]) throws {
    let folder = try Folder()
    let tensor = try folder.file("x.npy", bytes).loadNPY(Bounds())
    #expect(tensor.values == [1, 2, 3, 4, 5, 6])
    #expect(tensor.shape.dimensions == shape)
  }

  @Test func `rank 0 and empty arrays`() throws {
    let folder = try Folder()
    let number = try folder.file("x.npy", npy("|i1", "()", [0xFE])).loadNPY(Bounds())
    #expect(number.isScalar && number.number == -2)
    for shape in ["(0,)", "(0, 3)", "(2, 0, 4)"] {
      for fortran in [false, true] {
        let empty = try folder.file("x.npy", npy("<f8", shape, fortran: fortran, []))
          .loadNPY(Bounds())
        #expect(empty.count == 0 && empty.shape.rank == shape.filter { $0.isNumber }.count)
      }
    }
  }

  /// The definition, entry by entry, beside the tiles.
  @Test(arguments: [[70, 45], [3, 40, 35], [2, 3, 4, 5], [33, 1], [1, 33], [5, 2, 1, 3, 2]])
  func `the order of columns becomes that of rows`(_ lengths: [Int]) throws {
    let count = lengths.reduce(1, *)
    var bytes: [UInt8] = []
    for index in 0..<count { bytes += [UInt8(index & 0xFF), UInt8(index >> 8)] }
    let shape = "(" + lengths.map(String.init).joined(separator: ", ") + ")"
    let folder = try Folder()
    let tensor = try folder.file("x.npy", npy("<u2", shape, fortran: true, bytes))
      .loadNPY(Bounds())
    for offset in 0..<count {
      var rest = offset
      var place = 0
      var steps = lengths.indices.map { lengths[..<$0].reduce(1, *) }
      for (axis, length) in lengths.enumerated().reversed() {
        place += rest % length * steps[axis]
        rest /= length
        steps[axis] = 0
      }
      #expect(tensor[offset] == Double(place))
    }
  }

  @Test(
    arguments: [
      ([], "it is empty"), (Array("NUMPY".utf8), "it ends after 5 bytes"),
      (npy("", [], magic: "NUMPI"), "it does not begin as npy files do"),
      (npy("", [], version: 4), "it has version 4.0"),
      (Array(npy("<f8", "(3,)", []).prefix(40)), "it ends in the header"),
      (npy("<f8", "(3,)", [0, 0, 0]), "take 24 bytes, and 3 follow its header"),
      (npy("|u1", "(1000000000, 1000)", [1]), "ValueError or MemoryError"),
      (npy("|u1", "(1000000000000,)", [1]), "a shape that no tensor has"),
      (npy("<f8", "(4611686018427387904, 4)", [1]), "a shape that no tensor has"),
      (npy("<f8", "(99999999999999999999999,)", [1]), "a shape that no tensor has"),
      (npy("<f8", "(-3,)", [1]), "a shape that no tensor has"),
      (npy("<f8", "(1, 1, 1, 1, 1, 1, 1, 1, 1)", .init(repeating: 0, count: 8)), "at most 8 axes"),
      (npy("|O", "(3,)", [1]), "a pickle, which is never read"),
      (npy("<U3", "(3,)", [1]), "text of the type <U3"),
      (npy("<c16", "(3,)", [1]), "complex numbers"),
      (npy("<M8[ns]", "(3,)", [1]), "dates or times"),
      (npy("<f16", "(1,)", [1]), "entries of the type <f16"),
      (
        npy(
          "{'descr': [('a', '<i4'), ('b', ('<f8', (2, 2)))], 'fortran_order': False, 'shape': (1,), }",
          [1]), "holds records"
      ),
      (npy("{'descr': '<f8', 'shape': (1,), }", [1]), "not one of an array"),
      (npy("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", [1]), "a damaged header"),
      (npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,) ", [1]), "a damaged header"),
      (npy("{'descr': '<f8', 'descr': '<f8', 'shape': (1,)}", [1]), "a damaged header"),
      (npy("__import__('os')", [1]), "a damaged header"),
      ([0x80, 4] + .init(repeating: 1, count: 9), "it is a pickle"),
      ([0x50, 0x4B, 3, 4] + .init(repeating: 1, count: 9), "it is a zip archive"),
      (
        npy("<i8", "(1,)", [1, 0, 0, 0, 0, 0, 0x20, 0]), "9007199254740993, which float64 does not"
      ),
      (npy(">u8", "(1,)", .init(repeating: 0xFF, count: 8)), "18446744073709551615, which float64"),
      (npy("<i8", "(1,)", .init(repeating: 0xFF, count: 7) + [0x7F]), "9223372036854775807, which"),
    ] as [([UInt8], String)])
  func `what is damaged is refused with its cause`(_ bytes: [UInt8], _ cause: String) throws {
    let folder = try Folder()
    let file = try folder.file("x.npy", bytes)
    let error = try #require(FileError.of { _ = try file.loadNPY(Bounds()) })
    if cause == "ValueError or MemoryError" {
      #expect([.value, .memory].contains(error.kind))
    } else {
      #expect(error.message.contains(cause), "\(error.message)")
    }
    #expect(error.message.contains("x.npy"))
  }

  @Test func `no more memory is taken than is allowed`() throws {
    let folder = try Folder()
    let file = try folder.file("x.npy", npy("|u1", "(1000,)", .init(repeating: 1, count: 1000)))
    #expect(FileError.of { _ = try file.loadNPY(Bounds(memory: 7999)) }?.kind == .memory)
    #expect(try file.loadNPY(Bounds(memory: 8000)).count == 1000)
  }

  @Test func `an interruption ends reading and writing, and the old file stays`() throws {
    let folder = try Folder()
    let file = try folder.file("x.npy", npy("|u1", "(2,)", [1, 2]))
    let interruption = Interruption()
    interruption.request()
    let bounds = Bounds(interruption: interruption)
    #expect(FileError.of { _ = try file.loadNPY(bounds) }?.kind == .interrupt)
    #expect(
      FileError.of { try file.saveNPY(Tensor(repeating: 1, shape: Shape(9)), as: nil, bounds) }?
        .kind == .interrupt)
    #expect(try file.loadNPY(Bounds()).values == [1, 2])
    #expect(try folder.names == ["x.npy"])
  }

  @Test func `what is written is laid out as the format says`() throws {
    let folder = try Folder()
    let file = folder.file("x.npy")
    try file.saveNPY(Tensor(shape: Shape(1, 2), values: [1, -2]), as: .int16, Bounds())
    let bytes = try folder.bytes("x.npy")
    let text = "{'descr': '<i2', 'fortran_order': False, 'shape': (1, 2), }"
    #expect(bytes[..<10] == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0])
    #expect(bytes[10..<128].starts(with: text.utf8) && bytes[127] == 0x0A)
    #expect(bytes[128...] == [1, 0, 0xFE, 0xFF])
  }

  @Test(arguments: ElementType.allCases)
  func `each type that is written reads back`(_ type: ElementType) throws {
    let folder = try Folder()
    let values: [Double] = type == .bool ? [0, 1, 1] : [0, 1, 100]
    let tensor = Tensor(shape: Shape(3, 1), values: values, isMask: type == .bool)
    try folder.file("x.npy").saveNPY(tensor, as: type, Bounds())
    let read = try folder.file("x.npy").loadNPY(Bounds())
    #expect(read.isEqual(tensor) && read.isMask == tensor.isMask)
  }

  @Test(arguments: [
    (ElementType.int8, 128.0), (.uint8, -1), (.int64, 0.5), (.int64, 0x1p63), (.uint64, .nan),
    (.int32, .infinity), (.uint16, 65536),
  ]) func `an entry that a type does not have is refused`(
    _ type: ElementType, _ value: Double
  ) throws {
    let folder = try Folder()
    let tensor = Tensor(shape: Shape(2), values: [0, value])
    let error = FileError.of { try folder.file("x.npy").saveNPY(tensor, as: type, Bounds()) }
    #expect(error?.kind == .value && error?.message.contains("entry 1") == true)
    #expect(try folder.names == [])
  }

  @Test func `all bits of a number stay`() throws {
    let folder = try Folder()
    let values = [-0.0, .leastNonzeroMagnitude, .infinity, .greatestFiniteMagnitude, .nan]
    let file = folder.file("x.npy")
    try file.saveNPY(Tensor(shape: Shape(5), values: values), as: nil, Bounds())
    #expect(
      try file.loadNPY(Bounds()).values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func `what cannot be opened or written says why`() throws {
    let folder = try Folder()
    let tensor = Tensor(1)
    #expect(FileError.of { _ = try folder.file("no.npy").loadNPY(Bounds()) }?.kind == .notFound)
    #expect(
      FileError.of { _ = try DataFile(folder.path, in: "").loadNPY(Bounds()) }?.kind == .folder)
    #expect(
      FileError.of { try folder.file("no/x.npy").saveNPY(tensor, as: nil, Bounds()) }?.message
        == "cannot write no/x.npy: there is no folder no")
    #expect(
      FileError.of { try DataFile(folder.path, in: "").saveNPY(tensor, as: nil, Bounds()) }?.kind
        == .folder)
    #expect(
      FileError.of { try DataFile("/dev/null", in: "").saveNPY(tensor, as: nil, Bounds()) }?
        .message == "cannot write /dev/null: no regular file")
  }
}

import Autodiff
import DataFiles
import Foundation
import TestSupport
import Testing

/// Damaged files end with an error or with a value; the process, and bounded memory, survive both.
///
/// `NABLA_FUZZ` sets how many damaged files of each kind are tried, `NABLA_FUZZ_SEED` which.
@Suite("Damaged files", .serialized) struct FuzzTests {
  private let rounds =
    ProcessInfo.processInfo.environment["NABLA_FUZZ"].flatMap { Int($0) } ?? 100
  private let seed =
    ProcessInfo.processInfo.environment["NABLA_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
  private let bounds = Bounds(memory: 16 << 20)

  /// Changes, removes, repeats or inserts bytes, or puts in a number that is likely to be wrong.
  private func damage(_ bytes: [UInt8], _ random: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      // Most of what can go wrong is at the ends.
      let reach = Bool.random(using: &random) ? bytes.count : min(bytes.count, 160)
      var place = Int.random(in: 0..<reach, using: &random)
      if Bool.random(using: &random) { place = bytes.count - 1 - place }
      switch Int.random(in: 0..<7, using: &random) {
      case 0: bytes[place] = .random(in: 0...255, using: &random)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: bytes.removeSubrange(place..<min(place + 8, bytes.count))
      case 3: bytes.removeLast(place)
      case 4: bytes.insert(contentsOf: bytes[place..<min(place + 30, bytes.count)], at: place)
      case 5:
        let odd: [UInt8] = [0, 0xFF, 0x7F, 0x80]
        let byte = odd.randomElement(using: &random) ?? 0
        for index in place..<min(place + 4, bytes.count) { bytes[index] = byte }
      default:
        let words = ["\"", ",", "\n", "9999999999", "-", "'", "(", "\u{FEFF}", "e999", "<f8", "\r"]
        bytes.insert(contentsOf: (words.randomElement(using: &random) ?? "").utf8, at: place)
      }
    }
    return bytes
  }

  /// Tries damaged forms of a file; gives how many could still be read.
  private func survive(
    _ bytes: [UInt8], salt: UInt64, _ load: (DataFile) throws -> Int
  ) throws -> Int {
    let folder = try Folder()
    var random = SplitMix(seed &* 1_000_003 &+ salt)
    var whole = 0
    for _ in 0..<rounds {
      let file = try folder.file("x", damage(bytes, &random))
      do {
        let count = try load(file)
        #expect(count <= bounds.memory / 8)
        whole += 1
      } catch let error as FileError {
        #expect(!error.message.isEmpty)
      }
    }
    return whole
  }

  @Test(arguments: ["<f8", ">f4", "|b1", "<i8", "<f2"], [false, true])
  func arrays(_ type: String, fortran: Bool) throws {
    let entries: [UInt8] = (0..<96).map { $0 % 8 == 0 ? 1 : 0 }
    let bytes = npy(type, "(3, 4)", fortran: fortran, entries)
    let whole = try survive(bytes, salt: UInt64(bytes.count)) {
      let tensor = try $0.loadNPY(bounds)
      return tensor.values.count
    }
    // Damage to entries goes unseen, so some are read and some are not.
    #expect(whole > 0 && whole < rounds)
  }

  @Test(arguments: [false, true]) func archives(isCompressed: Bool) throws {
    let folder = try Folder()
    let tensor = Tensor(shape: Shape(3, 4), values: (0..<12).map(Double.init))
    try folder.file("x.npz").saveNPZ(
      [("a", tensor), ("b", Tensor(1))], isCompressed: isCompressed, bounds)
    let whole = try survive(folder.bytes("x.npz"), salt: 7) {
      let archive = try Archive($0, bounds)
      return try archive.names.reduce(0) { sum, name in
        sum + (try archive.tensor(name, bounds)?.count ?? 0)
      }
    }
    #expect(whole < rounds)
  }

  @Test func tables() throws {
    let text = "name,\"a b\",x\n\"q\"\"r\",1,2.5\nü,-3e10,\n\"t\nu\",0.1,4\n"
    for header in [nil, true, false] {
      var format = TableFormat()
      format.header = header
      let whole = try survive(Array(text.utf8), salt: 9) {
        let table = try $0.loadTable(format, bounds)
        #expect(table.numbers.count == table.rowCount * table.columnCount)
        #expect(table.texts.allSatisfy { $0 == nil || $0?.count == table.rowCount })
        return table.numbers.count
      }
      #expect(whole > 0 && whole < rounds)
    }
  }
}

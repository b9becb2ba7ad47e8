import TestSupport
import Testing

@testable import DataFiles

@Suite("Numbers in text") struct NumberScannerTests {
  private func scan(_ text: String) -> (value: Double, count: Int)? {
    Array(text.utf8).withUnsafeBufferPointer {
      NumberScanner.scan($0, from: 0, to: $0.count).map { ($0.value, $0.next) }
    }
  }

  @Test(arguments: [
    ("0", 0.0), ("-12", -12), ("+3.5", 3.5), (".5", 0.5), ("5.", 5), ("1e3", 1000), ("1E-3", 0.001),
    ("1e+05", 100_000), ("inf", .infinity), ("-Infinity", -.infinity), ("1e400", .infinity),
    ("1e-400", 0), ("4.9e-324", .leastNonzeroMagnitude),
    ("2.2250738585072011e-308", Double.leastNormalMagnitude.nextDown),
    ("9007199254740993", 9_007_199_254_740_992),
    ("9007199254740993.0000000000001", 9_007_199_254_740_994),
    ("123456789012345678901234567890", 1.2345678901234568e29),
    ("0.000000000000000000000000000001", 1e-30), ("1e999999999999", .infinity),
    ("0e999999999999", 0), ("1.7976931348623157e308", 1.7976931348623157e308),
    ("000000000000000000000000000001.50", 1.5), ("5e-1", 0.5),
  ]) func `a number is read whole`(_ text: String, _ value: Double) throws {
    let read = try #require(scan(text))
    #expect(read.value == value && read.count == text.utf8.count)
  }

  @Test func `zero keeps its sign, and nan is one`() {
    #expect(scan("-0.0")?.value.sign == .minus)
    #expect(scan("NaN")?.value.isNaN == true)
  }

  @Test(arguments: ["", "-", ".", "e5", "abc", "+", "-.", "in", "--1"])
  func `what is no number is none`(_ text: String) { #expect(scan(text) == nil) }

  @Test(arguments: [("1,5", 1), ("1e", 1), ("1e+", 1), ("0x10", 1), ("1_000", 1), ("2.5abc", 3)])
  func `a number ends where it ends`(_ text: String, _ count: Int) {
    #expect(scan(text)?.count == count)
  }

  /// Swift's own conversion rounds correctly; ours must agree with it on every digit string.
  @Test func `digits of all lengths and exponents agree with the library's conversion`() {
    var random = SplitMix(1)
    for _ in 0..<40_000 {
      let digits = Int.random(in: 1...21, using: &random)
      var text = Bool.random(using: &random) ? "-" : ""
      let point = Int.random(in: 0...digits, using: &random)
      for place in 0..<digits {
        if place == point { text += "." }
        text += String(Int.random(in: 0...9, using: &random))
      }
      if Bool.random(using: &random) { text += "e\(Int.random(in: -40...40, using: &random))" }
      #expect(scan(text)?.value == Double(text), "\(text)")
    }
  }

  @Test func `shortest digits read back as the same bits`() {
    var random = SplitMix(2)
    for _ in 0..<40_000 {
      let value = Double(bitPattern: .random(in: 0...UInt64.max, using: &random))
      let near = Double.random(in: -1000...1000, using: &random)
      for number in [value, near] where number.isFinite {
        #expect(scan(number.description)?.value.bitPattern == number.bitPattern)
      }
    }
  }

  /// Values halfway between two numbers, and a little beside them, where rounding goes wrong.
  @Test func `halves round to the even one`() {
    for base in [UInt64(1) << 53, 1 << 54, 1 << 60, 1 << 63] {
      let gap = UInt64(base.trailingZeroBitCount - 52)
      for step in 0..<20 as Range<UInt64> {
        let half = base + (step << gap) + (1 << (gap - 1))
        for number in [half - 1, half, half + 1] {
          #expect(scan("\(number)")?.value == Double(number))
          #expect(scan("\(number)e-20")?.value == Double("\(number)e-20"))
          #expect(scan("\(number)e20")?.value == Double("\(number)e20"))
        }
      }
    }
  }
}

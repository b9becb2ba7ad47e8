import Foundation
import TestSupport
import Testing

@testable import Autodiff

@Suite("Vectorised kernels")
struct KernelTests {
  /// Functions with a kernel, with a reference of more digits where the platform has one.
  static let unary: [(name: String, reference: @Sendable (Precise) -> Precise)] = [
    ("negative", { -$0 }), ("square", { $0 * $0 }), ("reciprocal", { 1 / $0 }),
    ("sqrt", { $0.squareRoot() }), ("abs", { abs($0) }), ("relu", { max($0, 0) }),
    ("exp", { exp($0) }), ("log", { log($0) }), ("sin", { sin($0) }), ("cos", { cos($0) }),
    ("expm1", { expm1($0) }), ("log1p", { log1p($0) }), ("tanh", { tanh($0) }),
    ("sigmoid", { 1 / (1 + exp(-$0)) }), ("erf", { erf($0) }),
    ("gelu", { 0.5 * $0 * erfc(-$0 * Precise(0.5).squareRoot()) }),
  ]

  #if arch(x86_64)
    typealias Precise = Float80
    /// The kernel's error, in units in the last place.
    static let tolerance = 4.0
  #else
    typealias Precise = Double
    /// The kernel's error and the reference's own.
    static let tolerance = 6.0
  #endif

  @Test("are within 4 units in the last place", arguments: unary.map(\.name))
  func accuracy(_ name: String) throws {
    let reference = try #require(KernelTests.unary.first { $0.name == name }).reference
    var random = SplitMix(21)
    var inputs: [Double] = []
    for range in [-1.0...1, -5...5, -40...40, -745...710, -1e5...1e5, -0.05...0.05] {
      inputs += (0..<3000).map { _ in Double.random(in: range, using: &random) }
    }
    // Every size that a number may have.
    inputs += (0..<6000).map { _ in Double(bitPattern: random.next()) }
    let outputs = try map(name, inputs)
    for (x, y) in zip(inputs, outputs) {
      let expected = reference(Precise(x))
      let error = unitsInLastPlace(y, expected)
      #expect(error <= KernelTests.tolerance, "\(name)(\(x)) is \(y), not \(expected)")
    }
  }

  @Test(
    "keep zeros' signs, infinities and nan",
    arguments: [
      ("exp", [1, 1, .infinity, 0, 1]), ("log", [-.infinity, -.infinity, .infinity, .nan, nil]),
      ("sin", [0, -0.0, .nan, .nan, 0x1p-1074]), ("cos", [1, 1, .nan, .nan, 1]),
      ("expm1", [0, -0.0, .infinity, -1, 0x1p-1074]),
      ("log1p", [0, -0.0, .infinity, .nan, 0x1p-1074]),
      ("tanh", [0, -0.0, 1, -1, 0x1p-1074]), ("sigmoid", [0.5, 0.5, 1, 0, 0.5]),
      ("erf", [0, -0.0, 1, -1, 0x1p-1074]), ("gelu", [0, -0.0, .infinity, -0.0, nil]),
      ("relu", [0, 0, .infinity, 0, 0x1p-1074]), ("sqrt", [0, -0.0, .infinity, .nan, nil]),
      ("sign", [0, -0.0, 1, -1, 1]), ("abs", [0, 0, .infinity, .infinity, 0x1p-1074]),
      ("reciprocal", [.infinity, -.infinity, 0, -0.0, .infinity]),
    ] as [(String, [Double?])])
  func specialValues(_ name: String, _ expected: [Double?]) throws {
    let inputs = [0, -0.0, .infinity, -.infinity, 0x1p-1074, .nan]
    // Many of each, so that vectors and what is left over at the end are both seen.
    let count = 13
    let outputs = try map(name, inputs.flatMap { [Double](repeating: $0, count: count) })
    for (index, expected) in (expected + [.nan]).enumerated() {
      for output in outputs[index * count..<(index + 1) * count] {
        guard let expected else { continue }
        #expect(
          output == expected && output.sign == expected.sign || output.isNaN && expected.isNaN,
          "\(name)(\(inputs[index])) is \(output)")
      }
    }
  }

  @Test("agree with the gate of numbers", arguments: GateTable.gates)
  func consistency(_ gate: Gate) throws {
    var random = SplitMix(22)
    let values = (0..<101).map { _ in Double.random(in: -3...3, using: &random) }
    let special = [0, -0.0, 1, -1, .infinity, -.infinity, .nan, 0x1p-1074, 1e308, 0.5]
    switch gate.kind {
    case .unary(let row) where row.kernel != nil:
      let x = values + special
      for (x, y) in zip(x, row.map(Tensor(shape: Shape(x.count), values: x)).values) {
        #expect(isClose(y, row.scalar(x)), "\(gate.name)(\(x)) is \(y), not \(row.scalar(x))")
      }
    case .binary(let row) where row.kernel != nil:
      // Every pair, by each way of stepping through two operands.
      let all = Array(values.prefix(9)) + special
      let column = Tensor(shape: Shape(all.count, 1), values: all)
      let line = Tensor(shape: Shape(all.count), values: all)
      let pairs = try row.map(column, line, phrase: gate.phrase)
      let flat = try row.map(
        column.broadcast(to: pairs.shape), line.broadcast(to: pairs.shape), phrase: gate.phrase)
      let turned = try row.map(
        Tensor(shape: Shape(1, all.count), values: all), column, phrase: gate.phrase)
      #expect(pairs.isMask == row.isMask)
      for (i, x) in all.enumerated() {
        for (j, y) in all.enumerated() {
          let expected = row.scalar(x, y)
          #expect(isClose(pairs[i * all.count + j], expected), "\(gate.name)(\(x), \(y))")
          #expect(isClose(flat[i * all.count + j], expected), "\(gate.name)(\(x), \(y))")
          #expect(isClose(turned[j * all.count + i], expected), "\(gate.name)(\(x), \(y))")
        }
      }
    default: break
    }
  }

  private func map(_ name: String, _ inputs: [Double]) throws -> [Double] {
    let gate = try #require(GateTable.gate(named: name))
    guard case .unary(let row) = gate.kind else { throw GateError(.type, "not unary") }
    try #require(row.kernel != nil)
    return row.map(Tensor(shape: Shape(inputs.count), values: inputs)).values
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
    return a == b ? a == 0 ? a.sign == b.sign : true : abs(a - b) <= 8 * max(a.ulp, b.ulp)
  }

  private func unitsInLastPlace(_ actual: Double, _ expected: Precise) -> Double {
    let rounded = Double(expected)
    if actual == rounded || actual.isNaN && rounded.isNaN { return 0 }
    if !actual.isFinite || !rounded.isFinite { return .infinity }
    return Double(abs(Precise(actual) - expected) / Precise(rounded.ulp))
  }
}

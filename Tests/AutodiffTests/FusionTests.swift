import TestSupport
import Testing

@testable import Autodiff

/// Fused expressions against the same gates applied one by one, over many blocks.
@Suite struct FusionTests {
  /// Shapes of three operands, and of the expression.
  final class Case: Sendable, CustomTestStringConvertible {
    let operands: [Shape]
    let result: Shape
    init(_ operands: [Shape], _ result: Shape) {
      self.operands = operands
      self.result = result
    }
    var testDescription: String { "\(operands)" }
  }

  /// Equal shapes, rows, columns, numbers, middle axes.
  static let cases: [Case] = [
    Case([Shape(1500), Shape(1500), Shape(1500)], Shape(1500)),
    Case([Shape(40, 50), Shape(50), Shape(40, 1)], Shape(40, 50)),
    Case([Shape(7, 3, 90), Shape(3, 1), Shape(7, 1, 90)], Shape(7, 3, 90)),
    Case([Shape(512), Shape(), Shape(1)], Shape(512)),
    Case([Shape(2, 700, 1), Shape(1, 700, 3), Shape(3)], Shape(2, 700, 3)),
  ]

  private static func operands(_ shapes: [Shape]) -> [Tensor] {
    var random = SplitMix(7)
    return shapes.map { shape in
      Tensor(
        shape: shape,
        values: (0..<shape.count).map { _ in Double(random.next() % 4001) / 1000 - 2 })
    }
  }

  /// `σ(x y + z) tanh(x) + exp(-x x) / (y y + 1)`, by a function that applies gates.
  private static func formula<V>(
    _ x: V, _ y: V, _ z: V, one: V, _ apply: (String, [V]) throws -> V
  ) throws -> V {
    let inner = try apply("add", [apply("multiply", [x, y]), z])
    let left = try apply("multiply", [apply("sigmoid", [inner]), apply("tanh", [x])])
    let bell = try apply("exp", [apply("negative", [apply("multiply", [x, x])])])
    let right = try apply("divide", [bell, apply("add", [apply("multiply", [y, y]), one])])
    return try apply("add", [left, right])
  }

  private static func fused(
    _ leaves: [Traced], on tape: inout Tape, reduction: Gate? = nil
  ) throws -> Traced {
    let operands = leaves.map { FusedExpression.Operand.value($0) }
    let result = try formula(operands[0], operands[1], operands[2], one: .value(1)) {
      name, parts in
      if let expression = try tape.deferred(GateTable[name], parts) {
        return .expression(expression)
      }
      var values: [Traced] = []
      for part in parts {
        switch part {
        case .value(let value): values.append(value)
        case .expression(let expression): values.append(try tape.evaluate(expression))
        }
      }
      return .value(try tape.apply(GateTable[name], values))
    }
    guard case .expression(let expression) = result else {
      Issue.record("the expression was computed at once")
      return 0
    }
    return try tape.evaluate(expression, reduction: reduction)
  }

  private static func plain(_ leaves: [Traced], on tape: inout Tape) throws -> Traced {
    try formula(leaves[0], leaves[1], leaves[2], one: 1) { try tape.apply(GateTable[$0], $1) }
  }

  private func expectEqual(_ a: Tensor, _ b: Tensor, _ what: String) {
    #expect(a.shape == b.shape, "\(what)")
    for (x, y) in zip(a.values, b.values) where abs(x - y) > 1e-12 * max(1, abs(y)) {
      Issue.record("\(what): \(x) and \(y)")
      return
    }
  }

  @Test(arguments: cases)
  func valuesAndGradientsAreThoseOfTheGates(_ test: Case) throws {
    let operands = Self.operands(test.operands)
    var tape = Tape(interruption: Interruption())
    let leaves = operands.map { Traced($0, tape.leaf($0)) }
    let one = try Self.fused(leaves, on: &tape)
    let other = try Self.plain(leaves, on: &tape)
    expectEqual(one.tensor, other.tensor, "value")
    let upstream = Self.operands([test.result])[0]
    try tape.backward(from: one, upstream: upstream)
    let gradients = leaves.map { tape.gradients[$0.node] }
    try tape.backward(from: other, upstream: upstream)
    for (leaf, gradient) in zip(leaves, gradients) {
      let expected = try #require(tape.gradients[leaf.node])
      expectEqual(try #require(gradient), expected, "gradient of shape \(leaf.shape)")
    }
  }

  @Test(arguments: cases)
  func sumsAndMeansAreFused(_ test: Case) throws {
    let operands = Self.operands(test.operands)
    var tape = Tape(interruption: Interruption())
    let leaves = operands.map { Traced($0, tape.leaf($0)) }
    for name in ["sum", "mean"] {
      let one = try Self.fused(leaves, on: &tape, reduction: GateTable[name])
      let other = try tape.apply(GateTable[name], [Self.plain(leaves, on: &tape)])
      expectEqual(one.tensor, other.tensor, name)
      try tape.backward(from: one, upstream: Tensor(1.5))
      let gradients = leaves.map { tape.gradients[$0.node] }
      try tape.backward(from: other, upstream: Tensor(1.5))
      for (leaf, gradient) in zip(leaves, gradients) {
        expectEqual(
          try #require(gradient), try #require(tape.gradients[leaf.node]), "gradient of \(name)")
      }
    }
  }

  @Test func anUpstreamOfZeroContributesZero() throws {
    // The slope of the square root at 0 is infinite.
    var tape = Tape(interruption: Interruption())
    let zeros = Tensor(repeating: 0, shape: Shape(600))
    let x = Traced(zeros, tape.leaf(zeros))
    let root = try #require(try tape.deferred(GateTable["sqrt"], [.value(x)]))
    let product = try #require(
      try tape.deferred(GateTable["multiply"], [.expression(root), .value(0)]))
    let sum = try tape.evaluate(product, reduction: GateTable["sum"])
    try tape.backward(from: sum, upstream: Tensor(1))
    #expect(tape.gradients[x.node]?.values.allSatisfy { $0 == 0 } == true)
  }

  @Test func emptyAndSmallTensorsAreNotDeferred() throws {
    var tape = Tape(interruption: Interruption())
    let empty = Traced(constant: Tensor(repeating: 0, shape: Shape(0)))
    let few = Traced(constant: Tensor(repeating: 0, shape: Shape(8)))
    #expect(try tape.deferred(GateTable["exp"], [.value(empty)]) == nil)
    #expect(try tape.deferred(GateTable["exp"], [.value(few)]) == nil)
    #expect(try tape.deferred(GateTable["less"], [.value(few), .value(few)]) == nil)
  }
}

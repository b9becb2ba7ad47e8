import TestSupport
import Testing

@testable import Autodiff

/// A gate at operands of given shapes: what tests over the table range over.
struct GateCase: Sendable, CustomTestStringConvertible {
  let gate: Gate
  let sample: Gate.Sample

  var testDescription: String {
    "\(gate.name)\(sample.shapes.map(\.description).joined(separator: ", "))"
  }

  /// Every row at its samples; elementwise rows at shapes that broadcast, numbers and no entries.
  static let all: [GateCase] = GateTable.gates.flatMap { gate in
    let samples: [Gate.Sample] =
      switch gate.kind {
      case .unary: [[Shape(3, 4)], [Shape()], [Shape(0, 2)]].map { Gate.Sample($0) }
      case .binary:
        [
          [Shape(3, 4), Shape(3, 4)], [Shape(3, 1), Shape(4)], [Shape(2, 1, 3), Shape(4, 1)],
          [Shape(), Shape(5)], [Shape(1, 1), Shape()], [Shape(), Shape()], [Shape(0, 3), Shape(3)],
        ].map { Gate.Sample($0) }
      case .general, .custom: gate.samples
      }
    return samples.map { GateCase(gate: gate, sample: $0) }
  }

  static let differentiable = all.filter(\.gate.isDifferentiable)

  /// Operands from the gate's domain, clear of kinks: no two equal, none within 0.002 of an integer.
  func operands(_ random: inout SplitMix) -> [Tensor] {
    sample.shapes.enumerated().map { place, shape in
      if sample.masks.contains(place) {
        let bits = (0..<shape.count).map { _ in Double(random.next() >> 60 & 1) }
        return Tensor(shape: shape, values: bits, isMask: true)
      }
      let domain = gate.domain[min(place, gate.domain.count - 1)]
      var taken: Set<UInt64> = []
      var values = (0..<shape.count).map { _ in
        var step = random.next() % 400
        while !taken.insert(step).inserted { step = random.next() % 400 }
        let share = (Double(step) + 0.4 + 0.07 * Double(place)) / 400
        return domain.lowerBound + share * (domain.upperBound - domain.lowerBound)
      }
      if sample.heavy.contains(place), let size = shape.dimensions.last {
        for index in values.indices where index / size % size == index % size {
          values[index] += 8
        }
      }
      return Tensor(shape: shape, values: values)
    }
  }

  /// The operands as leaves, masks as constants.
  func leaves(_ operands: [Tensor], on tape: inout Tape) -> [Traced] {
    operands.enumerated().map { place, tensor in
      sample.masks.contains(place) ? Traced(constant: tensor) : Traced(tensor, tape.leaf(tensor))
    }
  }

  func apply(_ operands: [Traced], on tape: inout Tape) throws -> Traced {
    try tape.apply(gate, operands, sample.parameters)
  }

  /// The result at numbers alone.
  func value(_ operands: [Tensor]) throws -> Tensor {
    var tape = Tape(interruption: Interruption())
    return try apply(operands.map { Traced(constant: $0) }, on: &tape).tensor
  }

  /// The places of the operands that gradients are asked of.
  var places: [Int] { sample.shapes.indices.filter { !sample.masks.contains($0) } }
}

extension SplitMix {
  /// A tensor with entries in -1 to 1.
  mutating func tensor(_ shape: Shape) -> Tensor {
    Tensor(
      shape: shape,
      values: (0..<shape.count).map { _ in
        let bits = next() >> 11
        return Double(bits) / 4_503_599_627_370_496 - 1
      })
  }
}

/// The inner product of two tensors of as many entries.
func inner(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.values, b.values).reduce(0) { $0 + $1.0 * $1.1 }
}

/// The size that an inner product's rounding error is measured by.
func innerSize(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.values, b.values).reduce(0) { $0 + abs($1.0 * $1.1) }
}

/// The gradient of a function of a tensor by differences of fourth order.
func differences(at x: Tensor, _ f: (Tensor) throws -> Double) rethrows -> Tensor {
  let h = 2e-4
  var slopes: [Double] = []
  for index in 0..<x.count {
    func at(_ step: Double) throws -> Double {
      var moved = x
      moved.update { $0[index] += step * h }
      return try f(moved)
    }
    slopes.append(try (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h))
  }
  return Tensor(shape: x.shape, values: slopes)
}

/// Expects entries to agree to a tolerance relative to the larger of 1 and their size.
func expectClose(
  _ actual: Tensor, _ expected: Tensor, _ tolerance: Double, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(actual.shape == expected.shape, comment, sourceLocation: sourceLocation)
  guard actual.count == expected.count else { return }
  let size = expected.values.reduce(1) { max($0, abs($1)) }
  for (a, e) in zip(actual.values, expected.values) where !(abs(a - e) <= tolerance * size) {
    Issue.record(
      "\(a) is not \(e): \(actual.values) against \(expected.values) \(comment ?? "")",
      sourceLocation: sourceLocation)
    return
  }
}

import TestSupport
import Testing

@testable import Autodiff

/// A tape with the operations that tests write formulas in.
struct Sheet: ~Copyable {
  var tape = Tape(interruption: Interruption())

  mutating func leaf(_ tensor: Tensor) -> Traced { Traced(tensor, tape.leaf(tensor)) }
  mutating func leaf(_ shape: Shape, _ seed: UInt64) -> Traced {
    var random = SplitMix(seed)
    return leaf(random.tensor(shape))
  }
  mutating func gate(
    _ name: String, _ operands: Traced..., parameters: Parameters = .none
  ) throws -> Traced {
    try tape.apply(GateTable[name], operands, parameters)
  }
  mutating func slice(_ x: Traced, _ start: Int, _ count: Int, step: Int = 1) throws -> Traced {
    try gate(
      "take", x,
      parameters: .selection(
        Selection(
          source: x.shape, result: Shape(count), places: .strided(start: start, steps: [step]))))
  }
  mutating func element(_ x: Traced, _ index: Int) throws -> Traced {
    try gate(
      "take", x,
      parameters: .selection(
        Selection(source: x.shape, result: .scalar, places: .strided(start: index, steps: []))))
  }
  /// Places parts of rank 1 one after the other.
  mutating func joined(_ parts: [Traced]) throws -> Traced {
    let total = parts.reduce(0) { $0 + $1.shape.count }
    var sum = Traced(constant: Tensor(repeating: 0, shape: Shape(total)))
    var start = 0
    for part in parts {
      let placed = try gate(
        "place", part,
        parameters: .selection(
          Selection(
            source: Shape(total), result: part.shape,
            places: part.shape.isScalar
              ? .strided(start: start, steps: []) : .strided(start: start, steps: [1]))))
      sum = try tape.add(sum, placed)
      start += part.shape.count
    }
    return sum
  }
  mutating func total(_ x: Traced) throws -> Traced { try tape.sum(x, to: .scalar) }
  mutating func jacobian(_ y: Traced, _ x: Traced) throws -> LinearMap {
    try tape.jacobian(of: y, withRespectTo: x)
  }
  /// The Jacobian by one backward pass for each row.
  mutating func byRows(_ y: Traced, _ x: Traced) throws -> [[Double]] {
    var rows: [[Double]] = []
    for index in 0..<y.shape.count {
      var upstream = Tensor(repeating: 0, shape: y.shape)
      upstream.update { $0[index] = 1 }
      rows.append(
        try tape.gradient(of: y, upstream: Traced(constant: upstream), targets: [x])[0].tensor
          .values)
    }
    return rows
  }
}

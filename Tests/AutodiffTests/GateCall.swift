import Testing

@testable import Autodiff

/// The gate of a name at constants.
func call(
  _ name: String, _ operands: [Tensor], _ parameters: Parameters = .none
) throws -> Tensor {
  let gate = try #require(GateTable.gate(named: name))
  var tape = Tape(interruption: Interruption())
  return try tape.apply(gate, operands.map { Traced(constant: $0) }, parameters).tensor
}

/// The gradients of a gate's result, weighted by `upstream`, by one backward pass.
func gradients(
  _ name: String, _ operands: [Tensor], _ parameters: Parameters = .none, upstream: Tensor? = nil
) throws -> [Tensor] {
  let gate = try #require(GateTable.gate(named: name))
  var tape = Tape(interruption: Interruption())
  let leaves = operands.map { Traced($0, tape.leaf($0)) }
  let result = try tape.apply(gate, leaves, parameters)
  try tape.backward(
    from: result, upstream: upstream ?? Tensor(repeating: 1, shape: result.shape))
  return try leaves.map { try #require(tape.gradients[$0.node]) }
}

/// The error of a gate's application.
func failure(
  _ name: String, _ operands: [Tensor], _ parameters: Parameters = .none
) -> GateError? {
  #expect(throws: GateError.self) { try call(name, operands, parameters) }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral
{
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }
  public init(arrayLiteral values: Double...) {
    self.init(shape: Shape(values.count), values: values)
  }

  /// A matrix.
  init(_ rows: [[Double]]) {
    self.init(shape: Shape(rows.count, rows.first?.count ?? 0), values: rows.flatMap { $0 })
  }

  /// The numbers from `first` on, in a shape.
  static func counting(_ shape: Int..., from first: Double = 0) -> Tensor {
    let shape = Shape(shape)
    return Tensor(shape: shape, values: (0..<shape.count).map { first + Double($0) })
  }

  static func empty(_ shape: Int...) -> Tensor { Tensor(shape: Shape(shape), values: []) }
}

extension Parameters {
  static func along(_ axes: Int..., keeping: Bool = false) -> Parameters {
    .axes(axes, keepDimensions: keeping)
  }
  static let whole = Parameters.axes(nil, keepDimensions: false)
}

extension Traced {
  /// A constant from an integer literal, which could else stand for a number or for a tensor.
  init(constant number: Int) { self.init(constant: Double(number)) }
}

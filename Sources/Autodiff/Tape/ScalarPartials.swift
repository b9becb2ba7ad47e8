/// The partial derivatives of an elementwise gate for numbers, in the form in which the numeric
/// pass is fastest.
struct ScalarPartials {
  var a: ScalarPartial
  var b: ScalarPartial

  /// One entry for each gate of the table; made once and never freed.
  static func table() -> UnsafeMutablePointer<ScalarPartials> { made.entries }

  private struct Made: @unchecked Sendable {
    // Sendable: written once, before it is published by the lazy initialisation of `made`.
    let entries: UnsafeMutablePointer<ScalarPartials>
  }

  private static let made: Made = {
    let gates = GateTable.gates
    let entries = UnsafeMutablePointer<ScalarPartials>.allocate(capacity: gates.count)
    for (index, gate) in gates.enumerated() {
      let partials: ScalarPartials =
        switch gate.kind {
        case .unary(let row): ScalarPartials(a: .init(row.partial), b: .undefined)
        case .binary(let row): ScalarPartials(a: .init(row.partials?.0), b: .init(row.partials?.1))
        case .general, .custom: ScalarPartials(a: .undefined, b: .undefined)
        }
      (entries + index).initialize(to: partials)
    }
    return Made(entries: entries)
  }()
}

/// One partial derivative at numbers x and y with result f.
enum ScalarPartial {
  case undefined
  case zero
  case one
  case minusOne
  case x
  case y
  case result
  case function(@Sendable (_ x: Double, _ y: Double, _ f: Double) -> Double)

  init(_ formula: Formula?) {
    switch formula {
    case nil: self = .undefined
    case .constant(0): self = .zero
    case .constant(1): self = .one
    case .constant(-1): self = .minusOne
    case .operand(0): self = .x
    case .operand(1): self = .y
    case .result: self = .result
    case .some(let formula): self = .function(formula.compiled())
    }
  }

  @inline(__always)
  func callAsFunction(_ x: Double, _ y: Double, _ f: Double) -> Double? {
    switch self {
    case .undefined: nil
    case .zero: 0
    case .one: 1
    case .minusOne: -1
    case .x: x
    case .y: y
    case .result: f
    case .function(let body): body(x, y, f)
    }
  }
}

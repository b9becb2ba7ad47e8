import Autodiff
import Syntax

/// An arithmetic operator on numbers, as a type so that each gets a loop of its own.
protocol ArithmeticKind {
  static var operation: BinaryOperator { get }
  static func compute(_ x: Double, _ y: Double) -> Double
}
enum Addition: ArithmeticKind {
  static var operation: BinaryOperator { .add }
  @inline(__always) static func compute(_ x: Double, _ y: Double) -> Double { x + y }
}
enum Subtraction: ArithmeticKind {
  static var operation: BinaryOperator { .subtract }
  @inline(__always) static func compute(_ x: Double, _ y: Double) -> Double { x - y }
}
enum Multiplication: ArithmeticKind {
  static var operation: BinaryOperator { .multiply }
  @inline(__always) static func compute(_ x: Double, _ y: Double) -> Double { x * y }
}
enum Division: ArithmeticKind {
  static var operation: BinaryOperator { .divide }
  @inline(__always) static func compute(_ x: Double, _ y: Double) -> Double { x / y }
}

/// `+ - * /`: numbers are computed in place and recorded in one step.
final class ArithmeticNode<Kind: ArithmeticKind>: Node {
  private let left: Node
  private let right: Node
  private let gate: Gate
  /// Whether the operands may come as expressions to be computed with this.
  private let leftDefers: Bool
  private let rightDefers: Bool

  init(_ left: Node, _ right: Node, _ span: Span) {
    self.left = left
    self.right = right
    gate = OperatorGates.row(Kind.operation)
    leftDefers = left.mayDefer
    rightDefers = right.mayDefer
    super.init(span)
  }

  override var mayDefer: Bool { true }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let a = leftDefers ? try left.evaluateDeferred(frame) : try left.evaluate(frame)
    let b = rightDefers ? try right.evaluateDeferred(frame) : try right.evaluate(frame)
    if case .number(let x, let m) = a, case .number(let y, let n) = b {
      let value = Kind.compute(x, y)
      return .number(value, frame.tape.pointee.record(binary: gate, value: value, x, m, y, n))
    }
    return try general(a, b, frame, defers: false)
  }

  override func evaluateDeferred(_ frame: Frame) throws(Failure) -> Value {
    let a = leftDefers ? try left.evaluateDeferred(frame) : try left.evaluate(frame)
    let b = rightDefers ? try right.evaluateDeferred(frame) : try right.evaluate(frame)
    if case .number(let x, let m) = a, case .number(let y, let n) = b {
      let value = Kind.compute(x, y)
      return .number(value, frame.tape.pointee.record(binary: gate, value: value, x, m, y, n))
    }
    return try general(a, b, frame, defers: true)
  }

  @inline(never)
  private func general(
    _ a: Value, _ b: Value, _ frame: Frame, defers: Bool
  ) throws(Failure) -> Value {
    if let (x, m) = a.scalar, let (y, n) = b.scalar {
      let value = Kind.compute(x, y)
      return .number(value, frame.tape.pointee.record(binary: gate, value: value, x, m, y, n))
    }
    return try operate(Kind.operation, gate, a, left, b, right, frame, defers: defers)
  }
}

/// The other binary operators.
final class BinaryNode: Node {
  private let operation: BinaryOperator
  private let left: Node
  private let right: Node

  init(_ operation: BinaryOperator, _ left: Node, _ right: Node, _ span: Span) {
    self.operation = operation
    self.left = left
    self.right = right
    super.init(span)
  }

  /// Powers act entry by entry; products, quotients that are rounded, and masks do not fuse.
  override var mayDefer: Bool { operation == .power }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    try evaluate(frame, defers: false)
  }

  override func evaluateDeferred(_ frame: Frame) throws(Failure) -> Value {
    try evaluate(frame, defers: mayDefer)
  }

  private func evaluate(_ frame: Frame, defers: Bool) throws(Failure) -> Value {
    let isElementwise = operation == .power
    let a = isElementwise ? try left.evaluateDeferred(frame) : try left.evaluate(frame)
    let b = isElementwise ? try right.evaluateDeferred(frame) : try right.evaluate(frame)
    return try operate(
      operation, OperatorGates.row(operation), a, left, b, right, frame, defers: defers)
  }
}

extension Node {
  /// A binary operator on what is not two numbers: deferred where `defers` and the tensors are
  /// large, together with its operands where they were.
  fileprivate final func operate(
    _ operation: BinaryOperator, _ gate: Gate, _ a: Value, _ left: Node, _ b: Value, _ right: Node,
    _ frame: Frame, defers: Bool
  ) throws(Failure) -> Value {
    let session = frame.session
    do throws(Failure) {
      if defers || Session.isDeferred(a) || Session.isDeferred(b) {
        if let deferred = try session.deferred(gate, a, b) {
          return defers ? deferred : try session.computed(deferred)
        }
      }
      return try session.binary(
        operation, session.computed(a), session.computed(b),
        names: [left.text(frame), right.text(frame)])
    } catch { throw place(error, frame) }
  }
}

/// `-x`, `+x`, `~x`.
final class UnaryNode: Node {
  private let operation: UnaryOperator
  private let operand: Node

  init(_ operation: UnaryOperator, _ operand: Node, _ span: Span) {
    self.operation = operation
    self.operand = operand
    super.init(span)
  }

  override var mayDefer: Bool { operation == .minus }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    try evaluate(frame, defers: false)
  }

  override func evaluateDeferred(_ frame: Frame) throws(Failure) -> Value {
    try evaluate(frame, defers: mayDefer)
  }

  private func evaluate(_ frame: Frame, defers: Bool) throws(Failure) -> Value {
    let value = mayDefer ? try operand.evaluateDeferred(frame) : try operand.evaluate(frame)
    do throws(Failure) {
      if defers || Session.isDeferred(value) {
        if let deferred = try frame.session.deferred(Gates.negative, value) {
          return defers ? deferred : try frame.session.computed(deferred)
        }
      }
      return try frame.session.unary(operation, frame.session.computed(value))
    } catch { throw place(error, frame) }
  }
}

/// `not x`.
final class NotNode: Node {
  private let operand: Node
  init(_ operand: Node, _ span: Span) {
    self.operand = operand
    super.init(span)
  }
  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    .boolean(!(try operand.test(frame)))
  }
}

/// `a and b`, `a or b`: the operand that decides.
final class LogicalNode: Node {
  private let operation: LogicalOperator
  private let operands: [Node]

  init(_ operation: LogicalOperator, _ operands: [Node], _ span: Span) {
    self.operation = operation
    self.operands = operands
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    var value = Value.none
    for (index, operand) in operands.enumerated() {
      value = try operand.evaluate(frame)
      if index == operands.count - 1 { break }
      let isTrue: Bool
      do throws(Failure) { isTrue = try frame.session.truth(value) } catch {
        throw operand.place(error, frame)
      }
      if isTrue == (operation == .or) { break }
    }
    return value
  }
}

/// `a < b <= c`.
final class ComparisonNode: Node {
  private let first: Node
  private let rest: [(operation: ComparisonOperator, node: Node)]

  init(_ first: Node, _ rest: [(operation: ComparisonOperator, node: Node)], _ span: Span) {
    self.first = first
    self.rest = rest
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    var left = try first.evaluate(frame)
    var result = Value.boolean(true)
    for (index, (operation, node)) in rest.enumerated() {
      let right = try node.evaluate(frame)
      do throws(Failure) {
        let leftNode = index == 0 ? first : rest[index - 1].node
        result = try frame.session.compare(
          operation, left, right, names: [leftNode.text(frame), node.text(frame)])
        if index < rest.count - 1, !(try frame.session.truth(result)) { return result }
      } catch { throw place(error, frame) }
      left = right
    }
    return result
  }
}

/// `then if test else otherwise`.
final class ConditionalNode: Node {
  private let test: Node
  private let then: Node
  private let otherwise: Node

  init(_ test: Node, _ then: Node, _ otherwise: Node, _ span: Span) {
    self.test = test
    self.then = then
    self.otherwise = otherwise
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    try test.test(frame) ? then.evaluate(frame) : otherwise.evaluate(frame)
  }
}

extension Node {
  /// Whether the value counts as true.
  final func test(_ frame: Frame) throws(Failure) -> Bool {
    let value = try evaluate(frame)
    if case .boolean(let value) = value { return value }
    do throws(Failure) { return try frame.session.truth(value) } catch {
      throw place(error, frame)
    }
  }
}

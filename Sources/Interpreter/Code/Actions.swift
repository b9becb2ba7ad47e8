import Autodiff
import Syntax

/// An expression as a statement; the last one of a cell is its result.
final class ExpressionAction: Action {
  let node: Node
  init(_ node: Node, _ span: Span) {
    self.node = node
    super.init(span)
  }
  override func run(_ frame: Frame) throws(Failure) -> Flow {
    _ = try node.evaluate(frame)
    return .next
  }
}

/// `a = b = value`.
final class AssignAction: Action {
  private let target: Target
  /// Those of `b = c =` in `a = b = c = value`.
  private let others: [Target]
  private let value: Node
  /// The gradient that the right side uses of its own target, which makes this an update step.
  private let update: UpdateStep?

  init(_ targets: [Target], _ value: Node, update: UpdateStep?, _ span: Span) {
    target = targets[0]
    others = Array(targets.dropFirst())
    self.value = value
    self.update = update
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    if let update, update.isGradient(frame) {
      try update.run(target, frame) { () throws(Failure) -> Value in
        try self.value.evaluate(frame)
      }
      return .next
    }
    let value = try value.evaluate(frame)
    try target.assign(value, frame)
    if !others.isEmpty {
      for target in others { try target.assign(value, frame) }
    }
    return .next
  }
}

/// An assignment whose right side uses a gradient of its own target: the target is a leaf again.
struct UpdateStep {
  /// The name `dNAME`, where that is how the gradient is written; nil for `.grad`.
  let gradientName: GlobalName?

  /// Whether the gradient is one of the last pass, not a variable of the user's.
  func isGradient(_ frame: Frame) -> Bool { gradientName?.isGradient(frame) ?? true }

  func run(
    _ target: Target, _ frame: Frame, _ compute: () throws(Failure) -> Value
  ) throws(Failure) {
    let session = frame.session
    let old = try? target.load(frame)
    let wasRecording = session.tape.pointee.isRecording
    session.tape.pointee.isRecording = false
    let computed: Value
    do throws(Failure) { computed = try compute() } catch {
      session.tape.pointee.isRecording = wasRecording
      throw error
    }
    session.tape.pointee.isRecording = wasRecording
    guard let new = try session.tensor(computed) else { return try target.assign(computed, frame) }
    if case .param(let param)? = old {
      do throws(Failure) { try session.update(param, to: new.tensor) } catch {
        throw error.placed(at: target.span, in: frame)
      }
      return target.noteUpdate(frame)
    }
    try target.assign(session.updated(old, to: new.tensor), frame)
  }
}

/// `target += value`.
final class AugmentedAction: Action {
  private let target: Target
  private let operation: BinaryOperator
  private let value: Node
  private let update: UpdateStep?

  init(
    _ target: Target, _ operation: BinaryOperator, _ value: Node, update: UpdateStep?, _ span: Span
  ) {
    self.target = target
    self.operation = operation
    self.value = value
    self.update = update
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    try target.modify(frame) { old throws(Failure) -> Value? in try changed(old, frame) }
    return .next
  }

  /// The new value; nil where the old one was changed in place.
  private func changed(_ old: Value, _ frame: Frame) throws(Failure) -> Value? {
    let session = frame.session
    do throws(Failure) {
      if case .param(let param) = old {
        // The step and what it is made of are computed in one pass.
        let right = try session.withoutRecording { () throws(Failure) in
          try value.evaluateDeferred(frame)
        }
        let new = try session.withoutRecording { () throws(Failure) in
          if let step = try session.deferred(OperatorGates.row(operation), old, right) {
            return try session.computed(step)
          }
          return try session.binary(operation, old, session.computed(right), names: names(frame))
        }
        guard let traced = try session.tensor(new) else {
          throw Failure(.type, "a param holds a tensor, not \(new.described)")
        }
        try session.update(param, to: traced.tensor)
        target.noteUpdate(frame)
        return nil
      }
      if operation == .add, let list = old.object(ListObject.self) {
        let items = try session.items(of: value.evaluate(frame))
        try Session.demand(list.items.bytes(forAnother: items.count))
        list.items += items.map { session.settled($0) }
        return nil
      }
      if let update, update.isGradient(frame), old.traced != nil {
        let new = try session.withoutRecording { () throws(Failure) in
          try session.binary(operation, old, value.evaluate(frame), names: names(frame))
        }
        guard let traced = try session.tensor(new) else { return new }
        return session.updated(old, to: traced.tensor)
      }
      return try session.binary(operation, old, value.evaluate(frame), names: names(frame))
    } catch { throw error.placed(at: span, in: frame) }
  }

  private func names(_ frame: Frame) -> [String] {
    [frame.code.source.text(target.span), value.text(frame)]
  }
}

/// `if`, `elif`, `else`.
final class IfAction: Action {
  private let branches: [(test: Node, body: Block)]
  private let otherwise: Block

  init(_ branches: [(test: Node, body: [Action])], otherwise: [Action], _ span: Span) {
    self.branches = branches.map { ($0.test, Block($0.body)) }
    self.otherwise = Block(otherwise)
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    for (test, body) in branches where try test.test(frame) { return try body.run(frame) }
    return try otherwise.run(frame)
  }
}

/// `for target in iterable`.
final class ForAction: Action {
  private let target: Target
  private let iterable: Node
  private let body: Block
  private let otherwise: Block

  init(
    _ target: Target, _ iterable: Node, body: [Action], otherwise: [Action], _ span: Span
  ) {
    self.target = target
    self.iterable = iterable
    self.body = Block(body)
    self.otherwise = Block(otherwise)
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    let iterator = try iterable.iterate(frame)
    var mark = frame.tape.pointee.mark
    while let item = try iterable.next(iterator, frame, &mark) {
      try target.assign(item, frame)
      let flow = try body.run(frame)
      if flow == .breakLoop { return .next }
      if flow == .returnValue { return flow }
    }
    return try otherwise.run(frame)
  }
}

/// `while test`.
final class WhileAction: Action {
  private let test: Node
  private let body: Block
  private let otherwise: Block

  init(_ test: Node, body: [Action], otherwise: [Action], _ span: Span) {
    self.test = test
    self.body = Block(body)
    self.otherwise = Block(otherwise)
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    var mark = frame.tape.pointee.mark
    while try test.test(frame) {
      do throws(Failure) { try frame.session.turn(&mark) } catch {
        throw error.placed(at: test.span, in: frame)
      }
      let flow = try body.run(frame)
      if flow == .breakLoop { return .next }
      if flow == .returnValue { return flow }
    }
    return try otherwise.run(frame)
  }
}

/// `break`, `continue`, `pass`.
final class FlowAction: Action {
  private let flow: Flow
  init(_ flow: Flow, _ span: Span) {
    self.flow = flow
    super.init(span)
  }
  override func run(_ frame: Frame) throws(Failure) -> Flow { flow }
}

/// `return value`.
final class ReturnAction: Action {
  private let value: Node?
  init(_ value: Node?, _ span: Span) {
    self.value = value
    super.init(span)
  }
  override func run(_ frame: Frame) throws(Failure) -> Flow {
    frame.returned = try value?.evaluate(frame) ?? .none
    return .returnValue
  }
}

/// `del target`.
final class DeleteAction: Action {
  private let targets: [Target]
  init(_ targets: [Target], _ span: Span) {
    self.targets = targets
    super.init(span)
  }
  override func run(_ frame: Frame) throws(Failure) -> Flow {
    for target in targets { try target.delete(frame) }
    return .next
  }
}

/// `assert test, message`.
final class AssertAction: Action {
  private let test: Node
  private let message: Node?
  init(_ test: Node, message: Node?, _ span: Span) {
    self.test = test
    self.message = message
    super.init(span)
  }
  override func run(_ frame: Frame) throws(Failure) -> Flow {
    if try test.test(frame) { return .next }
    let text: String
    if let message {
      text = try frame.session.text(message.evaluate(frame))
    } else {
      text = "\(test.text(frame)) does not hold"
    }
    throw Failure(.assertion, text).placed(at: span, in: frame)
  }
}

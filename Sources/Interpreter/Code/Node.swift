import Syntax

/// An expression compiled: slots instead of names, one class for each form.
class Node {
  let span: Span

  init(_ span: Span) { self.span = span }

  func evaluate(_ frame: Frame) throws(Failure) -> Value { .none }

  /// The value, or an elementwise expression that its user is to compute.
  func evaluateDeferred(_ frame: Frame) throws(Failure) -> Value { try evaluate(frame) }

  /// Whether ``evaluateDeferred(_:)`` may give an expression that is not computed.
  var mayDefer: Bool { false }

  /// The text of the expression, for errors and tables.
  final func text(_ frame: Frame) -> String { frame.code.source.text(span) }

  /// A failure with this place, unless a nearer one is known.
  final func place(_ failure: Failure, _ frame: Frame) -> Failure {
    failure.placed(at: span, in: frame)
  }
}

/// A statement compiled.
class Action {
  let span: Span

  init(_ span: Span) { self.span = span }

  func run(_ frame: Frame) throws(Failure) -> Flow { .next }
}

/// How control goes on after a statement.
enum Flow {
  case next
  case breakLoop
  case continueLoop
  case returnValue
}

/// Statements that run one after the other.
///
/// A chain of constants rather than an array: their references are known to live as long as the
/// chain, so that running them counts none.
final class Block {
  private let first: Action?
  private let second: Action?
  private let third: Action?
  private let fourth: Action?
  private let next: Block?

  convenience init(_ actions: [Action]) {
    // Four to a link, made from the end; the last has what is left over.
    var next: Block?
    var end = actions.count
    while end > 4 {
      let start = (end - 1) / 4 * 4
      next = Block(actions[start..<end], next: next)
      end = start
    }
    self.init(actions[..<end], next: next)
  }

  private init(_ actions: ArraySlice<Action>, next: Block?) {
    let own = Array(actions)
    first = own.first
    second = own.count > 1 ? own[1] : nil
    third = own.count > 2 ? own[2] : nil
    fourth = own.count > 3 ? own[3] : nil
    self.next = next
  }

  /// Runs the statements in order until one diverts control.
  func run(_ frame: Frame) throws(Failure) -> Flow {
    guard let first else { return .next }
    var flow = try first.run(frame)
    guard flow == .next, let second else { return flow }
    flow = try second.run(frame)
    guard flow == .next, let third else { return flow }
    flow = try third.run(frame)
    guard flow == .next, let fourth else { return flow }
    flow = try fourth.run(frame)
    guard flow == .next, let next else { return flow }
    return try next.run(frame)
  }
}

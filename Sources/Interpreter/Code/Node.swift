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

/// The end of a chain of statements.
class Chain {
  /// Runs the statements in order until one diverts control.
  func run(_ frame: Frame) throws(Failure) -> Flow { .next }

}

/// Statements that run one after the other.
///
/// A chain of constants rather than an array: their references are known to live as long as the
/// chain, so that running them counts none.
final class Block: Chain {
  private let first: Action
  private let second: Action
  private let third: Action
  private let fourth: Action
  private let next: Chain

  convenience init(_ actions: [Action]) {
    // Four to a link, made from the end; the last has what is left over.
    var next = Chain()
    var end = actions.count
    while end > 4 {
      let start = (end - 1) / 4 * 4
      next = Block(actions[start..<end], next: next)
      end = start
    }
    self.init(actions[..<end], next: next)
  }

  private init(_ actions: ArraySlice<Action>, next: Chain) {
    let own = Array(actions)
    // What stands in a link that is not full does nothing.
    let nothing = own.count == 4 ? own[3] : Action(own.last?.span ?? Span(0, 0))
    first = own.count > 0 ? own[0] : nothing
    second = own.count > 1 ? own[1] : nothing
    third = own.count > 2 ? own[2] : nothing
    fourth = own.count > 3 ? own[3] : nothing
    self.next = next
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    var flow = try first.run(frame)
    guard flow == .next else { return flow }
    flow = try second.run(frame)
    guard flow == .next else { return flow }
    flow = try third.run(frame)
    guard flow == .next else { return flow }
    flow = try fourth.run(frame)
    guard flow == .next else { return flow }
    return try next.run(frame)
  }
}

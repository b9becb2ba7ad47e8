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

extension [Action] {
  /// Runs the statements in order until one diverts control.
  @inline(__always)
  func run(_ frame: Frame) throws(Failure) -> Flow {
    for action in self {
      let flow = try action.run(frame)
      if flow != .next { return flow }
    }
    return .next
  }
}

/// What is wrong with a text, before it is tied to its source.
///
/// An object rather than a value, because every `try` of the parser holds a place for it on the
/// stack, which bounds how deep a program may nest.
final class SyntaxProblem: Error {
  let message: String
  let span: Span
  let hint: String?
  /// Whether text that follows could still make the input right.
  let isIncomplete: Bool

  init(message: String, span: Span, hint: String? = nil, isIncomplete: Bool = false) {
    self.message = message
    self.span = span
    self.hint = hint
    self.isIncomplete = isIncomplete
  }

  func diagnostic(in source: Source) -> Diagnostic {
    Diagnostic(
      kind: "SyntaxError", message: message,
      frames: [Diagnostic.Frame(source: source, span: span)], hint: hint)
  }
}

/// Bounds on nesting, far below what a thread with a stack of 8 MB can take.
enum NestingLimit {
  /// Open brackets, f-strings and their fields.
  static let brackets = 200
  /// Blocks within blocks.
  static let blocks = 200
  /// Levels of one expression tree.
  static let expression = 1_000
  /// Calls of the parser within one another, by brackets, operators in operators, and lambdas.
  static let recursion = 600
}

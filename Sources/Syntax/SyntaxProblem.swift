/// What is wrong with a text, before it is tied to its source.
struct SyntaxProblem: Error {
  let message: String
  let span: Span
  var hint: String?
  /// Whether text that follows could still make the input right.
  var isIncomplete = false

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
}

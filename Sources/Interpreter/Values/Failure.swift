import Autodiff
import Syntax

/// An exception on its way: the kind that users catch, the sentence, the places.
struct Failure: Error {
  /// A reference, so that throwing functions return in registers.
  let exception: ExceptionObject

  init(_ exception: ExceptionObject) { self.exception = exception }

  init(_ kind: Kind, _ message: String, hint: String? = nil) {
    exception = ExceptionObject(kind: kind.rawValue, message: message, hint: hint)
  }

  /// An error from a gate, with the operands' texts where known.
  init(_ error: GateError, operands: [String] = []) {
    func named(_ text: String) -> String {
      var result = text
      for index in 0..<Failure.ordinalCount {
        let name = index < operands.count ? operands[index] : Failure.ordinal(index)
        result = result.replacing("{\(index)}", with: name)
      }
      return result
    }
    exception = ExceptionObject(
      kind: error.kind.rawValue, message: named(error.message),
      hint: error.hint.flatMap { hint in
        // A hint that rewrites the user's expression needs the operands' texts.
        hint.contains("{") && operands.isEmpty ? nil : named(hint)
      })
  }

  /// How a sentence calls an operand whose text is not known.
  static func ordinal(_ index: Int) -> String { ordinals[index] }
  static var ordinalCount: Int { ordinals.count }
  private static let ordinals = [
    "the operand", "the second operand", "the third operand", "the fourth operand",
  ]

  enum Kind: String {
    case syntax = "SyntaxError"
    case name = "NameError"
    case type = "TypeError"
    case value = "ValueError"
    case shape = "ShapeError"
    case index = "IndexError"
    case key = "KeyError"
    case attribute = "AttributeError"
    case gradient = "GradientError"
    case linearAlgebra = "LinAlgError"
    case memory = "MemoryError"
    case output = "OutputError"
    case recursion = "RecursionError"
    case assertion = "AssertionError"
    case importing = "ImportError"
    case fileNotFound = "FileNotFoundError"
    case runtime = "RuntimeError"
    case stopIteration = "StopIteration"
    case zeroDivision = "ZeroDivisionError"
    case endOfFile = "EOFError"
    case notImplemented = "NotImplementedError"
    case interrupt = "KeyboardInterrupt"
    case exit = "SystemExit"
  }

  /// The same failure with a place, unless a place nearer to its cause is known.
  func placed(at span: Span, in frame: Frame) -> Failure {
    if exception.frames.isEmpty {
      exception.frames.append(
        Diagnostic.Frame(source: frame.code.source, span: span, function: frame.code.functionName))
    }
    return self
  }

  /// The same failure as seen by a caller: the call's place is added to the chain.
  func called(from span: Span, in frame: Frame) -> Failure {
    exception.addCall(
      Diagnostic.Frame(source: frame.code.source, span: span, function: frame.code.functionName))
    return self
  }

  var isInterrupt: Bool { exception.kind == Kind.interrupt.rawValue }
}

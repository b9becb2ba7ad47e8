import EngineInterface

extension Builtins {
  /// What ends a session or a script.
  static func leaving() -> [Builtin] {
    [
      Builtin(
        "exit", "code=0",
        "Ends the session, or the script with an exit code; a text is shown as an error, with code 1."
      ) { arguments, session throws(Failure) in
        let code = arguments[0] ?? .none
        throw Failure(
          ExceptionObject(
            kind: Failure.Kind.exit.rawValue, message: code.isNone ? "0" : try session.text(code),
            arguments: code.isNone ? [] : [code]))
      }
    ]
  }
}

extension ExceptionObject {
  /// How the session is to end, where this is what asks for it.
  var exit: ExecutionOutcome.Exit? {
    guard ExceptionKinds.ancestors(of: kind).contains(Failure.Kind.exit.rawValue) else {
      return nil
    }
    switch arguments.first {
    case nil, .some(.none): return .init(code: 0)
    case .boolean(let value): return .init(code: value ? 1 : 0)
    case .number(let number, _) where number == number.rounded() && number.magnitude < 0x1p31:
      // The system keeps eight bits.
      return .init(code: Int32(truncatingIfNeeded: Int(number) & 0xFF))
    default: return .init(code: 1, message: message)
    }
  }
}

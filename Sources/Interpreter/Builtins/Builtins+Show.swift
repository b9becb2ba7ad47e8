import Autodiff
import Display
import EngineInterface
import Syntax

extension Builtins {
  /// Output and input.
  static func show() -> [Builtin] {
    [
      Builtin(
        "print", "*values, sep=' ', end='\\n', file=None, flush=False", "Writes values as text."
      ) { arguments, session throws(Failure) in
        var parts: [String] = []
        for value in arguments.rest { parts.append(try session.text(value)) }
        let stream: StandardStream
        if let file = arguments[2] {
          guard let object = file.object(StreamObject.self) else {
            throw Failure(
              .type, "print() writes to stdout or stderr, not to \(file.described)",
              hint: "print(…, file=stderr)")
          }
          stream = object.stream
        } else {
          stream = .stdout
        }
        let separator = try arguments.string(0, default: " ")
        let end = try arguments.string(1, default: "\n")
        session.sink.write(parts.joined(separator: separator) + end, to: stream)
        return .none
      },
      Builtin(
        "display", "*values, display_id=None",
        "Shows values in the richest form that the front end knows."
      ) { arguments, session throws(Failure) in
        var id: String?
        if let given = arguments[0] {
          if case .boolean(true) = given {
            id = session.freshDisplayID()
          } else {
            id = try arguments.string(0)
          }
        }
        for value in arguments.rest {
          session.sink.display(try session.bundle(of: value), id: id)
        }
        return id.map { .object(DisplayHandle(id: $0)) } ?? .none
      },
      Builtin(
        "update_display", "value, display_id", "Shows a value in place of what a display showed."
      ) { arguments, session throws(Failure) in
        session.sink.updateDisplay(
          try session.bundle(of: arguments.value(0)), id: try arguments.string(1))
        return .none
      },
      Builtin("clear_output", "wait=False", "Removes the cell's output so far.") {
        arguments, session throws(Failure) in
        session.sink.clearOutput(wait: try arguments.bool(0, default: false, session))
        return .none
      },
      Builtin("HTML", "text", "Text that is shown as HTML.") { arguments, _ throws(Failure) in
        .object(
          RichObject(name: "HTML", mimeType: "text/html", content: try arguments.string(0)))
      },
      Builtin("Latex", "text", "Text that is shown as LaTeX.") { arguments, _ throws(Failure) in
        .object(
          RichObject(name: "Latex", mimeType: "text/latex", content: try arguments.string(0)))
      },
      Builtin("input", "prompt=''", "Asks for a line and gives it as a string.") {
        arguments, session throws(Failure) in
        try session.ask(
          try arguments[0].map { value throws(Failure) in try session.text(value) } ?? "",
          password: false)
      },
      Builtin("getpass", "prompt='Password: '", "Asks for a line without showing it.") {
        arguments, session throws(Failure) in
        try session.ask(try arguments.string(0, default: "Password: "), password: true)
      },
      Builtin("table", "*values, **named", "Shows tensors as the table of a cell does.") {
        arguments, session throws(Failure) in
        var rows: [CellTable.Row] = []
        let values = arguments.rest.enumerated().map { ("\($0 + 1)", $1) }
        for (name, value) in values + arguments.keywordRest.map({ ($0.name, $0.value) }) {
          guard let traced = try session.tensor(value) else {
            throw Failure(.type, "table() shows tensors, not \(value.described)")
          }
          let origin = traced.node.isTracked ? session.origin(of: traced, "") : "leaf"
          rows.append(session.row(name, origin, traced))
        }
        session.tablesShown += 1
        session.sink.display(
          CellTable(rows: rows, precision: session.options.precision).bundle(
            session.sink.page), id: nil)
        return .none
      },
      Builtin("help", "value=None", "Shows what is known of a value.") {
        arguments, session throws(Failure) in
        guard let value = arguments[0] else {
          session.sink.write(
            "help(f) tells what f does; f? shows it in the pager, %who lists your names.\n",
            to: .stdout)
          return .none
        }
        let page = try session.help(nil, value, detail: 0)
        session.sink.write((page.plain ?? "") + "\n", to: .stdout)
        return .none
      },
    ]
  }
}

extension Session {
  func freshDisplayID() -> String {
    displayCount += 1
    return "nabla-\(sessionID)-\(displayCount)"
  }

  /// Asks the user for a line.
  func ask(_ prompt: String, password: Bool) throws(Failure) -> Value {
    try snapshots.resting(self) { () throws(Failure) in
      try askAtOnce(prompt, password: password)
    }
  }

  private func askAtOnce(_ prompt: String, password: Bool) throws(Failure) -> Value {
    do throws(InputFailure) {
      return .string(try sink.input(prompt: prompt, password: password))
    } catch {
      switch error {
      case .unavailable:
        throw Failure(
          .runtime, "input() has nobody to ask: this front end does not take input",
          hint: "give the value in the cell")
      case .silent:
        throw Failure(
          .runtime, "input() has nobody to ask: a silent cell cannot ask for input",
          hint: "give the value in the code")
      case .interrupted: throw Failure(.interrupt, "interrupted")
      case .endOfFile: throw Failure(.endOfFile, "the input ended before a line came")
      case .unreadable:
        throw Failure(.runtime, "input() got no line: the front end's answer was no text")
      }
    }
  }

  /// A value in all representations that it has.
  func bundle(of value: Value) throws(Failure) -> MIMEBundle {
    switch value {
    case .tensor, .param:
      guard let tensor = value.traced?.tensor, !tensor.isScalar else { break }
      return TensorView(tensor, precision: options.precision).bundle(sink.page)
    case .object(let object):
      switch object {
      case let rich as RichObject: return rich.bundle
      case let interaction as InteractionObject: return interaction.bundle
      case let jacobian as JacobianObject: return jacobian.view.bundle(sink.page)
      default: return MIMEBundle(plain: try object.repr(self))
      }
    default: break
    }
    return MIMEBundle(plain: try repr(value))
  }

  /// A warning on stderr with the place that it is about.
  func warn(_ message: String, at place: (source: Source, span: Span)?, hint: String? = nil) {
    let frames = place.map { [Diagnostic.Frame(source: $0.source, span: $0.span)] } ?? []
    let warning = Diagnostic(kind: "Warning", message: message, frames: frames, hint: hint)
    sink.write(warning.rendered(style: .plain).joined(separator: "\n") + "\n", to: .stderr)
  }
}

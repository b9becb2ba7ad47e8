import Display
import EngineInterface
import JSON

/// A value that is shown in a MIME type of its own: what `HTML(…)` and `Latex(…)` give.
final class RichObject: Object {
  private let name: String
  private let mimeType: String
  private let content: String

  init(name: String, mimeType: String, content: String) {
    self.name = name
    self.mimeType = mimeType
    self.content = content
    super.init()
  }

  override var typeName: String { name }
  override func repr(_ session: Session) throws(Failure) -> String { "<\(name)>" }

  var bundle: MIMEBundle {
    MIMEBundle(data: ["text/plain": .string("<\(name)>"), mimeType: .string(content)])
  }
}

/// `stdout` or `stderr`, for `print(…, file=stderr)` and `sys.stderr.write(…)`.
final class StreamObject: Object {
  let stream: StandardStream

  init(_ stream: StandardStream) {
    self.stream = stream
    super.init()
  }

  override var typeName: String { "stream" }
  override func repr(_ session: Session) throws(Failure) -> String { "<\(stream.rawValue)>" }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    let stream = stream
    switch name {
    case "write":
      return .object(
        Builtin("write", "text", "Writes text to \(stream.rawValue).") {
          arguments, session throws(Failure) in
          let text = try arguments.string(0)
          session.sink.write(text, to: stream)
          return .int(text.unicodeScalars.count)
        })
    case "flush":
      return .object(
        Builtin("flush", "", "Does nothing: output is never held back.") { _, _ in .none })
    default: return nil
    }
  }
  override var attributeNames: [String] { ["flush", "write"] }
}

/// A display that can be shown anew: what `display(x, display_id=True)` gives.
final class DisplayHandle: Object {
  let id: String

  init(id: String) {
    self.id = id
    super.init()
  }

  override var typeName: String { "display" }
  override func repr(_ session: Session) throws(Failure) -> String { "<display \(id)>" }
  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    let id = id
    switch name {
    case "update":
      return .object(
        Builtin("update", "value", "Shows a value in place of the one before.") {
          arguments, session throws(Failure) in
          session.sink.updateDisplay(try session.bundle(of: arguments.value(0)), id: id)
          return .none
        })
    case "display":
      return .object(
        Builtin("display", "value", "Shows a value once more under the same id.") {
          arguments, session throws(Failure) in
          session.sink.display(try session.bundle(of: arguments.value(0)), id: id)
          return .none
        })
    case "display_id": return .string(id)
    default: return nil
    }
  }
  override var attributeNames: [String] { ["display", "display_id", "update"] }
}

import EngineInterface
import JSON
import Widgets

/// What `interact(…)` gives: a function whose arguments widgets steer, and its last value.
final class InteractionObject: Object {
  let function: Value
  let controls: [InteractiveControl]
  /// Which one of the session it is.
  let number: Int
  /// The cell, or the interaction in whose call it was made; a new run of that replaces it.
  let owner: String?
  /// The value of the last call; None after a call that failed.
  var last = Value.none
  /// What the last call showed, as one display.
  var shown = MIMEBundle(plain: "")
  /// The box with all widgets and the one that shows the outputs; nil where there are none, or none
  /// any more.
  var widgets: (root: WidgetModel, output: WidgetModel)?
  /// Whether the running cell has made, and so shown, it.
  var isShownByCell = true

  init(_ function: Value, _ controls: [InteractiveControl], number: Int, owner: String?) {
    self.function = function
    self.controls = controls
    self.number = number
    self.owner = owner
    super.init()
  }

  /// The arguments that the controls stand at.
  var arguments: Arguments {
    Arguments([], keywords: controls.map { ($0.name, $0.value) })
  }

  /// The widgets for those who know them, with the last outputs for those who do not.
  var bundle: MIMEBundle {
    var bundle = shown
    if let root = widgets?.root { bundle.data[root.view.type] = root.view.data }
    return bundle
  }

  override var typeName: String { "interaction" }
  override var described: String { "an interaction" }
  override var isCallable: Bool { true }
  override var held: [Value] { [function, last] + controls.flatMap(\.options) }

  override func repr(_ session: Session) throws(Failure) -> String {
    var parts: [String] = []
    for (name, value) in arguments.keywords { parts.append("\(name)=\(try session.repr(value))") }
    return "<interaction \(parts.joined(separator: ", "))>"
  }

  override func call(_ arguments: Arguments, _ session: Session) throws(Failure) -> Value {
    try session.call(function, arguments)
  }

  override func attribute(_ name: String, _ session: Session) throws(Failure) -> Value? {
    switch name {
    case "value": return last
    case "function": return function
    case "arguments":
      let dict = DictObject()
      for (name, value) in arguments.keywords {
        try dict.set(.string(name), session.settled(value))
      }
      return .object(dict)
    case "close":
      return .object(
        Builtin("close", "", "Takes the widgets away.") { [self] _, session in
          session.close(self)
          return .none
        })
    default: return nil
    }
  }
  override var attributeNames: [String] { ["arguments", "close", "function", "value"] }
}

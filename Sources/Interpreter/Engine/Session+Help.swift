import Autodiff
import EngineInterface

// What is known of a value: help pages and inspections.

extension Session {
  /// A page on a value, under the text that the user asked about.
  func help(_ name: String?, _ value: Value, detail: Int) throws(Failure) -> MIMEBundle {
    MIMEBundle(plain: try helpText(name, value, detail: detail))
  }

  /// What is known of a value, as lines of text; `detail` 1 adds the source of what the user wrote,
  /// the origin of a gate, and more of a large value.
  func helpText(_ name: String?, _ value: Value, detail: Int) throws(Failure) -> String {
    var lines: [String] = []
    switch value {
    case .object(let object):
      switch object {
      case let builtin as Builtin: lines = Session.lines(builtin, detail)
      case let gate as GateObject:
        lines = Session.lines("gate \(gate.forward.hint)", gate.forward.code, detail)
      case let function as FunctionObject:
        lines = Session.lines("def \(function.hint)", function.code, detail)
      case let method as BoundMethod:
        return try helpText(name, .object(method.function), detail: detail)
      case let type as ClassObject:
        let head = "class \(type.name)" + (type.base.map { "(\($0.name))" } ?? "")
        lines = type.code.map { Session.lines(head, $0, detail) } ?? [head]
        let methods = type.members.keys.sorted().filter { !$0.hasPrefix("_") }
        if detail == 0, !methods.isEmpty {
          lines += ["", "members: " + methods.joined(separator: ", ")]
        }
      case let module as ModuleObject:
        lines.append("module \(module.name), \(module.members.count) names")
        if detail > 0 {
          let names = module.members.keys.filter { !$0.hasPrefix("_") }.sorted()
          lines += ["", names.joined(separator: ", ")]
        }
      default:
        lines.append((name.map { "\($0): " } ?? "") + object.described)
        lines.append(clipped(try repr(value), detail))
      }
    case .number, .tensor, .param:
      guard let traced = value.traced else { break }
      let kind =
        tape.pointee.isParam(traced.node)
        ? "param" : tape.pointee.isLeaf(traced.node) ? "leaf" : value.typeName
      lines.append((name.map { "\($0): " } ?? "") + "\(kind) of shape \(traced.shape)")
      lines.append("value: \(clipped(try text(value), detail))")
      if let gradient = tape.pointee.gradients[traced.node] {
        lines.append("gradient: \(clipped(Printing.compact(gradient), detail))")
      }
      if let gate = tape.pointee.gate(of: traced.node) {
        lines += ["", "made by:"] + Session.lines(gate, detail)
      }
    default:
      lines = [
        (name.map { "\($0): " } ?? "") + value.typeName, clipped(try repr(value), detail),
      ]
    }
    return lines.joined(separator: "\n")
  }

  /// What the user wrote: its head and what it says of itself, or its whole source.
  private static func lines(_ head: String, _ code: Code, _ detail: Int) -> [String] {
    if detail > 0, let text = code.definitionText { return [text, "", "in " + code.source.name] }
    return [head] + (code.docstring.map { ["", $0] } ?? [])
  }

  private static func lines(_ builtin: Builtin, _ detail: Int) -> [String] {
    var lines = ["\(builtin.name)(\(builtin.signature.text))", "", builtin.summary]
    if let gate = builtin.gate ?? GateTable.gate(named: builtin.name) {
      lines += [""] + Session.lines(gate, detail).dropFirst(2)
    }
    return lines
  }

  /// A row of the gate table as lines; who first described it stands in the long form.
  private static func lines(_ gate: Gate, _ detail: Int) -> [String] {
    gate.description.split(separator: "\n").map(String.init)
      .filter { detail > 0 || !$0.hasPrefix("source:") }
  }

  private func clipped(_ text: String, _ detail: Int) -> String {
    let limit = detail > 0 ? 20_000 : 2_000
    return text.count > limit ? String(text.prefix(limit)) + "…" : text
  }
}

import Autodiff
import EngineInterface

// What is known of a value: help pages and inspections.

extension Session {
  /// A page on a value, under the text that the user asked about.
  func help(_ name: String?, _ value: Value, detail: Int) throws(Failure) -> MIMEBundle {
    MIMEBundle(plain: try helpText(name, value, detail: detail))
  }

  /// What is known of a value, as lines of text.
  func helpText(_ name: String?, _ value: Value, detail: Int) throws(Failure) -> String {
    var lines: [String] = []
    switch value {
    case .object(let object):
      switch object {
      case let builtin as Builtin: lines = Session.lines(builtin)
      case let gate as GateObject:
        lines.append("gate \(gate.forward.hint)")
        if let text = gate.forward.code.docstring { lines += ["", text] }
      case let function as FunctionObject:
        lines.append("def \(function.hint)")
        if let text = function.code.docstring { lines += ["", text] }
      case let method as BoundMethod:
        return try helpText(name, .object(method.function), detail: detail)
      case let type as ClassObject:
        lines.append("class \(type.name)" + (type.base.map { "(\($0.name))" } ?? ""))
        if let text = type.docstring { lines += ["", text] }
        let methods = type.members.keys.sorted().filter { !$0.hasPrefix("_") }
        if !methods.isEmpty { lines += ["", "members: " + methods.joined(separator: ", ")] }
      case let module as ModuleObject:
        lines.append("module \(module.name), \(module.members.count) names")
      default:
        lines.append((name.map { "\($0): " } ?? "") + object.described)
        lines.append(try clipped(repr(value)))
      }
    case .number, .tensor, .param:
      guard let traced = value.traced else { break }
      let kind =
        tape.pointee.isParam(traced.node)
        ? "param" : tape.pointee.isLeaf(traced.node) ? "leaf" : value.typeName
      lines.append((name.map { "\($0): " } ?? "") + "\(kind) of shape \(traced.shape)")
      lines.append("value: \(try clipped(text(value)))")
      if let gradient = tape.pointee.gradients[traced.node] {
        lines.append("gradient: \(clipped(Printing.compact(gradient)))")
      }
      if let gate = tape.pointee.gate(of: traced.node) {
        lines += ["", "made by:"] + Session.lines(gate)
      }
    default: lines = [(name.map { "\($0): " } ?? "") + value.typeName, try clipped(repr(value))]
    }
    return lines.joined(separator: "\n")
  }

  private static func lines(_ builtin: Builtin) -> [String] {
    var lines = ["\(builtin.name)(\(builtin.signature.text))", "", builtin.summary]
    if let gate = builtin.gate ?? GateTable.gate(named: builtin.name) {
      lines += [""] + Session.lines(gate).dropFirst(2)
    }
    return lines
  }

  /// A row of the gate table as lines.
  static func lines(_ gate: Gate) -> [String] {
    gate.description.split(separator: "\n").map(String.init)
  }

  private func clipped(_ text: String) -> String {
    text.count > 2_000 ? String(text.prefix(2_000)) + "…" : text
  }
}

import Autodiff
import Syntax

/// A local variable in its slot.
final class LocalName: Node {
  let slot: Int
  init(_ slot: Int, _ span: Span) {
    self.slot = slot
    super.init(span)
  }
  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let value = frame.slots[slot]
    if case .unbound = value { throw unbound(frame) }
    return value
  }
  private func unbound(_ frame: Frame) -> Failure {
    let name = frame.code.layout.slotNames[slot]
    return place(
      Failure(
        .name, "\(name) has no value yet here",
        hint: "it is assigned in this function, so it is local to it; global \(name) would use"
          + " the outer one"), frame)
  }
}

/// A variable that functions share.
final class SharedName: Node {
  let index: Int
  init(_ index: Int, _ span: Span) {
    self.index = index
    super.init(span)
  }
  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let value = frame.shared[index].value
    if case .unbound = value {
      throw place(
        Failure(.name, "\(frame.code.layout.sharedNames[index]) has no value yet here"), frame)
    }
    return value
  }
}

/// A name of the module; where it has no value, a built-in or a gradient `dNAME`.
final class GlobalName: Node {
  let slot: Int
  let name: String
  private let builtin: Value?
  /// Where the name is `dNAME`: the variable that it is the gradient of, if that is local.
  private let base: Node?

  init(slot: Int, name: String, builtin: Value?, base: Node?, _ span: Span) {
    self.slot = slot
    self.name = name
    self.builtin = builtin
    self.base = base
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let value = frame.globals.slots[slot]
    if case .unbound = value {
      if let builtin { return builtin }
      return try gradient(frame)
    }
    return value
  }

  /// Whether the name stands for a gradient now.
  func isGradient(_ frame: Frame) -> Bool {
    guard builtin == nil, case .unbound = frame.globals.slots[slot] else { return false }
    return name.hasPrefix("d") || name.hasPrefix("∇")
  }

  private func gradient(_ frame: Frame) throws(Failure) -> Value {
    let session = frame.session
    guard name.unicodeScalars.count > 1, name.hasPrefix("d") else { throw unknown(frame) }
    let stem = String(name.dropFirst())
    let value: Value?
    if let base {
      value = try base.evaluate(frame)
    } else {
      value = frame.globals[stem]
    }
    guard let value else { throw unknown(frame) }
    guard value.node.isTracked || value.object(ListObject.self) != nil else { throw unknown(frame) }
    guard session.tape.pointee.gradients.hasRun else {
      throw place(
        Failure(
          .gradient, "\(name) is the gradient of \(stem), and no backward pass has run yet",
          hint: "backward(y) computes the gradients of y"), frame)
    }
    return try session.optionalAttribute("grad", of: value) ?? .none
  }

  private func unknown(_ frame: Frame) -> Failure {
    if let type = frame.session.notCopied[name] {
      return place(
        Failure(
          .name, "\(name) is a \(type) of the session whose cell is running, and is not copied",
          hint: "run this when that cell has ended"), frame)
    }
    var known = frame.globals.bound.map(\.name) + frame.session.builtins.keys
    known += frame.code.layout.slotNames.filter { !$0.isEmpty } + frame.code.layout.sharedNames
    let hint = nearest(to: name, among: known).map { "did you mean \($0)?" }
    return place(Failure(.name, "\(name) is not defined", hint: hint), frame)
  }
}

/// A name in the body of a class: a member that was assigned so far, else the name outside.
final class MemberName: Node {
  private let slot: Int
  private let outer: Node
  init(_ slot: Int, outer: Node, _ span: Span) {
    self.slot = slot
    self.outer = outer
    super.init(span)
  }
  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let value = frame.slots[slot]
    if case .unbound = value { return try outer.evaluate(frame) }
    return value
  }
}

import Autodiff
import Syntax

/// `class name(base): body`.
final class ClassAction: Action {
  private let code: Code
  private let base: Node?
  private let captures: [Int]
  private let target: Target

  init(_ code: Code, base: Node?, captures: [Int], target: Target, _ span: Span) {
    self.code = code
    self.base = base
    self.captures = captures
    self.target = target
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    var baseClass: ClassObject?
    if let base {
      let value = try base.evaluate(frame)
      if let type = value.object(ClassObject.self) {
        baseClass = type
      } else if value.object(TypeObject.self)?.name != "object" {
        throw base.place(Failure(.type, "\(value.described) is no class to derive from"), frame)
      }
    }
    let inner = Frame(code: code, session: frame.session)
    inner.shared = captures.map { frame.shared[$0] }
    // What the body's names hold is kept while a loop in it reclaims.
    frame.session.frames.append(.passUnretained(inner))
    defer { frame.session.frames.removeLast() }
    _ = try code.block.run(inner)
    let type = ClassObject(name: code.name, base: baseClass, members: [:], code: code)
    for (slot, name) in code.layout.slotNames.enumerated() where !name.isEmpty {
      let value = inner.slots[slot]
      if value.isUnbound { continue }
      if let method = value.object(FunctionObject.self) { method.ancestry = .init(base: baseClass) }
      type.members[name] = value
    }
    try target.assign(.object(type), frame)
    return .next
  }
}

/// `gate name(inputs):` with forward and backward.
final class GateAction: Action {
  private let maker: FunctionNode
  private let backward: [Action]
  private let upstream: [Target]
  private let target: Target

  init(
    _ maker: FunctionNode, backward: [Action], upstream: [Target], target: Target, _ span: Span
  ) {
    self.maker = maker
    self.backward = backward
    self.upstream = upstream
    self.target = target
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    guard let forward = try maker.evaluate(frame).object(FunctionObject.self) else { return .next }
    let gate = GateObject(forward: forward, backward: backward, upstream: upstream, span: span)
    try target.assign(.object(gate), frame)
    return .next
  }
}

/// `import a.b as c`.
final class ImportAction: Action {
  private let modules: [(path: [String], isWhole: Bool, target: Target)]

  init(_ modules: [(path: [String], isWhole: Bool, target: Target)], _ span: Span) {
    self.modules = modules
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    for (path, isWhole, target) in modules {
      do throws(Failure) {
        let module = try frame.session.module(path)
        // `import a.b` binds `a`; with an alias the module itself.
        let bound = isWhole && path.count > 1 ? try frame.session.module([path[0]]) : module
        try target.assign(.object(bound), frame)
      } catch { throw error.placed(at: span, in: frame) }
    }
    return .next
  }
}

/// `from a import b as c`.
final class ImportNamesAction: Action {
  private let path: [String]
  private let names: [(name: String, target: Target)]

  init(_ path: [String], _ names: [(name: String, target: Target)], _ span: Span) {
    self.path = path
    self.names = names
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    do throws(Failure) {
      let module = try frame.session.module(path)
      if names.isEmpty {
        for (name, value) in module.members where !name.hasPrefix("_") {
          frame.globals[name] = value
        }
      }
      for (name, target) in names {
        if let value = try module.attribute(name, frame.session) {
          try target.assign(value, frame)
        } else if let inner = try? frame.session.module(path + [name]) {
          try target.assign(.object(inner), frame)
        } else {
          throw Failure(
            .importing, "\(module.described) has no \(name)",
            hint: nearest(to: name, among: Array(module.members.keys)).map { "did you mean \($0)?" }
          )
        }
      }
    } catch { throw error.placed(at: span, in: frame) }
    return .next
  }
}

/// `%name argument`.
final class MagicAction: Action {
  private let name: String
  private let argument: String
  private let body: String?

  init(_ name: String, _ argument: String, body: String?, _ span: Span) {
    self.name = name
    self.argument = argument
    self.body = body
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    _ = try value(frame)
    return .next
  }

  /// The value of the code that it ran; None where it ran none.
  func value(_ frame: Frame) throws(Failure) -> Value {
    do throws(Failure) {
      return try frame.session.runMagic(name, argument, body: body)
    } catch { throw error.placed(at: span, in: frame) }
  }
}

/// `name?` and `name??`.
final class HelpAction: Action {
  private let value: Node
  private let detail: Int

  init(_ value: Node, detail: Int, _ span: Span) {
    self.value = value
    self.detail = detail
    super.init(span)
  }

  override func run(_ frame: Frame) throws(Failure) -> Flow {
    let text = value.text(frame)
    let object = try value.evaluate(frame)
    do throws(Failure) {
      let page = try frame.session.help(text, object, detail: detail)
      frame.session.payloads.append(.page(page))
    } catch { throw error.placed(at: span, in: frame) }
    return .next
  }
}

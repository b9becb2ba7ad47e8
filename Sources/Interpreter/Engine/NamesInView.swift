import Autodiff
import EngineInterface
import Syntax

/// What a name is, in the words of completion.
struct NameInfo: Sendable {
  var type: String
  /// A call signature such as `(x, axis=None)`, where it can be called.
  var signature: String?
}

extension Session {
  /// What a value is, in the words of completion.
  func info(of value: Value) -> NameInfo {
    guard case .object(let object) = value else { return NameInfo(type: value.typeName) }
    switch object {
    case let builtin as Builtin:
      return NameInfo(type: builtin.type, signature: "(\(builtin.signature.text))")
    case let function as FunctionObject:
      return NameInfo(type: "function", signature: String(function.hint.drop { $0 != "(" }))
    case let gate as GateObject:
      return NameInfo(type: "gate", signature: String(gate.forward.hint.drop { $0 != "(" }))
    case let method as BoundMethod:
      var info = info(of: .object(method.function))
      info.type = "method"
      return info
    case is ClassObject: return NameInfo(type: "class")
    case is ModuleObject: return NameInfo(type: "module")
    case is InstanceObject: return NameInfo(type: "instance")
    default: return NameInfo(type: object.typeName)
    }
  }

  /// The user's names with what they are.
  var userNames: [String: NameInfo] {
    var names: [String: NameInfo] = [:]
    for (name, value) in globals.bound where !name.hasPrefix("__") {
      names[name] = info(of: value)
    }
    return names
  }

  /// The value that a chain of names stands for: `np.random`, `layer.W`; runs no code.
  func value(of chain: [String]) -> Value? {
    guard let first = chain.first else { return nil }
    var value = globals[first] ?? builtins[first]
    for name in chain.dropFirst() {
      guard let object = value else { return nil }
      value = (try? optionalAttribute(name, of: object)) ?? nil
    }
    return value
  }

  // MARK: Queries

  /// Completions at a cursor, from the session itself.
  func complete(_ code: String, cursor: Int) -> Completions {
    let context = CursorContext(code, cursor: cursor)
    guard case .code = context.place, context.isAttribute else {
      return Session.complete(context, userNames: userNames, builtins: builtinNames)
    }
    guard let object = value(of: context.chain) else {
      return Completions(matches: [], range: context.replaceRange)
    }
    var matches: [Completions.Match] = []
    for name in attributeNames(of: object) where name.hasPrefix(context.prefix) {
      let member = (try? optionalAttribute(name, of: object)) ?? nil
      let info = member.map { self.info(of: $0) }
      matches.append(
        .init(text: name, type: info?.type ?? "attribute", signature: info?.signature))
    }
    return Completions(
      matches: Session.ordered(matches), range: context.replaceRange)
  }

  /// Completions of a bare name from names at hand; those of attributes need the session.
  static func complete(
    _ context: CursorContext, userNames: [String: NameInfo], builtins: [String: NameInfo]
  ) -> Completions {
    let range = context.replaceRange
    guard case .code = context.place, !context.isAttribute else {
      return Completions(matches: [], range: range)
    }
    var found: [String: Completions.Match] = [:]
    func add(_ name: String, _ info: NameInfo) {
      guard name.hasPrefix(context.prefix), found[name] == nil else { return }
      found[name] = .init(text: name, type: info.type, signature: info.signature)
    }
    for (name, info) in userNames { add(name, info) }
    for (name, info) in builtins { add(name, info) }
    for keyword in Keyword.names { add(keyword, NameInfo(type: "keyword")) }
    if context.prefix.hasPrefix("d") {
      for (name, info) in userNames where ["number", "tensor", "param"].contains(info.type) {
        add("d" + name, NameInfo(type: "gradient"))
      }
    }
    return Completions(matches: ordered(Array(found.values)), range: range)
  }

  /// By name, those that begin with an underscore last.
  private static func ordered(_ matches: [Completions.Match]) -> [Completions.Match] {
    matches.sorted {
      ($0.text.hasPrefix("_") ? 1 : 0, $0.text) < ($1.text.hasPrefix("_") ? 1 : 0, $1.text)
    }
  }

  /// The built-in names with what they are.
  var builtinNames: [String: NameInfo] { builtins.mapValues { info(of: $0) } }

  /// What is known of the name at a cursor, or of the function whose call it stands in.
  func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? {
    let context = CursorContext(code, cursor: cursor)
    for chain in [context.name, context.call?.function ?? []] where !chain.isEmpty {
      if let value = value(of: chain) {
        return page(chain.joined(separator: "."), value, detail)
      }
      // `dx`: what is known of x, its gradient among it.
      if chain.count == 1, chain[0].hasPrefix("d"),
        let value = globals[String(chain[0].dropFirst())]
      {
        return page(String(chain[0].dropFirst()), value, detail)
      }
    }
    return nil
  }

  private func page(_ name: String, _ value: Value, _ detail: Int) -> Inspection? {
    (try? help(name, value, detail: detail)).map { Inspection(bundle: $0) }
  }

  var variables: [VariableSummary] {
    globals.bound.filter { !$0.name.hasPrefix("_") }.sorted { $0.name < $1.name }.map {
      VariableSummary(
        name: $0.name, type: info(of: $0.value).type, summary: summary(of: $0.value))
    }
  }
}

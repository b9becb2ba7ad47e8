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
      info.signature = info.signature.map(Session.withoutReceiver)
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

  /// The built-in names with what they are.
  var builtinNames: [String: NameInfo] { builtins.mapValues { info(of: $0) } }

  /// What is known of the name at a cursor, or of the function whose call it stands in.
  func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? {
    let context = CursorContext(code, cursor: cursor)
    if case .magic = context.place { return Magic.inspection(context) }
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

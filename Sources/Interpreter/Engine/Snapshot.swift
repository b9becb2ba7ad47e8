import Autodiff
import EngineInterface
import Syntax

/// What other threads may know of the session: names with their kinds and texts, as of the last cell.
struct Snapshot: Sendable {
  struct Name: Sendable {
    var type: String
    var summary: String
    var signature: String?
    /// What inspection tells; made when the cell ended.
    var help: String
    /// Names after a dot.
    var attributes: [Attribute]
  }
  struct Attribute: Sendable {
    var name: String
    var type: String
    var signature: String?
  }

  private var builtins: [String: Name] = [:]
  private var names: [String: Name] = [:]
  /// Attributes by type of value, for the types whose attributes never change.
  private var nodes: [String: NodeID] = [:]

  /// The built-in names alone.
  init(builtins session: Session) {
    for (name, value) in session.builtins {
      builtins[name] = Snapshot.name(name, value, session)
    }
    for name in ["np", "numpy", "math"] {
      if let module = try? session.module([name]) {
        builtins[name] = Snapshot.name(name, .object(module), session)
      }
    }
  }

  /// The session as it is now; the texts of names that did not change are kept.
  init(_ session: Session, after old: Snapshot) {
    builtins = old.builtins
    for (name, value) in session.globals.bound where !name.hasPrefix("__") {
      names[name] = Snapshot.name(name, value, session)
    }
  }

  private static func name(_ name: String, _ value: Value, _ session: Session) -> Name {
    var attributes: [Attribute] = []
    if case .object(let object) = value, object is ModuleObject || object is InstanceObject {
      for attribute in session.attributeNames(of: value) {
        let member = try? session.optionalAttribute(attribute, of: value)
        attributes.append(
          Attribute(
            name: attribute, type: member.map { kind($0, session) } ?? "attribute",
            signature: member.flatMap { signature($0) }))
      }
    } else {
      attributes = session.attributeNames(of: value).map {
        Attribute(name: $0, type: "attribute", signature: nil)
      }
    }
    return Name(
      type: kind(value, session), summary: session.summary(of: value),
      signature: signature(value),
      help: (try? session.helpText(name, value, detail: 0)) ?? value.described,
      attributes: attributes)
  }

  private static func kind(_ value: Value, _ session: Session) -> String {
    switch value {
    case .object(let object):
      switch object {
      case let builtin as Builtin: return builtin.type
      case is FunctionObject, is BoundMethod: return "function"
      case is GateObject: return "gate"
      case is ClassObject: return "class"
      case is ModuleObject: return "module"
      case is InstanceObject: return "instance"
      default: return object.typeName
      }
    default: return value.typeName
    }
  }

  private static func signature(_ value: Value) -> String? {
    guard case .object(let object) = value else { return nil }
    switch object {
    case let builtin as Builtin: return "(\(builtin.signature.text))"
    case let function as FunctionObject: return String(function.hint.drop { $0 != "(" })
    case let gate as GateObject: return String(gate.forward.hint.drop { $0 != "(" })
    default: return nil
    }
  }

  // MARK: Queries

  var variables: [VariableSummary] {
    names.sorted { $0.key < $1.key }.map {
      VariableSummary(name: $0.key, type: $0.value.type, summary: $0.value.summary)
    }
  }

  private func find(_ name: String) -> Name? { names[name] ?? builtins[name] }

  func complete(_ code: String, cursor: Int) -> Completions {
    let context = CursorContext(code, cursor: cursor)
    let range = context.replaceRange
    guard case .code = context.place else { return Completions(matches: [], range: range) }
    var matches: [Completions.Match] = []
    if context.isAttribute {
      for attribute in attributes(context.chain) where attribute.name.hasPrefix(context.prefix) {
        matches.append(
          .init(text: attribute.name, type: attribute.type, signature: attribute.signature))
      }
    } else {
      var seen: Set<String> = []
      func add(_ name: String, _ type: String, _ signature: String?) {
        if name.hasPrefix(context.prefix), seen.insert(name).inserted {
          matches.append(.init(text: name, type: type, signature: signature))
        }
      }
      for (name, entry) in names { add(name, entry.type, entry.signature) }
      for (name, entry) in builtins { add(name, entry.type, entry.signature) }
      for keyword in Keyword.names { add(keyword, "keyword", nil) }
      // Gradients of the user's tensors.
      for (name, entry) in names where ["number", "tensor", "param"].contains(entry.type) {
        if context.prefix.hasPrefix("d") { add("d" + name, "gradient", nil) }
      }
    }
    matches.sort { ($0.text.hasPrefix("_") ? 1 : 0, $0.text) < ($1.text.hasPrefix("_") ? 1 : 0, $1.text) }
    return Completions(matches: matches, range: range)
  }

  /// The names after the last dot of a chain.
  private func attributes(_ chain: [String]) -> [Attribute] {
    guard let first = chain.first, let name = find(first) else { return [] }
    if chain.count == 1 { return name.attributes }
    // `np.random.` and the like: submodules are modules of their own.
    if chain.count == 2, let inner = builtins[chain[1]], name.type == "module" {
      return inner.attributes
    }
    return []
  }

  func inspect(_ code: String, cursor: Int, detail: Int) -> Inspection? {
    let context = CursorContext(code, cursor: cursor)
    var candidates = [context.name]
    if let call = context.call { candidates.append(call.function) }
    for chain in candidates where !chain.isEmpty {
      if chain.count == 1 || find(chain[0])?.type == "module" {
        if let last = chain.last, let name = find(last) {
          return Inspection(bundle: MIMEBundle(plain: name.help))
        }
        // `dx`: the gradient of x.
        if let last = chain.last, last.hasPrefix("d"), let name = names[String(last.dropFirst())] {
          return Inspection(bundle: MIMEBundle(plain: name.help))
        }
      } else if let name = find(chain[0]) {
        if let builtin = builtins[chain[1]] {
          return Inspection(bundle: MIMEBundle(plain: builtin.help))
        }
        return Inspection(bundle: MIMEBundle(plain: name.help))
      }
    }
    return nil
  }
}

import EngineInterface
import Syntax

// How the name, the argument, the file or the magic at a cursor could go on.

extension Session {
  /// Completions at a cursor, from the session itself.
  func complete(_ code: String, cursor: Int) -> Completions {
    if let files = filesOfMagic(code, cursor: cursor) { return files }
    let context = CursorContext(code, cursor: cursor)
    let range = context.replaceRange
    switch context.place {
    case .module: return Completions(matches: modules(context), range: range)
    case .imported(let path): return Completions(matches: members(of: path, context), range: range)
    case .string: return Completions(matches: strings(context), range: range)
    case .code where context.isAttribute:
      guard let object = value(of: context.chain) else {
        return Completions(matches: [], range: range)
      }
      return Completions(matches: attributes(of: object, context.prefix), range: range)
    default:
      return Session.complete(
        context, code, userNames: userNames, builtins: builtinNames,
        signature: (context.call?.function).flatMap { signature(of: $0) })
    }
  }

  /// Completions of a bare name or a magic from names at hand; all else needs the session.
  ///
  /// `signature` is that of the call around the cursor, where it is known.
  static func complete(
    _ context: CursorContext, _ code: String, userNames: [String: NameInfo],
    builtins: [String: NameInfo], signature: String?
  ) -> Completions {
    let range = context.replaceRange
    if case .magic = context.place { return magics(context, code) }
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
    return Completions(
      matches: arguments(context, signature) + ordered(Array(found.values)), range: range)
  }

  /// By name, those that begin with an underscore last.
  private static func ordered(_ matches: [Completions.Match]) -> [Completions.Match] {
    matches.sorted {
      ($0.text.hasPrefix("_") ? 1 : 0, $0.text) < ($1.text.hasPrefix("_") ? 1 : 0, $1.text)
    }
  }

  private func attributes(of object: Value, _ prefix: String) -> [Completions.Match] {
    var matches: [Completions.Match] = []
    for name in attributeNames(of: object) where name.hasPrefix(prefix) {
      let member = (try? optionalAttribute(name, of: object)) ?? nil
      let info = member.map { self.info(of: $0) }
      matches.append(
        .init(text: name, type: info?.type ?? "attribute", signature: info?.signature))
    }
    return Session.ordered(matches)
  }

  // MARK: Arguments

  /// The call signature of what a chain of names stands for, without the receiver of a method.
  private func signature(of chain: [String]) -> String? {
    guard let value = value(of: chain) else { return nil }
    if let type = value.object(ClassObject.self) {
      return type.lookUp("__init__").flatMap { info(of: $0).signature }
        .map(Session.withoutReceiver)
    }
    return info(of: value).signature
  }

  /// `stride=` and the like: the parameters that a call could still name.
  private static func arguments(
    _ context: CursorContext, _ signature: String?
  ) -> [Completions.Match] {
    guard let signature, context.call?.keyword == nil else { return [] }
    return parameterNames(signature).filter { $0.hasPrefix(context.prefix) }
      .map { .init(text: $0 + "=", type: "param") }
  }

  /// The names in `(x, axis=None, *rest, sep=', ')`, but for those with stars.
  static func parameterNames(_ signature: String) -> [String] {
    parameters(signature).compactMap { part in
      let name = part.prefix { $0 != "=" && $0 != " " }
      return name.isEmpty || name.hasPrefix("*") ? nil : String(name)
    }
  }

  /// A method's signature as its caller sees it, who does not give the first parameter.
  static func withoutReceiver(_ signature: String) -> String {
    let all = parameters(signature)
    guard let first = all.first, !first.hasPrefix("*") else { return signature }
    return "(" + all.dropFirst().joined(separator: ", ") + ")"
  }

  /// The parts of a signature between its commas.
  private static func parameters(_ signature: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var depth = 0
    var quote: Character?
    for character in signature.dropFirst() {
      if let open = quote {
        if character == open { quote = nil }
        part.append(character)
        continue
      }
      switch character {
      case "'", "\"": quote = character
      case "(", "[", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case "," where depth == 0:
        parts.append(part)
        part = ""
        continue
      default: break
      }
      if depth >= 0 { part.append(character) }
    }
    parts.append(part)
    return parts.map { String($0.drop { $0 == " " }) }
  }

  // MARK: Magics

  private static func magics(_ context: CursorContext, _ code: String) -> Completions {
    let scalars = Array(code.unicodeScalars)
    var start = context.replaceRange.lowerBound
    var marks = ""
    while start > 0, start <= scalars.count, scalars[start - 1] == "%" {
      marks += "%"
      start -= 1
    }
    let matches = Magic.all.filter {
      $0.name.hasPrefix(context.prefix) && (marks.count < 2 || $0.takesCell)
    }
    return Completions(
      matches: matches.map { .init(text: marks + $0.name, type: "magic") },
      range: start..<context.replaceRange.upperBound)
  }

  // MARK: Modules

  private func modules(_ context: CursorContext) -> [Completions.Match] {
    let owner = context.chain.joined(separator: ".")
    var names = Set(Session.namespaces)
    names.formUnion(moduleFiles())
    let prefix = owner.isEmpty ? "" : owner + "."
    let matches = names.filter { $0.hasPrefix(prefix) }
      .compactMap { $0.dropFirst(prefix.count).split(separator: ".").first.map(String.init) }
      .filter { $0.hasPrefix(context.prefix) }
    return Session.ordered(Set(matches).map { .init(text: $0, type: "module") })
  }

  /// What `from path import` could take; a file that was not run yet is read for its names.
  private func members(of path: [String], _ context: CursorContext) -> [Completions.Match] {
    let name = path.joined(separator: ".")
    if Session.namespaces.contains(name) || modules[name] != nil, let module = try? module(path) {
      return attributes(of: .object(module), context.prefix)
    }
    let names = assignedNames(ofModule: path).filter { $0.hasPrefix(context.prefix) }
    return Session.ordered(names.map { .init(text: $0, type: "attribute") })
  }

  // MARK: Strings

  /// Keys of a dict in its brackets, files elsewhere in a call that takes them or where the string
  /// begins as a path.
  private func strings(_ context: CursorContext) -> [Completions.Match] {
    if !context.subscripted.isEmpty {
      let keys: [String]
      switch value(of: context.subscripted) {
      case .object(let dict as DictObject): keys = dict.items.compactMap(\.key.text)
      case .object(let archive as ArchiveObject): keys = archive.names
      default: return []
      }
      return keys.filter { $0.hasPrefix(context.prefix) }.map { .init(text: $0, type: "key") }
    }
    let isForFiles = (context.call?.function.last).map { Session.takesFiles($0) } ?? false
    guard isForFiles || FolderListing.isPath(context.prefix) else { return [] }
    return FolderListing.matches(context.prefix, in: folder)
  }

  private static func takesFiles(_ function: String) -> Bool {
    ["load", "save"].contains { function.hasPrefix($0) }
      || ["loadtxt", "savetxt", "genfromtxt"].contains(function)
  }

  /// Files behind `%run` and `%load`.
  private func filesOfMagic(_ code: String, cursor: Int) -> Completions? {
    let typed = String(String.UnicodeScalarView(code.unicodeScalars.prefix(max(cursor, 0))))
    let line = typed.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    guard let magic = ["%run ", "%load "].first(where: { line.hasPrefix($0) }) else { return nil }
    let prefix = String(line.dropFirst(magic.count).drop { $0 == " " })
    let end = typed.unicodeScalars.count
    return Completions(
      matches: FolderListing.matches(prefix, in: folder),
      range: end - prefix.unicodeScalars.count..<end)
  }
}

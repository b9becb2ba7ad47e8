import Syntax

/// Compiles the syntax tree of a cell or file to nodes and actions with slots for names.
struct Compiler {
  let session: Session
  let source: Source
  var scope: Scope
  /// The class in whose body a function stands, so that `super()` finds its base.
  var classDepth = 0

  /// Whether assignments at the top level are noted for the table of the cell that runs.
  private var notesAssignments: Bool

  private init(session: Session, source: Source, scope: Scope, notesAssignments: Bool) {
    self.session = session
    self.source = source
    self.scope = scope
    self.notesAssignments = notesAssignments
  }

  /// Compiles a cell or file whose names live in `globals`.
  static func compile(
    _ program: Program, globals: Globals, session: Session, notesAssignments: Bool
  ) -> Code {
    let code = Code(
      source: program.source, name: program.source.name, functionName: nil, globals: globals)
    let scope = Scope(
      kind: .module, parent: nil, code: code, names: AssignedNames(of: program.statements))
    var compiler = Compiler(
      session: session, source: program.source, scope: scope, notesAssignments: notesAssignments)
    code.finish(program.statements.map { compiler.action($0) })
    return code
  }

  // MARK: Names

  func reader(_ name: String, _ span: Span) -> Node {
    switch scope.place(of: name) {
    case .slot(let slot):
      if scope.isMember(name) {
        return MemberName(slot, outer: globalReader(name, span), span)
      }
      return LocalName(slot, span)
    case .shared(let index): return SharedName(index, span)
    case .global: return globalReader(name, span)
    }
  }

  private func globalReader(_ name: String, _ span: Span) -> Node {
    // `dNAME` of a local variable finds its gradient through that variable.
    var base: Node?
    if name.hasPrefix("d"), name.count > 1 {
      let stem = String(name.dropFirst())
      switch scope.place(of: stem) {
      case .slot(let slot): base = LocalName(slot, span)
      case .shared(let index): base = SharedName(index, span)
      case .global: break
      }
    }
    return GlobalName(
      slot: scope.code.globals.slot(name), name: name, builtin: session.builtins[name],
      base: base, span)
  }

  /// A target for a name; `note` is the text that the cell's table shows for it.
  func target(_ name: String, note: Span?, _ span: Span) -> Target {
    if scope.kind == .function, let note { scope.code.layout.noteAssignment(name, note) }
    switch scope.place(of: name) {
    case .slot(let slot): return LocalTarget(slot, reader: reader(name, span), span)
    case .shared(let index): return SharedTarget(index, reader: reader(name, span), span)
    case .global:
      return GlobalTarget(
        scope.code.globals.slot(name), reader: reader(name, span),
        note: scope.kind == .module && notesAssignments ? note : nil, span)
    }
  }

  /// A target of any form.
  mutating func target(_ expression: Expression, note: Span?) -> Target {
    switch expression.kind {
    case .name(let name): return target(name, note: note, expression.span)
    case .attribute(let object, let name, _):
      return AttributeTarget(node(object), name, expression.span)
    case .subscripted(let object, let index):
      return SubscriptTarget(
        node(object), place: place(object, note: note), node(index), expression.span)
    case .list(let items), .tuple(let items):
      var star: Int?
      var targets: [Target] = []
      for (index, item) in items.enumerated() {
        if case .starred(let value) = item.kind {
          star = index
          targets.append(target(value, note: note))
        } else {
          targets.append(target(item, note: note))
        }
      }
      return UnpackingTarget(targets, star: star, expression.span)
    case .starred(let value): return target(value, note: note)
    default: return Target(expression.span)
    }
  }

  /// Where the object of a subscript is stored, so that entries of a tensor can be set.
  private mutating func place(_ expression: Expression, note: Span?) -> Target? {
    switch expression.kind {
    case .name, .attribute, .subscripted: target(expression, note: note)
    default: nil
    }
  }

  /// Compiles a body in an inner scope.
  mutating func inside<R>(_ inner: Scope, _ body: (inout Compiler) -> R) -> R {
    let outer = scope
    scope = inner
    defer { scope = outer }
    return body(&self)
  }
}

import Syntax

extension Compiler {
  /// Compiles a statement.
  mutating func action(_ statement: Statement) -> Action {
    let span = statement.span
    switch statement.kind {
    case .expression(let value, _): return ExpressionAction(node(value), span)
    case .assignment(let targets, let value): return assignment(targets, value, span)
    case .augmented(let target, let operation, let value):
      return AugmentedAction(
        self.target(target, note: span), operation, node(value),
        update: updateStep(of: target, value), span)
    case .conditional(let branches, let otherwise):
      var compiled: [(test: Node, body: [Action])] = []
      for (test, body) in branches { compiled.append((node(test), actions(body))) }
      return IfAction(compiled, otherwise: actions(otherwise), span)
    case .forLoop(let target, let iterable, let body, let otherwise):
      return ForAction(
        self.target(target, note: nil), node(iterable), body: actions(body),
        otherwise: actions(otherwise), span)
    case .whileLoop(let test, let body, let otherwise):
      return WhileAction(node(test), body: actions(body), otherwise: actions(otherwise), span)
    case .breakLoop: return FlowAction(.breakLoop, span)
    case .continueLoop: return FlowAction(.continueLoop, span)
    case .pass, .global, .nonlocal: return FlowAction(.next, span)
    case .function(let definition):
      let maker = function(
        name: definition.name, parameters: definition.parameters, docstring: definition.docstring,
        body: definition.body, span)
      return AssignAction(
        [target(definition.name, note: nil, definition.nameSpan)], maker, update: nil, span)
    case .classDefinition(let definition): return classAction(definition, span)
    case .gate(let definition): return gateAction(definition, span)
    case .returnValue(let value): return ReturnAction(value.map { node($0) }, span)
    case .assertion(let test, let message):
      return AssertAction(node(test), message: message.map { node($0) }, span)
    case .raise(let value, _): return RaiseAction(value.map { node($0) }, span)
    case .attempt(let body, let handlers, let otherwise, let finally):
      return TryAction(
        body: actions(body), handlers: handlers.map { handler($0) },
        otherwise: actions(otherwise), finally: actions(finally), span)
    case .delete(let targets):
      return DeleteAction(targets.map { target($0, note: nil) }, span)
    case .importModules(let modules):
      return ImportAction(
        modules.map { path, alias in
          (path, alias == nil, target(alias ?? path[0], note: nil, span))
        }, span)
    case .importNames(let path, let names):
      return ImportNamesAction(
        path, names.map { ($0.name, target($0.alias ?? $0.name, note: nil, span)) }, span)
    case .with(let items, let body):
      var compiled: [(context: Node, target: Target?)] = []
      for (context, name) in items {
        compiled.append((node(context), name.map { target($0, note: nil) }))
      }
      return WithAction(compiled, actions(body), span)
    case .magic(let name, let argument, let body):
      return MagicAction(name, argument, body: body, span)
    case .help(let value, let detail): return HelpAction(node(value), detail: detail - 1, span)
    }
  }

  private mutating func actions(_ body: [Statement]) -> [Action] { body.map { action($0) } }

  private mutating func assignment(
    _ targets: [Expression], _ value: Expression, _ span: Span
  ) -> Action {
    // `a, b = x, y`: each name's row shows its own expression.
    let compiled = targets.map { target -> Target in
      if case .tuple(let names) = target.kind, case .tuple(let values) = value.kind,
        names.count == values.count, !names.contains(where: \.isStarred)
      {
        return UnpackingTarget(
          zip(names, values).map { self.target($0, note: $1.span) }, star: nil, target.span)
      }
      // An update of entries shows the whole statement.
      if case .subscripted = target.kind { return self.target(target, note: span) }
      return self.target(target, note: value.span)
    }
    let update = targets.count == 1 ? updateStep(of: targets[0], value) : nil
    return AssignAction(compiled, node(value), update: update, span)
  }

  private mutating func handler(_ handler: ExceptHandler) -> TryAction.Handler {
    TryAction.Handler(
      kinds: handler.kinds.map { node($0) },
      target: handler.name.map { target($0, note: nil, handler.span) },
      body: Block(handler.body.map { action($0) }), span: handler.span)
  }

  // MARK: Update steps

  /// Whether the right side uses a gradient of the target: `W = W - lr * dW` or `… W.grad`.
  private func updateStep(of target: Expression, _ value: Expression) -> UpdateStep? {
    let text = source.text(target.span)
    var isUpdate = false
    var gradient: GlobalName?
    func look(_ expression: Expression) {
      switch expression.kind {
      case .attribute(let object, "grad", _):
        if source.text(object.span) == text { isUpdate = true }
      case .name(let name):
        if name == "d" + text, let reader = reader(name, expression.span) as? GlobalName {
          isUpdate = true
          gradient = reader
        }
      case .lambda: return
      default: break
      }
      for child in expression.children { look(child) }
    }
    look(value)
    return isUpdate ? UpdateStep(gradientName: gradient) : nil
  }

  // MARK: Classes and gates

  private mutating func classAction(_ definition: ClassDefinition, _ span: Span) -> Action {
    let code = Code(
      source: source, name: definition.name, functionName: definition.name,
      globals: scope.code.globals, docstring: definition.docstring, definition: span)
    let inner = Scope(
      kind: .classBody, parent: scope, code: code, names: AssignedNames(of: definition.body))
    code.finish(inside(inner) { compiler in definition.body.map { compiler.action($0) } })
    return ClassAction(
      code, base: definition.base.map { node($0) }, captures: inner.captures,
      target: target(definition.name, note: nil, definition.nameSpan), span)
  }

  private mutating func gateAction(_ definition: GateDefinition, _ span: Span) -> Action {
    let code = Code(
      source: source, name: definition.name, functionName: definition.name,
      globals: scope.code.globals, docstring: definition.docstring, definition: span)
    var names = AssignedNames(of: definition.forward + definition.backward)
    let upstream = definition.upstream.positional.map(\.name)
    names.assigned.formUnion(upstream)
    if let rest = definition.upstream.rest { names.assigned.insert(rest) }
    let inner = functionScope(code, definition.parameters, names)
    let forward = inside(inner) { compiler in definition.forward.map { compiler.action($0) } }
    var upstreamTargets: [Target] = []
    let backward = inside(inner) { compiler in
      upstreamTargets = upstream.map { compiler.target($0, note: nil, definition.nameSpan) }
      return definition.backward.map { compiler.action($0) }
    }
    code.finish(forward)
    return GateAction(
      maker(of: code, inner, definition.parameters, span), backward: backward,
      upstream: upstreamTargets, target: target(definition.name, note: nil, definition.nameSpan),
      span)
  }
}

extension Expression {
  fileprivate var isStarred: Bool { if case .starred = kind { true } else { false } }
}

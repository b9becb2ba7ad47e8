import Syntax

// Walks a body for the names that it assigns and that its inner functions mention. Inner functions
// are scopes of their own: only what they mention counts here.

extension AssignedNames {
  init(of body: [Statement]) {
    for statement in body { collect(statement) }
  }

  private mutating func collect(_ body: [Statement]) {
    for statement in body { collect(statement) }
  }

  private mutating func collect(_ statement: Statement) {
    switch statement.kind {
    case .expression(let value, _): look(value)
    case .assignment(let targets, let value):
      for target in targets { assign(target) }
      look(value)
    case .augmented(let target, _, let value):
      assign(target)
      look(value)
    case .conditional(let branches, let otherwise):
      for (test, body) in branches {
        look(test)
        collect(body)
      }
      collect(otherwise)
    case .forLoop(let target, let iterable, let body, let otherwise):
      assign(target)
      look(iterable)
      collect(body)
      collect(otherwise)
    case .whileLoop(let test, let body, let otherwise):
      look(test)
      collect(body)
      collect(otherwise)
    case .breakLoop, .continueLoop, .pass, .magic: break
    case .function(let function):
      assigned.insert(function.name)
      look(function.parameters)
      mention(function.body)
    case .classDefinition(let type):
      assigned.insert(type.name)
      if let base = type.base { look(base) }
      mention(type.body)
    case .gate(let gate):
      assigned.insert(gate.name)
      look(gate.parameters)
      mention(gate.forward)
      mention(gate.backward)
    case .returnValue(let value): if let value { look(value) }
    case .global(let names): globals.formUnion(names)
    case .nonlocal(let names): nonlocals.formUnion(names)
    case .assertion(let test, let message):
      look(test)
      if let message { look(message) }
    case .raise(let value, let cause):
      if let value { look(value) }
      if let cause { look(cause) }
    case .attempt(let body, let handlers, let otherwise, let finally):
      collect(body)
      for handler in handlers {
        if let kinds = handler.kinds { look(kinds) }
        if let name = handler.name { assigned.insert(name) }
        collect(handler.body)
      }
      collect(otherwise)
      collect(finally)
    case .delete(let targets): for target in targets { assign(target) }
    case .importModules(let modules):
      for (path, alias) in modules { assigned.insert(alias ?? path[0]) }
    case .importNames(_, let names):
      for (name, alias) in names { assigned.insert(alias ?? name) }
    case .with(let items, let body):
      for (context, target) in items {
        look(context)
        if let target { assign(target) }
      }
      collect(body)
    case .help(let value, _): look(value)
    }
  }

  /// The names that a target assigns.
  private mutating func assign(_ target: Expression) {
    assigned.formUnion(target.assignedNames)
    look(target)
  }

  /// Looks into an expression for inner functions and comprehensions.
  private mutating func look(_ expression: Expression) {
    switch expression.kind {
    case .lambda(let parameters, let body):
      look(parameters)
      mention(body)
    case .comprehension(_, let element, let clauses):
      look(clauses)
      look(element)
    case .dictComprehension(let key, let value, let clauses):
      look(clauses)
      look(key)
      look(value)
    default: for child in expression.children { look(child) }
    }
  }

  private mutating func look(_ clauses: [ComprehensionClause]) {
    for clause in clauses {
      comprehensionVariables.formUnion(clause.target.assignedNames)
      look(clause.iterable)
      for condition in clause.conditions { look(condition) }
    }
  }

  private mutating func look(_ parameters: Syntax.Parameters) {
    for parameter in parameters.positional + parameters.keywordOnly {
      if let value = parameter.defaultValue { look(value) }
    }
  }

  // MARK: Inside of inner functions

  private mutating func mention(_ body: [Statement]) {
    for statement in body { mention(statement) }
  }

  private mutating func mention(_ statement: Statement) {
    // All expressions of the statement, by the same walk with another action at the names.
    var inner = AssignedNames()
    inner.collect(statement)
    mentionedInside.formUnion(inner.mentionedInside)
    mentionedInside.formUnion(inner.nonlocals)
    statement.forEachExpression { mention($0) }
  }

  private mutating func mention(_ expression: Expression) {
    if case .name(let name) = expression.kind {
      mentionedInside.insert(name)
      // `dNAME` may stand for the gradient of an outer variable.
      if name.hasPrefix("d"), name.count > 1 { mentionedInside.insert(String(name.dropFirst())) }
    }
    if case .lambda(let parameters, let body) = expression.kind {
      for parameter in parameters.positional + parameters.keywordOnly {
        if let value = parameter.defaultValue { mention(value) }
      }
      mention(body)
      return
    }
    for child in expression.children { mention(child) }
  }
}

extension Expression {
  /// The names that it assigns as a target.
  var assignedNames: Set<String> {
    switch kind {
    case .name(let name): [name]
    case .list(let items), .tuple(let items):
      items.reduce(into: []) { $0.formUnion($1.assignedNames) }
    case .starred(let value): value.assignedNames
    default: []
    }
  }

  /// The expressions directly inside of this one.
  var children: [Expression] {
    switch kind {
    case .number, .string, .none, .boolean, .ellipsis, .name: []
    case .formatted(let pieces): pieces.flatMap(\.expressions)
    case .list(let items), .tuple(let items), .set(let items), .logical(_, let items): items
    case .dict(let items): items.flatMap { [$0.key, $0.value].compactMap { $0 } }
    case .starred(let value), .unary(_, let value), .not(let value): [value]
    case .binary(_, let left, let right): [left, right]
    case .comparison(let first, let rest): [first] + rest.map(\.right)
    case .conditional(let test, let then, let otherwise): [test, then, otherwise]
    case .call(let callee, let arguments): [callee] + arguments.map(\.value)
    case .attribute(let value, _, _): [value]
    case .subscripted(let value, let index): [value, index]
    case .slice(let lower, let upper, let step): [lower, upper, step].compactMap { $0 }
    case .lambda(let parameters, let body):
      (parameters.positional + parameters.keywordOnly).compactMap(\.defaultValue) + [body]
    case .comprehension(_, let element, let clauses):
      [element] + clauses.flatMap { [$0.target, $0.iterable] + $0.conditions }
    case .dictComprehension(let key, let value, let clauses):
      [key, value] + clauses.flatMap { [$0.target, $0.iterable] + $0.conditions }
    }
  }
}

extension FormatPiece {
  /// The expressions in braces.
  fileprivate var expressions: [Expression] {
    switch self {
    case .text: []
    case .value(let value, _, let spec, _): [value] + spec.flatMap(\.expressions)
    }
  }
}

extension Statement {
  /// Calls `body` with every expression of the statement and of the statements in it.
  func forEachExpression(_ body: (Expression) -> Void) {
    func walk(_ statements: [Statement]) {
      for statement in statements { statement.forEachExpression(body) }
    }
    func defaults(_ parameters: Syntax.Parameters) {
      for parameter in parameters.positional + parameters.keywordOnly {
        if let value = parameter.defaultValue { body(value) }
      }
    }
    switch kind {
    case .expression(let value, _), .help(let value, _): body(value)
    case .assignment(let targets, let value):
      for target in targets { body(target) }
      body(value)
    case .augmented(let target, _, let value):
      body(target)
      body(value)
    case .conditional(let branches, let otherwise):
      for (test, block) in branches {
        body(test)
        walk(block)
      }
      walk(otherwise)
    case .forLoop(let target, let iterable, let block, let otherwise):
      body(target)
      body(iterable)
      walk(block)
      walk(otherwise)
    case .whileLoop(let test, let block, let otherwise):
      body(test)
      walk(block)
      walk(otherwise)
    case .breakLoop, .continueLoop, .pass, .magic, .global, .nonlocal, .importModules, .importNames:
      break
    case .function(let function):
      defaults(function.parameters)
      walk(function.body)
    case .classDefinition(let type):
      if let base = type.base { body(base) }
      walk(type.body)
    case .gate(let gate):
      defaults(gate.parameters)
      walk(gate.forward)
      walk(gate.backward)
    case .returnValue(let value): if let value { body(value) }
    case .assertion(let test, let message):
      body(test)
      if let message { body(message) }
    case .raise(let value, let cause):
      if let value { body(value) }
      if let cause { body(cause) }
    case .attempt(let block, let handlers, let otherwise, let finally):
      walk(block)
      for handler in handlers {
        if let kinds = handler.kinds { body(kinds) }
        walk(handler.body)
      }
      walk(otherwise)
      walk(finally)
    case .delete(let targets): for target in targets { body(target) }
    case .with(let items, let block):
      for (context, target) in items {
        body(context)
        if let target { body(target) }
      }
      walk(block)
    }
  }
}

import Autodiff
import Syntax

extension Compiler {
  /// Compiles an expression.
  mutating func node(_ expression: Expression) -> Node {
    let span = expression.span
    switch expression.kind {
    case .number(let value): return ConstantNode(.number(value, .fresh), span)
    case .string(let text): return ConstantNode(.string(text), span)
    case .formatted(let pieces): return FormattedNode(pieces.map { piece($0) }, span)
    case .none: return ConstantNode(.none, span)
    case .boolean(let value): return ConstantNode(.boolean(value), span)
    case .ellipsis: return ConstantNode(.object(EllipsisObject()), span)
    case .name(let name): return reader(name, span)
    case .list(let items): return display(.list, items, span)
    case .tuple(let items): return display(.tuple, items, span)
    case .set(let items): return display(.set, items, span)
    case .dict(let items):
      var pairs: [(key: Node?, value: Node)] = []
      for (key, value) in items { pairs.append((key.map { node($0) }, node(value))) }
      return DictNode(pairs, span)
    case .starred(let value): return node(value)
    case .unary(.minus, let operand):
      // A number with its sign is a literal.
      if case .number(let value) = operand.kind {
        return ConstantNode(.number(-value, .fresh), span)
      }
      return UnaryNode(.minus, node(operand), span)
    case .unary(let operation, let operand): return UnaryNode(operation, node(operand), span)
    case .binary(let operation, let left, let right):
      let left = node(left)
      let right = node(right)
      switch operation {
      case .add: return ArithmeticNode<Addition>(left, right, span)
      case .subtract: return ArithmeticNode<Subtraction>(left, right, span)
      case .multiply: return ArithmeticNode<Multiplication>(left, right, span)
      case .divide: return ArithmeticNode<Division>(left, right, span)
      default: return BinaryNode(operation, left, right, span)
      }
    case .not(let operand): return NotNode(node(operand), span)
    case .logical(let operation, let operands):
      return LogicalNode(operation, operands.map { node($0) }, span)
    case .comparison(let first, let rest):
      let start = node(first)
      return ComparisonNode(start, rest.map { ($0.operation, node($0.right)) }, span)
    case .conditional(let test, let then, let otherwise):
      return ConditionalNode(node(test), node(then), node(otherwise), span)
    case .call(let callee, let arguments): return call(callee, arguments, span)
    case .attribute(let object, let name, let nameSpan):
      return AttributeNode(node(object), name, nameSpan: nameSpan, span)
    case .subscripted(let object, let index): return SubscriptNode(node(object), node(index), span)
    case .slice(let lower, let upper, let step):
      return SliceNode(
        lower.map { node($0) }, upper.map { node($0) }, step.map { node($0) }, span)
    case .lambda(let parameters, let body):
      let statement = Statement(.returnValue(body), body.span)
      return function(
        name: "<lambda>", parameters: parameters, docstring: nil, body: [statement], span)
    case .comprehension(let kind, let element, let clauses):
      let nodeKind: ComprehensionNode.Kind =
        switch kind {
        case .list: .list
        case .set: .set
        case .generator: .generator
        }
      return comprehension(nodeKind, key: nil, element, clauses, span)
    case .dictComprehension(let key, let value, let clauses):
      return comprehension(.dict, key: key, value, clauses, span)
    }
  }

  private mutating func piece(_ piece: FormatPiece) -> FormattedNode.Piece {
    switch piece {
    case .text(let text): .text(text)
    case .value(let value, let conversion, let spec, let label):
      .value(
        node(value), conversion: conversion, spec: spec.map { self.piece($0) }, label: label)
    }
  }

  private mutating func display(
    _ kind: DisplayNode.Kind, _ items: [Expression], _ span: Span
  ) -> Node {
    var nodes: [(node: Node, isStarred: Bool)] = []
    for item in items {
      if case .starred(let value) = item.kind {
        nodes.append((node(value), true))
      } else {
        nodes.append((node(item), false))
      }
    }
    let hasPoint = kind == .tuple && items.contains { isWrittenWithPoint($0) }
    return DisplayNode(kind, nodes, isWrittenWithPoint: hasPoint, span)
  }

  /// Whether an expression is a number such as `0.0`, `-1e3`.
  private func isWrittenWithPoint(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .unary(.minus, let operand): return isWrittenWithPoint(operand)
    case .number:
      let text = source.text(expression.span)
      return text.contains(".") || text.contains { $0 == "e" || $0 == "E" } && !text.hasPrefix("0x")
    default: return false
    }
  }

  private mutating func call(
    _ callee: Expression, _ arguments: [Argument], _ span: Span
  ) -> Node {
    if case .name("super") = callee.kind, arguments.isEmpty, scope.kind == .function,
      let receiver = scope.code.layout.positional.first
    {
      return SuperNode(reader(receiver, span), span)
    }
    let callee = node(callee)
    var nodes: [(kind: CallNode.ArgumentKind, node: Node)] = []
    for argument in arguments {
      let kind: CallNode.ArgumentKind =
        switch argument.kind {
        case .positional: .positional
        case .keyword(let name): .keyword(name)
        case .unpacked: .unpacked
        case .unpackedMapping: .unpackedMapping
        }
      nodes.append((kind, node(argument.value)))
    }
    return CallNode(callee, nodes, span)
  }

  private mutating func comprehension(
    _ kind: ComprehensionNode.Kind, key: Expression?, _ element: Expression,
    _ clauses: [ComprehensionClause], _ span: Span
  ) -> Node {
    // The first iterable is evaluated outside of the comprehension's own names.
    let first = clauses.first.map { node($0.iterable) }
    let names = clauses.reduce(into: Set<String>()) { $0.formUnion($1.target.assignedNames) }
    scope.enterComprehension(names)
    defer { scope.leaveComprehension() }
    var compiled: [ComprehensionNode.Clause] = []
    for (index, clause) in clauses.enumerated() {
      let iterable = index == 0 ? first ?? node(clause.iterable) : node(clause.iterable)
      compiled.append(
        ComprehensionNode.Clause(
          target: target(clause.target, note: nil), iterable: iterable,
          conditions: clause.conditions.map { node($0) }))
    }
    return ComprehensionNode(
      kind, key: key.map { node($0) }, element: node(element), clauses: compiled, span)
  }

  // MARK: Functions

  /// Compiles a function to the node that makes it.
  mutating func function(
    name: String, parameters: Syntax.Parameters, docstring: String?, body: [Statement], _ span: Span
  ) -> FunctionNode {
    let code = Code(
      source: source, name: name, functionName: name, globals: scope.code.globals,
      docstring: docstring, definition: span)
    let inner = functionScope(code, parameters, AssignedNames(of: body))
    code.finish(inside(inner) { compiler in body.map { compiler.action($0) } })
    return maker(of: code, inner, parameters, span)
  }

  /// The scope of a function with its parameters in the first slots.
  func functionScope(_ code: Code, _ parameters: Syntax.Parameters, _ names: AssignedNames) -> Scope
  {
    let positional = parameters.positional.map(\.name)
    let keywordOnly = parameters.keywordOnly.map(\.name)
    var all = positional + keywordOnly
    if let rest = parameters.rest {
      code.layout.rest = all.count
      all.append(rest)
    }
    if let rest = parameters.keywordRest {
      code.layout.keywordRest = all.count
      all.append(rest)
    }
    code.layout.positional = positional
    code.layout.keywordOnly = keywordOnly
    return Scope(kind: .function, parent: scope, code: code, names: names, parameters: all)
  }

  /// The node that makes a function of compiled code, with its defaults and captures.
  mutating func maker(
    of code: Code, _ inner: Scope, _ parameters: Syntax.Parameters, _ span: Span
  ) -> FunctionNode {
    let defaults = parameters.positional.compactMap(\.defaultValue).map { node($0) }
    let keywordDefaults = parameters.keywordOnly.map { $0.defaultValue.map { node($0) } }
    return FunctionNode(
      code, defaults: defaults, keywordDefaults: keywordDefaults, captures: inner.captures, span)
  }
}

/// `super()` in a method.
final class SuperNode: Node {
  private let receiver: Node
  init(_ receiver: Node, _ span: Span) {
    self.receiver = receiver
    super.init(span)
  }

  override func evaluate(_ frame: Frame) throws(Failure) -> Value {
    let receiver = try receiver.evaluate(frame)
    guard let ancestry = frame.function?.ancestry else {
      throw place(Failure(.runtime, "super() stands outside of a method"), frame)
    }
    return .object(SuperObject(base: ancestry.base, receiver: receiver))
  }
}

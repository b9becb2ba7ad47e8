extension Expression.Kind {
  /// The height of the highest child.
  ///
  /// Every node asks its children only, which know theirs, so a chain of a thousand operators
  /// costs a thousand steps.
  var heightOfChildren: Int {
    switch self {
    case .number, .string, .none, .boolean, .ellipsis, .name: 0
    case .formatted(let pieces): pieces.height
    case .list(let items), .tuple(let items), .set(let items), .logical(_, let items): items.height
    case .dict(let items):
      items.reduce(0) { max($0, $1.key?.height ?? 0, $1.value.height) }
    case .starred(let value), .unary(_, let value), .not(let value): value.height
    case .binary(_, let left, let right): max(left.height, right.height)
    case .comparison(let first, let rest): rest.reduce(first.height) { max($0, $1.right.height) }
    case .conditional(let test, let then, let otherwise):
      max(test.height, then.height, otherwise.height)
    case .call(let callee, let arguments):
      arguments.reduce(callee.height) { max($0, $1.value.height) }
    case .attribute(let value, _, _): value.height
    case .subscripted(let value, let index): max(value.height, index.height)
    case .slice(let lower, let upper, let step):
      max(lower?.height ?? 0, upper?.height ?? 0, step?.height ?? 0)
    case .lambda(let parameters, let body): max(parameters.height, body.height)
    case .comprehension(_, let element, let clauses): max(element.height, clauses.height)
    case .dictComprehension(let key, let value, let clauses):
      max(key.height, value.height, clauses.height)
    }
  }
}

extension Array where Element == Expression {
  var height: Int { reduce(0) { Swift.max($0, $1.height) } }
}

extension Array where Element == ComprehensionClause {
  var height: Int {
    reduce(0) { Swift.max($0, $1.target.height, $1.iterable.height, $1.conditions.height) }
  }
}

extension Array where Element == FormatPiece {
  var height: Int {
    reduce(0) { height, piece in
      switch piece {
      case .text: height
      case .value(let value, _, let spec, _): Swift.max(height, value.height, spec.height)
      }
    }
  }
}

extension Parameters {
  var height: Int {
    (positional + keywordOnly).reduce(0) { Swift.max($0, $1.defaultValue?.height ?? 0) }
  }
}

/// An expression with the place where it stands.
public struct Expression: Sendable {
  public let kind: Kind
  public let span: Span
  /// The number of levels of the tree that stands here; a parsed one has at most 1,000.
  public let height: Int

  public init(_ kind: Kind, _ span: Span) {
    self.kind = kind
    self.span = span
    height = 1 + kind.heightOfChildren
  }

  public indirect enum Kind: Sendable {
    case number(Double)
    case string(String)
    /// An f-string.
    case formatted([FormatPiece])
    case none
    case boolean(Bool)
    case ellipsis
    case name(String)
    case list([Expression])
    case tuple([Expression])
    case set([Expression])
    /// Items of a dict; a nil key is `**mapping`.
    case dict([(key: Expression?, value: Expression)])
    /// `*value`, in calls, displays and assignment targets.
    case starred(Expression)
    case unary(UnaryOperator, Expression)
    case binary(BinaryOperator, Expression, Expression)
    case not(Expression)
    /// `and` and `or`, of two or more.
    case logical(LogicalOperator, [Expression])
    /// A chain of comparisons: `a < b <= c`.
    case comparison(Expression, [(operation: ComparisonOperator, right: Expression)])
    /// `then if test else otherwise`.
    case conditional(test: Expression, then: Expression, otherwise: Expression)
    case call(callee: Expression, arguments: [Argument])
    case attribute(Expression, name: String, nameSpan: Span)
    /// `value[index]`; several indices are a tuple, slices stand as `.slice` in it.
    case subscripted(Expression, index: Expression)
    case slice(lower: Expression?, upper: Expression?, step: Expression?)
    case lambda(Parameters, Expression)
    case comprehension(ComprehensionKind, element: Expression, clauses: [ComprehensionClause])
    /// A dict comprehension.
    case dictComprehension(key: Expression, value: Expression, clauses: [ComprehensionClause])
  }
}

public enum UnaryOperator: Sendable { case minus, plus, invert }

/// Binary operators by the name of the gate that they apply.
public enum BinaryOperator: String, Sendable, CaseIterable {
  case add
  case subtract
  case multiply
  case divide
  case floorDivide = "floor_divide"
  case remainder = "mod"
  case power
  case matmul
  case bitAnd = "logical_and"
  case bitOr = "logical_or"
  case bitXor = "logical_xor"

  /// How it is written.
  public var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .remainder: "%"
    case .power: "**"
    case .matmul: "@"
    case .bitAnd: "&"
    case .bitOr: "|"
    case .bitXor: "^"
    }
  }
}

public enum LogicalOperator: Sendable { case and, or }

public enum ComparisonOperator: String, Sendable {
  case less = "<"
  case lessEqual = "<="
  case greater = ">"
  case greaterEqual = ">="
  case equal = "=="
  case notEqual = "!="
  case `in` = "in"
  case notIn = "not in"
  case `is` = "is"
  case isNot = "is not"
}

public enum ComprehensionKind: Sendable { case list, set, generator }

/// A clause `for target in iterable if condition`.
public struct ComprehensionClause: Sendable {
  public let target: Expression
  public let iterable: Expression
  public let conditions: [Expression]

  public init(target: Expression, iterable: Expression, conditions: [Expression]) {
    self.target = target
    self.iterable = iterable
    self.conditions = conditions
  }
}

/// A part of an f-string.
public indirect enum FormatPiece: Sendable {
  case text(String)
  /// `{value!conversion:spec}`; `label` is the text before `=` in `{value=}`, with its spaces and
  /// the sign.
  case value(Expression, conversion: Character?, spec: [FormatPiece], label: String?)
}

/// An argument of a call.
public struct Argument: Sendable {
  public enum Kind: Sendable {
    case positional
    case keyword(String)
    /// `*values`
    case unpacked
    /// `**mapping`
    case unpackedMapping
  }
  public let kind: Kind
  public let value: Expression
  public let span: Span

  public init(kind: Kind, value: Expression, span: Span) {
    self.kind = kind
    self.value = value
    self.span = span
  }
}

/// The parameters of a function.
public struct Parameters: Sendable {
  public struct Parameter: Sendable {
    public let name: String
    public let defaultValue: Expression?
    public let span: Span

    public init(name: String, defaultValue: Expression?, span: Span) {
      self.name = name
      self.defaultValue = defaultValue
      self.span = span
    }
  }
  /// Parameters given by place or by name.
  public var positional: [Parameter] = []
  /// `*args`.
  public var rest: String?
  /// Parameters after `*`: given by name only.
  public var keywordOnly: [Parameter] = []
  /// `**kwargs`.
  public var keywordRest: String?

  public init() {}
}

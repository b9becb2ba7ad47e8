/// How tightly operators bind, from loose to tight.
enum Precedence: Int, Comparable {
  case lowest
  case or
  case and
  case not
  case comparison
  case bitOr
  case bitXor
  case bitAnd
  case sum
  case product
  case unary
  case power

  static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

  /// The next tighter level: what the right side of a left-associative operator must reach.
  var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .power }
}

/// What an operator between two operands makes of them.
enum InfixOperator {
  case binary(BinaryOperator)
  case logical(LogicalOperator)
  case comparison(ComparisonOperator)
  /// `not`, which must go on with `in`.
  case notIn
  /// `is`, which may go on with `not`.
  case identity
}

extension Token.Kind {
  /// The row of the operator table for a token between two operands.
  var infix: (operation: InfixOperator, precedence: Precedence)? {
    switch self {
    case .symbol(let symbol): symbol.infix
    case .keyword(.or): (.logical(.or), .or)
    case .keyword(.and): (.logical(.and), .and)
    case .keyword(.in): (.comparison(.in), .comparison)
    case .keyword(.not): (.notIn, .comparison)
    case .keyword(.is): (.identity, .comparison)
    default: nil
    }
  }

  /// Whether an expression can start with the token.
  var startsExpression: Bool {
    switch self {
    case .name, .number, .string, .formatStart: true
    case .keyword(let keyword):
      switch keyword {
      case .false, .true, .none, .not, .lambda, .await, .yield: true
      default: false
      }
    case .symbol(let symbol):
      switch symbol {
      case .leftParen, .leftBracket, .leftBrace, .ellipsis, .minus, .plus, .tilde: true
      default: false
      }
    default: false
    }
  }

  /// Whether the token starts an operand and cannot go on with one before it.
  var startsOperandOnly: Bool {
    switch self {
    case .name, .number, .string, .formatStart, .symbol(.ellipsis), .symbol(.leftBrace): true
    case .keyword(.false), .keyword(.true), .keyword(.none), .keyword(.lambda): true
    default: false
    }
  }
}

extension Symbol {
  fileprivate var infix: (operation: InfixOperator, precedence: Precedence)? {
    switch self {
    case .pipe: (.binary(.bitOr), .bitOr)
    case .caret: (.binary(.bitXor), .bitXor)
    case .ampersand: (.binary(.bitAnd), .bitAnd)
    case .plus: (.binary(.add), .sum)
    case .minus: (.binary(.subtract), .sum)
    case .star: (.binary(.multiply), .product)
    case .slash: (.binary(.divide), .product)
    case .doubleSlash: (.binary(.floorDivide), .product)
    case .percent: (.binary(.remainder), .product)
    case .at: (.binary(.matmul), .product)
    case .doubleStar: (.binary(.power), .power)
    case .less: (.comparison(.less), .comparison)
    case .lessEqual: (.comparison(.lessEqual), .comparison)
    case .greater: (.comparison(.greater), .comparison)
    case .greaterEqual: (.comparison(.greaterEqual), .comparison)
    case .equal: (.comparison(.equal), .comparison)
    case .notEqual: (.comparison(.notEqual), .comparison)
    default: nil
    }
  }
}

extension Lexer {
  /// Reads an operator or a mark of punctuation.
  mutating func symbol(_ start: Int) -> Token {
    let first = bytes[start]
    let next = byte(start + 1)
    switch first {
    case Byte.leftParen: return open(.leftParen, start)
    case Byte.leftBracket: return open(.leftBracket, start)
    case Byte.leftBrace: return open(.leftBrace, start)
    case Byte.rightParen: return close(.rightParen, start, opener: Byte.leftParen)
    case Byte.rightBracket: return close(.rightBracket, start, opener: Byte.leftBracket)
    case Byte.rightBrace: return close(.rightBrace, start, opener: Byte.leftBrace)
    case 0x2C: return give(.comma, start, 1)
    case 0x3B: return give(.semicolon, start, 1)
    case 0x3F: return give(.question, start, 1)
    case 0x7E: return give(.tilde, start, 1)
    case Byte.dot:
      return next == Byte.dot && byte(start + 2) == Byte.dot
        ? give(.ellipsis, start, 3) : give(.dot, start, 1)
    case Byte.colon:
      if case .field = contexts.last {
        // Here a colon always starts the format specification.
        contexts.append(.specification)
        return give(.colon, start, 1)
      }
      return next == Byte.equals ? give(.walrus, start, 2) : give(.colon, start, 1)
    case 0x2B: return assigning(.plus, .plusAssign, start)
    case 0x2D:
      return next == 0x3E ? give(.arrow, start, 2) : assigning(.minus, .minusAssign, start)
    case 0x2A:
      return next == 0x2A
        ? assigning(.doubleStar, .doubleStarAssign, start, 2) : assigning(.star, .starAssign, start)
    case 0x2F:
      return next == 0x2F
        ? assigning(.doubleSlash, .doubleSlashAssign, start, 2)
        : assigning(.slash, .slashAssign, start)
    case Byte.percent: return assigning(.percent, .percentAssign, start)
    case 0x40: return assigning(.at, .atAssign, start)
    case 0x26: return assigning(.ampersand, .ampersandAssign, start)
    case 0x7C: return assigning(.pipe, .pipeAssign, start)
    case 0x5E: return assigning(.caret, .caretAssign, start)
    case Byte.equals: return assigning(.assign, .equal, start)
    case Byte.exclamation: return assigning(.exclamation, .notEqual, start)
    case 0x3C:
      return next == 0x3C
        ? assigning(.shiftLeft, .shiftLeftAssign, start, 2) : assigning(.less, .lessEqual, start)
    case 0x3E:
      return next == 0x3E
        ? assigning(.shiftRight, .shiftRightAssign, start, 2)
        : assigning(.greater, .greaterEqual, start)
    default: return strayByte(first, start)
    }
  }

  private mutating func give(_ symbol: Symbol, _ start: Int, _ length: Int) -> Token {
    position = start + length
    return Token(.symbol(symbol), Span(start, position))
  }

  /// The symbol of `length` bytes, or the one that an `=` behind it makes.
  private mutating func assigning(
    _ plain: Symbol, _ extended: Symbol, _ start: Int, _ length: Int = 1
  ) -> Token {
    byte(start + length) == Byte.equals
      ? give(extended, start, length + 1) : give(plain, start, length)
  }

  private mutating func open(_ symbol: Symbol, _ start: Int) -> Token {
    position = start + 1
    guard contexts.count < NestingLimit.brackets else { return tooDeep(start) }
    contexts.append(.bracket(bytes[start], at: start))
    return Token(.symbol(symbol), Span(start, start + 1))
  }

  mutating func tooDeep(_ start: Int) -> Token {
    invalid(
      "brackets are nested more than \(NestingLimit.brackets) levels deep", Span(start, start + 1),
      hint: "give inner parts names of their own")
  }

  private mutating func close(_ symbol: Symbol, _ start: Int, opener: UInt8) -> Token {
    position = start + 1
    let span = Span(start, start + 1)
    switch contexts.last {
    case .bracket(opener, _):
      contexts.removeLast()
      return Token(.symbol(symbol), span)
    case .field where symbol == .rightBrace:
      contexts.removeLast()
      return Token(.symbol(symbol), span)
    case .bracket(let other, _):
      return invalid(
        "'\(symbol.rawValue)' does not close '\(Character(Unicode.Scalar(other)))'", span)
    case .field:
      return invalid("'\(symbol.rawValue)' does not close '{' in this f-string", span)
    default:
      return invalid("'\(symbol.rawValue)' closes nothing: no bracket is open here", span)
    }
  }

  private mutating func strayByte(_ first: UInt8, _ start: Int) -> Token {
    position = start + 1
    let span = Span(start, start + 1)
    switch first {
    case 0x24: return invalid("the character '$' is not part of the language", span)
    case 0x60:
      return invalid(
        "the character '`' is not part of the language", span,
        hint: "strings stand between ' or \"")
    case 0: return invalid("the text holds a NUL byte", span)
    default:
      return invalid(
        "the text holds the control character U+\(UInt32(first).hexadecimal(width: 4))", span)
    }
  }
}

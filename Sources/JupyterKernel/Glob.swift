/// A pattern with `*`, `?` and `[…]`, as a shell and SQLite's GLOB have it, over code points.
struct Glob: Sendable {
  private enum Token: Sendable {
    case one(Unicode.Scalar)
    case any
    case run
    case set([ClosedRange<Unicode.Scalar>], negated: Bool)
  }

  private let tokens: [Token]

  init(_ pattern: String) {
    let scalars = Array(pattern.unicodeScalars)
    var tokens: [Token] = []
    var place = 0
    while place < scalars.count {
      let scalar = scalars[place]
      place += 1
      switch scalar {
      case "*": tokens.append(.run)
      case "?": tokens.append(.any)
      case "[":
        if let (set, end) = Self.set(in: scalars, from: place) {
          tokens.append(set)
          place = end
        } else {
          tokens.append(.one(scalar))
        }
      default: tokens.append(.one(scalar))
      }
    }
    self.tokens = tokens
  }

  /// The set after an opening bracket and the place behind it; nil when nothing closes it.
  private static func set(
    in scalars: [Unicode.Scalar], from start: Int
  ) -> (Token, Int)? {
    var place = start
    let negated = place < scalars.count && (scalars[place] == "^" || scalars[place] == "!")
    if negated { place += 1 }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while place < scalars.count {
      let low = scalars[place]
      // A closing bracket in the first place stands for itself.
      if low == "]", !ranges.isEmpty { return (.set(ranges, negated: negated), place + 1) }
      if place + 2 < scalars.count, scalars[place + 1] == "-", scalars[place + 2] != "]" {
        let high = scalars[place + 2]
        ranges.append(min(low, high)...max(low, high))
        place += 3
      } else {
        ranges.append(low...low)
        place += 1
      }
    }
    return nil
  }

  /// Whether the whole text matches.
  ///
  /// A mismatch goes back to the last star only, so the time is at most the product of the two
  /// lengths.
  func matches(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var place = 0
    var token = 0
    var star: (token: Int, place: Int)?
    while place < scalars.count {
      if token < tokens.count, case .run = tokens[token] {
        star = (token, place)
        token += 1
      } else if token < tokens.count, accepts(tokens[token], scalars[place]) {
        token += 1
        place += 1
      } else if let last = star {
        star = (last.token, last.place + 1)
        token = last.token + 1
        place = last.place + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { if case .run = $0 { true } else { false } }
  }

  private func accepts(_ token: Token, _ scalar: Unicode.Scalar) -> Bool {
    switch token {
    case .one(let expected): expected == scalar
    case .any: true
    case .run: false
    case .set(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
    }
  }
}

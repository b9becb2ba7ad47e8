/// The calls that led to an error, with what repeats left out.
struct CallChain {
  enum Item {
    case frame(Diagnostic.Frame)
    /// So many calls that are not shown.
    case omitted(Int)
  }

  private(set) var items: [Item] = []

  /// The longest round of functions that call each other which is recognised.
  private static let longestRound = 6
  /// How many calls are shown at most.
  private static let limit = 12

  init(_ frames: [Diagnostic.Frame]) {
    var index = 0
    while index < frames.count {
      guard let (length, count) = Self.round(frames, at: index) else {
        items.append(.frame(frames[index]))
        index += 1
        continue
      }
      items += frames[index..<(index + length)].map(Item.frame)
      items.append(.omitted(length * (count - 1)))
      index += length * count
    }
    shorten()
  }

  /// A round of calls that repeats at least three times from a place on.
  private static func round(
    _ frames: [Diagnostic.Frame], at start: Int
  ) -> (length: Int, count: Int)? {
    for length in 1...longestRound {
      var end = start + length
      while end < frames.count, isSame(frames[end], frames[end - length]) { end += 1 }
      let count = (end - start) / length
      if count >= 3 { return (length, count) }
    }
    return nil
  }

  private static func isSame(_ left: Diagnostic.Frame, _ right: Diagnostic.Frame) -> Bool {
    left.source === right.source && left.span == right.span && left.function == right.function
  }

  /// Keeps the ends of a chain that is too long.
  private mutating func shorten() {
    guard items.count > Self.limit else { return }
    let head = Self.limit / 2
    let tail = items.count - (Self.limit - head - 1)
    let omitted = items[head..<tail].reduce(0) { count, item in
      switch item {
      case .frame: count + 1
      case .omitted(let number): count + number
      }
    }
    items = Array(items[..<head]) + [.omitted(omitted)] + Array(items[tail...])
  }
}

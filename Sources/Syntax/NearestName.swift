/// The name most like a mistyped one, for "did you mean"; nil when none is close.
///
/// Close is a Damerau–Levenshtein distance of at most a third of the letters: insertions,
/// deletions, replacements and swaps of neighbours count one each, a wrong case counts a half.
public func nearest(to name: String, among candidates: [String]) -> String? {
  let letters = Array(name.unicodeScalars)
  guard !letters.isEmpty, letters.count <= 100 else { return nil }
  var best: (name: String, cost: Int)?
  for candidate in candidates where candidate != name {
    let other = Array(candidate.unicodeScalars)
    // Costs are counted in halves.
    let limit = max(2, 2 * (max(letters.count, other.count) / 3))
    guard abs(other.count - letters.count) * 2 <= limit else { continue }
    let cost = distance(letters, other, limit: limit)
    // A name with every letter replaced is another name, as y is for x.
    guard cost <= limit, cost < 2 * max(letters.count, other.count) else { continue }
    if let current = best, current.cost < cost || current.cost == cost && current.name <= candidate
    {
      continue
    }
    best = (candidate, cost)
  }
  return best?.name
}

/// The distance between two names in halves, or more than `limit` when it is larger than that.
private func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], limit: Int) -> Int {
  var beforePrevious: [Int] = []
  var previous = (0...right.count).map { $0 * 2 }
  for row in 0..<left.count {
    var current = [(row + 1) * 2]
    current.reserveCapacity(right.count + 1)
    var least = current[0]
    for column in 0..<right.count {
      let replacing = previous[column] + cost(left[row], right[column])
      var best = min(replacing, previous[column + 1] + 2, current[column] + 2)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforePrevious[column - 1] + 2)
      }
      current.append(best)
      least = min(least, best)
    }
    if least > limit + 2 { return limit + 1 }
    beforePrevious = previous
    previous = current
  }
  return previous[right.count]
}

private func cost(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Int {
  if left == right { return 0 }
  return left.properties.lowercaseMapping == right.properties.lowercaseMapping ? 1 : 2
}

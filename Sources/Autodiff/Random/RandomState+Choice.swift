extension RandomState {
  /// Places out of `0 ..< population`, with weights `p` where they are given.
  ///
  /// Throws: ValueError for an empty population, more draws without replacement than there are
  /// places, and weights that are no probabilities of the places.
  public mutating func choice(
    _ population: Int, count: Int, replace: Bool = true, p: [Double]? = nil,
    interruption: Interruption = Interruption()
  ) throws(GateError) -> [Int] {
    try RandomState.check(count)
    guard population > 0 || count == 0 else {
      throw GateError(.value, "cannot choose from nothing")
    }
    if let p { try RandomState.check(p, population) }
    if replace {
      guard let p else {
        return count == 0
          ? []
          : try integers(low: 0, high: population, count: count, interruption: interruption)
      }
      let cumulative = RandomState.cumulative(p)
      return (0..<count).map { _ in RandomState.place(of: fraction(), in: cumulative) }
    }
    guard count <= population else {
      throw GateError(
        .value, "cannot choose \(count) of \(population) without replacement",
        hint: "replace=True draws some more than once")
    }
    guard let p else {
      let order = permutation(population, interruption: interruption)
      try interruption.check()
      return Array(order.prefix(count))
    }
    guard p.count(where: { $0 > 0 }) >= count else {
      throw GateError(
        .value, "cannot choose \(count) without replacement: fewer weights than that are not 0")
    }
    return distinct(count, p)
  }

  /// Draws in rounds; each drops repeats and then the weights of what was found.
  private mutating func distinct(_ count: Int, _ p: [Double]) -> [Int] {
    var weights = p
    var found: [Int] = []
    var isFound = [Bool](repeating: false, count: p.count)
    while found.count < count {
      let draws = (0..<count - found.count).map { _ in fraction() }
      for place in found { weights[place] = 0 }
      let cumulative = RandomState.cumulative(weights)
      for draw in draws {
        let place = RandomState.place(of: draw, in: cumulative)
        if isFound[place] { continue }
        isFound[place] = true
        found.append(place)
      }
    }
    return found
  }

  static func check(_ count: Int) throws(GateError) {
    guard count >= 0 else { throw GateError(.value, "cannot draw \(count) numbers") }
  }

  private static func check(_ p: [Double], _ population: Int) throws(GateError) {
    guard p.count == population else {
      throw GateError(
        .value, "p has \(p.count) probabilities for \(population) things to choose from")
    }
    guard !p.contains(where: { $0.isNaN }) else {
      throw GateError(.value, "p has a probability that is not a number")
    }
    guard !p.contains(where: { $0 < 0 }) else {
      throw GateError(.value, "p has a probability below 0")
    }
    let sum = p.withUnsafeBufferPointer { PairwiseSum.sum($0) }
    guard abs(sum - 1) <= 1.5e-8 else {
      throw GateError(
        .value, "the probabilities in p add up to \(sum), not 1", hint: "p / sum(p) does")
    }
  }

  /// Running sums, the last one scaled to 1.
  private static func cumulative(_ p: [Double]) -> [Double] {
    var sums: [Double] = []
    sums.reserveCapacity(p.count)
    var sum = 0.0
    for weight in p {
      sum += weight
      sums.append(sum)
    }
    return sums.map { $0 / sum }
  }

  /// How many sums are at most the fraction.
  private static func place(of fraction: Double, in sums: [Double]) -> Int {
    var low = 0
    var high = sums.count
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] <= fraction { low = middle + 1 } else { high = middle }
    }
    return min(low, sums.count - 1)
  }
}

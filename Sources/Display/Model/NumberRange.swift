/// The range of some finite numbers.
struct NumberRange {
  let low: Double
  let high: Double

  /// Nil where there are no numbers.
  init?(_ numbers: some Sequence<Double>) {
    guard let low = numbers.min(), let high = numbers.max() else { return nil }
    self.low = low
    self.high = high
  }

  /// Where a number lies between the lowest, 0, and the highest, 1; in the middle where they are
  /// the same.
  func share(of number: Double) -> Double {
    guard high > low else { return 0.5 }
    // Halves keep the difference of two huge numbers finite, but would lose that of tiny ones.
    let factor = (high - low).isFinite ? 1 : 0.5
    return (number * factor - low * factor) / (high * factor - low * factor)
  }
}

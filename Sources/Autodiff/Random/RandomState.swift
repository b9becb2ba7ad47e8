#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The random stream that NumPy's `np.random.seed(s)` starts, bit for bit.
///
/// Source: NumPy's legacy generator, whose stream is frozen (NEP 19): MT19937, 53-bit fractions,
/// Gaussians by the polar method with the second value kept, integers by masked rejection.
public struct RandomState: Sendable {
  private var twister: MersenneTwister
  /// The second value of the last pair of Gaussians.
  private var spare: Double?

  /// The stream of `np.random.seed(seed)`.
  public init(seed: UInt32) { twister = MersenneTwister(seed: seed) }

  /// The stream of a seed as a user gives it.
  ///
  /// Throws: ValueError outside 0 to 2³² - 1.
  public init(checking seed: Int) throws(GateError) {
    guard let seed = UInt32(exactly: seed) else {
      throw GateError(.value, "a seed is between 0 and 2**32 - 1, this is \(seed)")
    }
    self.init(seed: seed)
  }

  /// The stream of `np.random.seed([…])`.
  ///
  /// Throws: ValueError for an empty list, or a number outside 0 to 2³² - 1.
  public init(key: [Int]) throws(GateError) {
    guard !key.isEmpty else { throw GateError(.value, "a seed needs at least one number") }
    var words: [UInt32] = []
    for number in key {
      guard let word = UInt32(exactly: number) else {
        throw GateError(.value, "a seed is between 0 and 2**32 - 1, this is \(number)")
      }
      words.append(word)
    }
    twister = MersenneTwister(key: words)
  }

  /// A stream that differs every time.
  public init() { self.init(seed: .random(in: 0...UInt32.max)) }

  // MARK: One number

  /// 32 random bits.
  mutating func bits32() -> UInt32 { twister.next() }

  /// 64 random bits, the high half first.
  mutating func bits64() -> UInt64 { UInt64(twister.next()) << 32 | UInt64(twister.next()) }

  /// A fraction in `0 ..< 1` of 53 bits.
  public mutating func fraction() -> Double {
    let high = Double(twister.next() >> 5)
    let low = Double(twister.next() >> 6)
    return (high * 67_108_864 + low) / 9_007_199_254_740_992
  }

  /// A number from the normal distribution of mean 0 and deviation 1.
  public mutating func gaussian() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    while true {
      let x = 2 * fraction() - 1
      let y = 2 * fraction() - 1
      let square = x * x + y * y
      if square >= 1 || square == 0 { continue }
      let factor = (-2 * log(square) / square).squareRoot()
      spare = factor * x
      return factor * y
    }
  }

  /// An integer in `0 ... largest`.
  mutating func integer(upTo largest: UInt64) -> UInt64 {
    if largest == 0 { return 0 }
    // The smallest mask that covers the range; what lies beyond is drawn again.
    let mask = UInt64.max >> UInt64(largest.leadingZeroBitCount)
    while true {
      let value = (largest <= UInt64(UInt32.max) ? UInt64(bits32()) : bits64()) & mask
      if value <= largest { return value }
    }
  }
}

// MARK: - Many numbers

extension RandomState {
  /// Draws between two looks for an interruption, less one.
  public static let blockMask = 0xFFFF

  /// Fractions in `0 ..< 1`: `rand`, `random`.
  public mutating func uniform(_ shape: Shape) -> Tensor {
    filled(shape) { $0.fraction() }
  }

  /// Numbers in `low ..< high`.
  public mutating func uniform(low: Double, high: Double, _ shape: Shape) -> Tensor {
    let range = high - low
    return filled(shape) { low + range * $0.fraction() }
  }

  /// Normal numbers of mean 0 and deviation 1: `randn`.
  public mutating func normal(_ shape: Shape) -> Tensor {
    filled(shape) { $0.gaussian() }
  }

  /// Normal numbers.
  ///
  /// Throws: ValueError for a negative deviation.
  public mutating func normal(
    mean: Double, deviation: Double, _ shape: Shape
  ) throws(GateError) -> Tensor {
    guard !(deviation < 0), !(deviation.sign == .minus && deviation == 0) else {
      throw GateError(
        .value, "the scale of a normal distribution is at least 0, this is \(deviation)")
    }
    return filled(shape) { mean + deviation * $0.gaussian() }
  }

  private mutating func filled(
    _ shape: Shape, _ draw: (inout RandomState) -> Double
  ) -> Tensor {
    var state = self
    defer { self = state }
    return Tensor(shape: shape) { entries in
      for index in entries.indices { entries[index] = draw(&state) }
    }
  }

  /// Integers in `low ..< high`.
  ///
  /// Throws: ValueError when the range is empty.
  public mutating func integers(
    low: Int, high: Int, count: Int, interruption: Interruption = Interruption()
  ) throws(GateError) -> [Int] {
    try RandomState.check(count)
    guard low < high else {
      throw GateError(
        .value, "there is no integer from \(low) up to but without \(high)",
        hint: "randint(low, high) draws low, …, high - 1")
    }
    // The difference may be past Int's range; as unsigned it is right.
    let largest = UInt64(bitPattern: Int64(high - 1)) &- UInt64(bitPattern: Int64(low))
    var result: [Int] = []
    result.reserveCapacity(count)
    for index in 0..<count {
      if index & RandomState.blockMask == 0 { try interruption.check() }
      let offset = integer(upTo: largest)
      result.append(Int(Int64(bitPattern: UInt64(bitPattern: Int64(low)) &+ offset)))
    }
    return result
  }

  /// The numbers `0 ..< count` in random order.
  ///
  /// Shuffling an array is indexing it with this. After an interruption the order is unfinished.
  public mutating func permutation(
    _ count: Int, interruption: Interruption = Interruption()
  ) -> [Int] {
    var order = Array(0..<max(count, 0))
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      if last & RandomState.blockMask == 0, interruption.isRequested { break }
      order.swapAt(last, Int(integer(upTo: UInt64(last))))
    }
    return order
  }
}

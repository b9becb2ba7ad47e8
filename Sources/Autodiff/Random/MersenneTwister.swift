/// The generator MT19937: 624 words of state, 32 bits a step.
///
/// Source: Matsumoto and Nishimura 1998, with the initialisation of 2002.
struct MersenneTwister: Sendable {
  private static let size = 624
  private static let middle = 397

  private var state: [UInt32]
  private var position = MersenneTwister.size

  /// Seeded by one number.
  init(seed: UInt32) {
    state = [UInt32](repeating: seed, count: Self.size)
    for index in 1..<Self.size {
      let before = state[index - 1]
      state[index] = 1_812_433_253 &* (before ^ (before >> 30)) &+ UInt32(index)
    }
  }

  /// Seeded by several numbers; there must be one at least.
  init(key: [UInt32]) {
    self.init(seed: 19_650_218)
    var place = 1
    func mixed(_ factor: UInt32) -> UInt32 {
      let before = state[place - 1]
      return state[place] ^ ((before ^ (before >> 30)) &* factor)
    }
    func advance() {
      place += 1
      if place == Self.size {
        state[0] = state[Self.size - 1]
        place = 1
      }
    }
    for step in 0..<max(Self.size, key.count) {
      let index = step % key.count
      state[place] = mixed(1_664_525) &+ key[index] &+ UInt32(index)
      advance()
    }
    for _ in 1..<Self.size {
      state[place] = mixed(1_566_083_941) &- UInt32(place)
      advance()
    }
    state[0] = 0x8000_0000
  }

  /// The next 32 bits.
  mutating func next() -> UInt32 {
    if position == Self.size { refill() }
    var word = state[position]
    position += 1
    word ^= word >> 11
    word ^= (word << 7) & 0x9D2C_5680
    word ^= (word << 15) & 0xEFC6_0000
    return word ^ (word >> 18)
  }

  private mutating func refill() {
    state.withUnsafeMutableBufferPointer { state in
      for index in 0..<Self.size {
        let bits =
          (state[index] & 0x8000_0000) | (state[(index + 1) % Self.size] & 0x7FFF_FFFF)
        let twist: UInt32 = bits & 1 == 0 ? 0 : 0x9908_B0DF
        state[index] = state[(index + Self.middle) % Self.size] ^ (bits >> 1) ^ twist
      }
    }
    position = 0
  }
}

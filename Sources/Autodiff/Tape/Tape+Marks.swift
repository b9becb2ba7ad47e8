extension Tape {
  /// One bit for each node of a range that stands in a chunk in use, however many were freed between.
  struct Marks {
    private let range: Range<UInt32>
    /// The chunks that the range reaches into, ascending.
    let chunks: ArraySlice<Int>
    private let table: UnsafePointer<UnsafeMutablePointer<Node>?>
    private var words: [UInt64]
    /// The word that ``popLatest()`` looks at, and the bits of it that are left.
    private var place: Int
    private var left = UInt64.max

    private static let wordsPerChunk = Tape.chunkSize / 64

    /// No marks; each chunk in use is told its place among them.
    init(
      _ range: Range<UInt32>, _ live: [Int], _ table: UnsafePointer<UnsafeMutablePointer<Node>?>
    ) {
      self.range = range
      self.table = table
      let first = Int(range.lowerBound >> Tape.chunkBits)
      // Loops that begin late in a long history are many: their chunks are the last.
      let start = live.lastIndex { $0 < first }.map { $0 + 1 } ?? 0
      chunks = live[start...]
      for (slot, chunk) in chunks.enumerated() {
        table[chunk]?[Tape.chunkSize].a = UInt32(slot)
      }
      words = [UInt64](repeating: 0, count: chunks.count * Marks.wordsPerChunk)
      place = words.count - 1
    }

    var bytes: Int { words.count * MemoryLayout<UInt64>.stride }

    /// The nodes of the range that stand in a chunk.
    func range(in chunk: Int) -> Range<UInt32> {
      let start = UInt32(chunk) << Tape.chunkBits
      return range.clamped(to: start..<start + UInt32(Tape.chunkSize))
    }

    func isEmpty(_ slot: Int) -> Bool {
      let start = slot * Marks.wordsPerChunk
      return words[start..<start + Marks.wordsPerChunk].allSatisfy { $0 == 0 }
    }

    @inline(__always)
    mutating func insert(_ raw: UInt32) {
      guard range.contains(raw), let chunk = table[Int(raw >> Tape.chunkBits)] else { return }
      let bit = Int(raw & Tape.chunkMask)
      let slot = Int(chunk[Tape.chunkSize].a)
      words[slot * Marks.wordsPerChunk + (bit >> 6)] |= 1 << UInt64(bit & 63)
    }

    /// Whether a node of the chunk with a slot is marked.
    @inline(__always)
    func contains(_ raw: UInt32, _ slot: Int) -> Bool {
      let bit = Int(raw & Tape.chunkMask)
      return words[slot * Marks.wordsPerChunk + (bit >> 6)] >> UInt64(bit & 63) & 1 == 1
    }

    /// The latest marked node before the last that this gave; earlier ones may be marked between.
    @inline(__always)
    mutating func popLatest() -> UInt32? {
      while place >= 0 {
        let bits = words[place] & left
        if bits != 0 {
          let bit = 63 - bits.leadingZeroBitCount
          left = (1 << UInt64(bit)) &- 1
          let (slot, word) = place.quotientAndRemainder(dividingBy: Marks.wordsPerChunk)
          let chunk = chunks[chunks.startIndex + slot]
          return UInt32(chunk << Int(Tape.chunkBits)) + UInt32(word * 64 + bit)
        }
        place -= 1
        left = .max
      }
      return nil
    }
  }
}

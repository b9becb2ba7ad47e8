// Reclaiming what no value reaches, inside loops: so a training loop runs in constant memory.

extension Tape {
  /// What values of the host stand for.
  public struct Roots {
    /// The nodes, in any order, more than once perhaps.
    public var nodes: [UInt32] = []
    /// How many values were looked at to find them.
    public var visited = 0

    public init() {}
  }

  /// What a loop knows of the tape: what it recorded itself can be reclaimed between its turns.
  public struct LoopMark {
    /// Where the next node stood when the loop began.
    let start: UInt32
    /// The bytes recorded at its last look.
    fileprivate var looked: Int
    /// The fewest recorded bytes that lead to its next look.
    fileprivate let least: Int
    /// How many do lead to it.
    fileprivate var threshold: Int

    fileprivate init(start: UInt32, looked: Int, least: Int) {
      self.start = start
      self.looked = looked
      self.least = least
      threshold = least
    }
  }

  /// The mark of a loop that begins now.
  public var mark: LoopMark {
    LoopMark(start: next, looked: everRecorded, least: Tape.smallestLook)
  }

  /// The mark of all that was and will be recorded, for looks between cells.
  ///
  /// Those come sooner than inside a loop: a session of many small cells must not grow.
  public static var wholeMark: LoopMark {
    LoopMark(start: 0, looked: 0, least: Tape.smallestLookBetweenCells)
  }

  /// All bytes that were ever recorded, shared buffers counted each time.
  @inline(__always)
  private var everRecorded: Int { recordedBytes + Int(next) * MemoryLayout<Node>.stride }

  /// Whether a loop recorded so much that ``reclaim(_:roots:inside:)`` pays.
  @inline(__always)
  public func wantsReclaiming(_ mark: LoopMark) -> Bool {
    everRecorded - mark.looked > mark.threshold
  }

  /// Whether the numbers of nodes are used up but for some millions.
  public var isFull: Bool { next > UInt32.max - (1 << 24) }

  /// The bytes that the tape keeps alive, shared buffers counted each time.
  public var heldBytes: Int { applicationBytes + liveChunks * Tape.chunkBytes }

  /// Frees the nodes recorded since a loop began that none of the roots depends on.
  ///
  /// Params stay until they are dropped: they may stand in places that the host does not look into.
  /// `inside` gives the nodes that the cache of a user's gate stands for.
  public mutating func reclaim(
    _ mark: inout LoopMark, roots: Roots, inside: (any Sendable) -> [UInt32]
  ) {
    mark.looked = everRecorded
    for node in droppedParams.take() { pointer(to: node)?.pointee.flags.insert(.dropped) }
    let start = max(mark.start, base)
    guard next > start else { return }
    var marks = Marks(start..<next)
    for raw in roots.nodes { marks.insert(raw) }
    while let raw = marks.popLatest() {
      guard let node = pointer(to: NodeID(raw: raw))?.pointee, !node.flags.contains(.leaf) else {
        continue
      }
      guard node.flags.contains(.application) else {
        marks.insert(node.a)
        marks.insert(node.b)
        continue
      }
      guard let application = applications[Int(node.application)] else { continue }
      for operand in application.operands { marks.insert(operand.node.raw) }
      if case .custom? = applicationGates[Int(node.application)]?.kind,
        case .other(let cache) = application.parameters
      {
        for raw in inside(cache) { marks.insert(raw) }
      }
    }
    let kept = sweep(marks)
    // The next look comes when as much was recorded as this one had to walk over, and in time for
    // the budget.
    mark.threshold = max(mark.least, min(kept, budget / 4), roots.visited * 64, marks.bytes)
  }

  /// Frees unmarked nodes, whole chunks where none is marked; returns the bytes that stay.
  private mutating func sweep(_ marks: Marks) -> Int {
    var kept = 0
    for chunk in marks.chunks {
      guard let nodes = chunks[chunk] else { continue }
      let range = marks.range(in: chunk)
      let isWhole = range.count == Tape.chunkSize
      // Numbers alone own nothing: they are not even looked at.
      if isWhole, marks.isEmpty(chunk), !ownsMore(chunk) {
        freeChunk(chunk)
        continue
      }
      var isAlive = false
      for raw in range {
        let node = nodes + Int(raw & Tape.chunkMask)
        let flags = node.pointee.flags
        let isApplication = flags.contains(.application)
        if marks.contains(raw) || flags.isDisjoint(with: .dropped) && flags.contains(.param) {
          isAlive = true
          kept += MemoryLayout<Node>.stride
          if isApplication { kept += applications[Int(node.pointee.application)]?.bytes ?? 0 }
          continue
        }
        if isApplication { free(application: node.pointee.application) }
        node.pointee = .reclaimed
      }
      if isWhole, !isAlive { freeChunk(chunk) }
    }
    return kept
  }

  /// One bit for each node of a range, in words that begin where chunks begin.
  private struct Marks {
    private let range: Range<UInt32>
    private let first: UInt32
    private var words: [UInt64]
    /// The word that ``popLatest()`` looks at, and the bits of it that are left.
    private var place: Int
    private var left = UInt64.max

    init(_ range: Range<UInt32>) {
      self.range = range
      first = range.lowerBound & ~Tape.chunkMask
      let count = Int((range.upperBound - first) >> 6) + 1
      words = [UInt64](repeating: 0, count: (count + 15) & ~15)
      place = words.count - 1
    }

    var bytes: Int { words.count * MemoryLayout<UInt64>.stride }

    var chunks: ClosedRange<Int> {
      Int(first >> Tape.chunkBits)...Int((range.upperBound - 1) >> Tape.chunkBits)
    }

    /// The nodes of the range that stand in a chunk.
    func range(in chunk: Int) -> Range<UInt32> {
      let start = UInt32(chunk) << Tape.chunkBits
      return range.clamped(to: start..<start + UInt32(Tape.chunkSize))
    }

    func isEmpty(_ chunk: Int) -> Bool {
      let start = (chunk - Int(first >> Tape.chunkBits)) * Tape.chunkSize / 64
      return words[start..<start + Tape.chunkSize / 64].allSatisfy { $0 == 0 }
    }

    @inline(__always)
    mutating func insert(_ raw: UInt32) {
      guard range.contains(raw) else { return }
      let bit = Int(raw - first)
      words[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    @inline(__always)
    func contains(_ raw: UInt32) -> Bool {
      let bit = Int(raw - first)
      return words[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    /// The latest marked node before the last that this gave; earlier ones may be marked between.
    @inline(__always)
    mutating func popLatest() -> UInt32? {
      while place >= 0 {
        let bits = words[place] & left
        if bits != 0 {
          let bit = 63 - bits.leadingZeroBitCount
          left = (1 << UInt64(bit)) &- 1
          return first + UInt32(place << 6 + bit)
        }
        place -= 1
        left = .max
      }
      return nil
    }
  }
}

extension Node {
  /// What stands where a node was: an application that is not there.
  static let reclaimed = Node(
    gate: 0, flags: .application, a: 0, b: 0, application: 0, value: 0, x: 0, y: 0)

  @inline(__always)
  var isReclaimed: Bool { application == 0 && flags == .application }
}

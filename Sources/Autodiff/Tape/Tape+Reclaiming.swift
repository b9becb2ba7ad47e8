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
  public var heldBytes: Int { applicationBytes + liveChunks.count * Tape.chunkBytes }

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
    var marks = Marks(start..<next, liveChunks, chunks.view)
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
    var freed: [Int] = []
    for (slot, chunk) in marks.chunks.enumerated() {
      guard let nodes = chunks[chunk] else { continue }
      let range = marks.range(in: chunk)
      let isWhole = range.count == Tape.chunkSize
      // Numbers alone own nothing: they are not even looked at.
      if isWhole, marks.isEmpty(slot), !nodes[Tape.chunkSize].flags.contains(.application) {
        freed.append(chunk)
        continue
      }
      var isAlive = false
      for raw in range {
        let node = nodes + Int(raw & Tape.chunkMask)
        let flags = node.pointee.flags
        let isApplication = flags.contains(.application)
        if marks.contains(raw, slot) || flags.isDisjoint(with: .dropped) && flags.contains(.param) {
          isAlive = true
          kept += MemoryLayout<Node>.stride
          if isApplication { kept += applications[Int(node.pointee.application)]?.bytes ?? 0 }
          continue
        }
        if isApplication { free(application: node.pointee.application) }
        node.pointee = .reclaimed
      }
      if isWhole, !isAlive { freed.append(chunk) }
    }
    freeChunks(freed)
    return kept
  }
}

extension Node {
  /// What stands behind a chunk's nodes: its place among those that a look marks, and whether it has
  /// applications or params.
  static let chunkHeader = Node(
    gate: 0, flags: [], a: 0, b: 0, application: 0, value: 0, x: 0, y: 0)

  /// What stands where a node was: an application that is not there.
  static let reclaimed = Node(
    gate: 0, flags: .application, a: 0, b: 0, application: 0, value: 0, x: 0, y: 0)

  @inline(__always)
  var isReclaimed: Bool { application == 0 && flags == .application }
}

/// What was computed, in order: the history that backward walks.
///
/// Nodes stand in chunks of fixed size, so that recording never moves them and the oldest can be
/// forgotten chunk by chunk. Nothing recurses over the graph. A tape belongs to one thread.
public struct Tape: ~Copyable {
  static let chunkBits: UInt32 = 10
  static let chunkSize = 1 << 10
  static let chunkMask: UInt32 = (1 << 10) - 1

  /// The chunks, by number; nothing where the history was forgotten.
  var chunks = SparseTable<Node>(capacity: 1 << (32 - Int(chunkBits)))
  /// The numbers of the chunks in use, ascending.
  private(set) var liveChunks: [Int] = [0]
  private var spareChunks: [UnsafeMutablePointer<Node>] = []
  /// A chunk's nodes, and one more that tells of them all.
  static let chunkBytes = (chunkSize + 1) * MemoryLayout<Node>.stride
  /// The chunk that is written, and the next place in it.
  private var current: UnsafeMutablePointer<Node>
  private(set) var next: UInt32 = NodeID.firstTracked
  /// Nodes before this are forgotten.
  var base: UInt32 = NodeID.firstTracked

  /// Applications to tensors, by index; nil where forgotten.
  ///
  /// The first stands for what was reclaimed.
  var applications: [Application?] = [nil]
  var applicationGates: [Gate?] = [nil]
  var freeApplications: [UInt32] = []

  /// The bytes of history that are kept before the oldest is forgotten.
  public var budget = 256 << 20
  /// The bytes of all applications ever recorded, shared buffers counted each time.
  var recordedBytes = 0
  /// The fewest recorded bytes after which a loop looks for what can be reclaimed.
  static let smallestLook = 4 << 20
  /// The same for looks between cells.
  static let smallestLookBetweenCells = 64 << 10
  /// The bytes of all applications, shared buffers counted each time.
  var applicationBytes = 0
  /// The bytes held when they were last counted against the budget.
  var heldAtLastCount = 0
  /// Leaves whose chunks were forgotten and that values still stand for, with their flags.
  var survivors: [UInt32: Node.Flags] = [:]

  /// Whether operations are recorded; off inside `no_grad` and numeric passes.
  public var isRecording = true

  /// The gradients of the last pass.
  public var gradients = Gradients()

  /// Set by another thread to end what runs; tested between blocks of long gates.
  public let interruption: Interruption

  /// Where the holders of params say that they let go.
  public let droppedParams = DroppedParams()

  /// Fused programs, by the form of what they compute.
  var fusedPrograms = FusedPrograms()

  /// Partial derivatives of the gates of numbers, by the gates' index.
  let partials: UnsafeMutablePointer<ScalarPartials>

  public init(interruption: Interruption) {
    self.interruption = interruption
    current = .allocate(capacity: Tape.chunkSize + 1)
    current[Tape.chunkSize] = .chunkHeader
    chunks.put(current, at: 0)
    partials = ScalarPartials.table()
  }

  deinit {
    for index in liveChunks { chunks[index]?.deallocate() }
    for chunk in spareChunks { chunk.deallocate() }
  }

  /// The number of nodes ever recorded.
  public var count: Int { Int(next - NodeID.firstTracked) }

  // MARK: Recording

  /// Appends a node.
  @inline(__always)
  mutating func append(_ node: Node) -> NodeID {
    let id = next
    current[Int(id & Tape.chunkMask)] = node
    next = id &+ 1
    if next & Tape.chunkMask == 0 { startChunk() }
    return NodeID(raw: id)
  }

  @inline(never)
  private mutating func startChunk() {
    current = spareChunks.popLast() ?? .allocate(capacity: Tape.chunkSize + 1)
    current[Tape.chunkSize] = .chunkHeader
    let number = Int(next >> Tape.chunkBits)
    chunks.put(current, at: number)
    liveChunks.append(number)
  }

  /// Notes that a node's chunk has more than numbers: applications, which own tensors, or params.
  mutating func noteOwner(_ id: NodeID) {
    guard let chunk = chunks[Int(id.raw >> Tape.chunkBits)] else { return }
    chunk[Tape.chunkSize].flags.insert(.application)
  }

  /// Gives up chunks whose nodes nothing needs; never the one that is written.
  mutating func freeChunks(_ numbers: [Int]) {
    guard !numbers.isEmpty else { return }
    for number in numbers {
      guard let chunk = chunks[number] else { continue }
      chunks.remove(at: number)
      if spareChunks.count < 64 { spareChunks.append(chunk) } else { chunk.deallocate() }
    }
    liveChunks.removeAll { chunks[$0] == nil }
    chunks.release(keeping: Int(next >> Tape.chunkBits))
  }

  /// A leaf of rank 0.
  @inline(__always)
  public mutating func leaf(_ value: Double) -> NodeID {
    guard isRecording else { return .fresh }
    return append(
      Node(
        gate: 0, flags: [.leaf, .named], a: 0, b: 0, application: 0, value: value, x: 0, y: 0))
  }

  /// A leaf for a tensor.
  public mutating func leaf(_ tensor: Tensor, isParam: Bool = false) -> NodeID {
    guard isRecording || isParam else { return .fresh }
    var flags: Node.Flags = [.leaf, .named]
    if isParam { flags.formUnion([.param, .trained]) }
    if !tensor.isScalar { flags.insert(.tensor) }
    let id = append(
      Node(
        gate: 0, flags: flags, a: 0, b: 0, application: 0, value: tensor.number, x: 0, y: 0))
    if isParam { noteOwner(id) }
    return id
  }

  /// Notes that a name or a place holds the value, so that passes keep its gradient.
  @inline(__always)
  public mutating func markNamed(_ id: NodeID) {
    guard let node = pointer(to: id) else { return }
    node.pointee.flags.insert(.named)
  }

  // MARK: Looking

  /// The node, unless it is untracked or forgotten.
  @inline(__always)
  func pointer(to id: NodeID) -> UnsafeMutablePointer<Node>? {
    guard id.raw >= base, id.raw < next else { return nil }
    guard let chunk = chunks[Int(id.raw >> Tape.chunkBits)] else { return nil }
    return chunk + Int(id.raw & Tape.chunkMask)
  }

  /// What is known of a node, of one that survived its chunk too.
  @inline(__always)
  func flags(of id: NodeID) -> Node.Flags {
    if let node = pointer(to: id) { return node.pointee.flags }
    return id.raw < base && !survivors.isEmpty ? survivors[id.raw] ?? [] : []
  }

  public func isLeaf(_ id: NodeID) -> Bool { flags(of: id).contains(.leaf) }
  public func isParam(_ id: NodeID) -> Bool { flags(of: id).contains(.param) }
  public func isTrained(_ id: NodeID) -> Bool { flags(of: id).contains(.trained) }

  /// Whether a value was recorded and its history was forgotten since.
  public func isForgotten(_ id: NodeID) -> Bool { isForgotten(id.raw) }

  @inline(__always)
  func isForgotten(_ raw: UInt32) -> Bool {
    guard raw >= NodeID.firstTracked else { return false }
    if raw < base { return survivors[raw] == nil }
    guard let node = pointer(to: NodeID(raw: raw)) else { return true }
    return node.pointee.isReclaimed
  }

  /// The gate that made a value; nil for leaves.
  public func gate(of id: NodeID) -> Gate? {
    guard let node = pointer(to: id), !node.pointee.flags.contains(.leaf) else { return nil }
    return GateTable.gates[Int(node.pointee.gate)]
  }

  // MARK: Applications

  mutating func store(_ application: Application, gate: Gate) -> UInt32 {
    let bytes = application.bytes
    recordedBytes += bytes
    applicationBytes += bytes
    if let index = freeApplications.popLast() {
      applications[Int(index)] = application
      applicationGates[Int(index)] = gate
      return index
    }
    applications.append(application)
    applicationGates.append(gate)
    return UInt32(applications.count - 1)
  }

  /// Gives up an application and what it keeps alive.
  mutating func free(application index: UInt32) {
    guard let application = applications[Int(index)] else { return }
    applicationBytes -= application.bytes
    applications[Int(index)] = nil
    applicationGates[Int(index)] = nil
    freeApplications.append(index)
  }
}

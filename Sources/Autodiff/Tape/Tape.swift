/// What was computed, in order: the history that backward walks.
///
/// Nodes stand in chunks of fixed size, so that recording never moves them and the oldest can be
/// forgotten chunk by chunk. Nothing recurses over the graph. A tape belongs to one thread.
public struct Tape: ~Copyable {
  static let chunkBits: UInt32 = 10
  static let chunkSize = 1 << 10
  static let chunkMask: UInt32 = (1 << 10) - 1

  /// Chunk pointers; nil where the history was forgotten.
  var chunks: UnsafeMutablePointer<UnsafeMutablePointer<Node>?>
  private var chunkCapacity: Int
  private var chunkCount = 0
  /// The chunk that is written, and the next place in it.
  private var current: UnsafeMutablePointer<Node>
  private(set) var next: UInt32 = NodeID.firstTracked
  /// Nodes before this are forgotten.
  var base: UInt32 = NodeID.firstTracked

  /// Applications to tensors, by index; nil where forgotten.
  var applications: [Application?] = []
  var applicationGates: [Gate?] = []
  var freeApplications: [UInt32] = []

  /// The bytes of history that are kept before the oldest is forgotten.
  public var budget = 256 << 20
  /// Bytes recorded since the last trim, counting shared buffers each time.
  var recordedBytes = 0
  /// How many recorded bytes lead to the next look at what is kept.
  var trimThreshold = 64 << 20
  /// Leaves whose chunks were forgotten and that values still stand for, with their flags.
  var survivors: [UInt32: Node.Flags] = [:]
  /// The next node at the last trim.
  var lastTrim = 0

  /// Whether operations are recorded; off inside `no_grad` and numeric passes.
  public var isRecording = true

  /// The gradients of the last pass.
  public var gradients = Gradients()

  /// Set by another thread to end what runs; tested between blocks of long gates.
  public let interruption: Interruption

  /// Fused programs, by the form of what they compute.
  var fusedPrograms = FusedPrograms()

  /// Partial derivatives of the gates of numbers, by the gates' index.
  let partials: UnsafeMutablePointer<ScalarPartials>

  public init(interruption: Interruption) {
    self.interruption = interruption
    chunkCapacity = 64
    chunks = .allocate(capacity: chunkCapacity)
    chunks.initialize(repeating: nil, count: chunkCapacity)
    current = .allocate(capacity: Tape.chunkSize)
    chunks[0] = current
    chunkCount = 1
    partials = ScalarPartials.table()
  }

  deinit {
    for index in 0..<chunkCount { chunks[index]?.deallocate() }
    chunks.deallocate()
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
    if chunkCount == chunkCapacity {
      let larger = UnsafeMutablePointer<UnsafeMutablePointer<Node>?>.allocate(
        capacity: chunkCapacity * 2)
      larger.moveInitialize(from: chunks, count: chunkCount)
      (larger + chunkCount).initialize(repeating: nil, count: chunkCapacity)
      chunks.deallocate()
      chunks = larger
      chunkCapacity *= 2
    }
    current = .allocate(capacity: Tape.chunkSize)
    chunks[chunkCount] = current
    chunkCount += 1
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
    return append(
      Node(
        gate: 0, flags: flags, a: 0, b: 0, application: 0, value: tensor.number, x: 0, y: 0))
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
    raw < base && raw >= NodeID.firstTracked && survivors[raw] == nil
  }

  /// The gate that made a value; nil for leaves.
  public func gate(of id: NodeID) -> Gate? {
    guard let node = pointer(to: id), !node.pointee.flags.contains(.leaf) else { return nil }
    return GateTable.gates[Int(node.pointee.gate)]
  }

  // MARK: Applications

  mutating func store(_ application: Application, gate: Gate) -> UInt32 {
    if let index = freeApplications.popLast() {
      applications[Int(index)] = application
      applicationGates[Int(index)] = gate
      return index
    }
    applications.append(application)
    applicationGates.append(gate)
    return UInt32(applications.count - 1)
  }
}

// The pattern of a Jacobian, by tracing which inputs each value of the path depends on.

extension Tape {
  /// The pattern of `root`'s Jacobian with respect to the first node of a path; nil where it has
  /// more than `limit` entries or tracing it takes more memory than that.
  ///
  /// It holds at this point: an entry that it leaves out is 0 whatever the factors between are, but
  /// the choices of gates like max are those that were made.
  mutating func pattern(
    of path: [UInt32], inputs: Int, limit: Int
  ) throws(GateError) -> SparsityPattern? {
    // Room for some times the result: sets between are forgotten now and then.
    var sets = IndexSets(bound: inputs, limit: 4 * limit)
    let places = PathPlaces(path)
    var known = try PathValues<[Int32]>(path, places, on: self)
    let target = path[0]
    known[0] = (0..<inputs).map { IndexSets.single($0) }
    for (place, raw) in path.enumerated() where place > 0 {
      if place & 0x3ff == 0 { try interruption.check() }
      guard let node = pointer(to: NodeID(raw: raw))?.pointee else { throw .forgotten }
      var result: [Int32]?
      if node.flags.contains(.application) {
        try interruption.check()
        guard let application = applications[Int(node.application)],
          let gate = applicationGates[Int(node.application)]
        else { throw .forgotten }
        for (index, operand) in application.operands.enumerated() {
          guard let from = places[operand.node.raw], let own = known[from] else { continue }
          if index & 0xfff == 0xfff { try interruption.check() }
          try trace(own, through: gate, application, operand: index, to: &result, in: &sets)
        }
      } else {
        // A gate of numbers: one set, without a look at the gate's row.
        var set = IndexSets.empty
        for operand in [node.a, node.b] {
          guard operand >= target, let from = places[operand], let own = known[from] else {
            continue
          }
          set = sets.union(set, own[0])
        }
        result = [set]
      }
      if sets.isOverfull { return nil }
      known[place] = result ?? [Int32](repeating: IndexSets.empty, count: entryCount(of: raw))
      known.release(operands: operands(of: raw), places)
      if sets.isCrowded {
        try interruption.check()
        sets.keep(&known.values)
      }
    }
    guard let rows = known[path.count - 1] else { return nil }
    return SparsityPattern(rows, of: sets, limit: limit)
  }

  /// Adds to the sets of an application's result those that come from one operand.
  private mutating func trace(
    _ own: [Int32], through gate: Gate, _ application: Application, operand place: Int,
    to result: inout [Int32]?, in sets: inout IndexSets
  ) throws(GateError) {
    let shape = application.result.shape
    let operand = application.operands[place].shape
    let contribution: [Int32]
    if place < gate.partials.count {
      if case .constant(0) = gate.partials[place] { return }
      contribution = own.picked(.repeating(operand, to: shape))
    } else if gate.index == EngineGates.fused.index,
      case .other(let fusion as Fusion) = application.parameters
    {
      contribution =
        fusion.divisor == nil
        ? own.picked(.repeating(operand, to: shape)) : [sets.union(of: own)]
    } else if case .custom = gate.kind {
      contribution = [Int32](repeating: sets.union(of: own), count: shape.count)
    } else {
      let map = try localMap(gate, application, operand: place)
      if case .placement(let selection) = map.kind {
        // In place, so that joining many parts takes no more than the parts.
        var target = result ?? [Int32](repeating: IndexSets.empty, count: shape.count)
        result = nil
        target.place(own, selection, in: &sets)
        result = target
        return
      }
      contribution = map.traced(own, in: &sets)
    }
    guard var sum = result else {
      result = contribution
      return
    }
    result = nil
    sum.unite(with: contribution, in: &sets)
    result = sum
  }
}

extension Tape {
  /// The number of entries of a node's value; of leaves 1.
  func entryCount(of raw: UInt32) -> Int {
    guard let node = pointer(to: NodeID(raw: raw))?.pointee, node.flags.contains(.application)
    else { return 1 }
    return applications[Int(node.application)]?.result.shape.count ?? 1
  }
}

/// Where the nodes of a path stand in it.
struct PathPlaces {
  private let first: UInt32
  /// By node from the first on; -1 where it is not on the path.
  private let dense: [Int32]
  private let sparse: [UInt32: Int]

  init(_ path: [UInt32]) {
    first = path.first ?? 0
    let span = Int((path.last ?? 0) - first) + 1
    if span <= 8 * path.count + 1024 {
      var dense = [Int32](repeating: -1, count: span)
      for (place, raw) in path.enumerated() { dense[Int(raw - first)] = Int32(place) }
      self.dense = dense
      sparse = [:]
    } else {
      dense = []
      var sparse: [UInt32: Int] = [:]
      sparse.reserveCapacity(path.count)
      for (place, raw) in path.enumerated() { sparse[raw] = place }
      self.sparse = sparse
    }
  }

  subscript(raw: UInt32) -> Int? {
    if dense.isEmpty { return sparse[raw] }
    guard raw >= first, Int(raw - first) < dense.count else { return nil }
    let place = dense[Int(raw - first)]
    return place < 0 ? nil : Int(place)
  }
}

/// What a pass keeps for the nodes of a path, each until its last consumer has read it.
struct PathValues<Value> {
  var values: [Value?]
  private var uses: [Int32]

  init(_ path: [UInt32], _ places: PathPlaces, on tape: borrowing Tape) throws(GateError) {
    values = [Value?](repeating: nil, count: path.count)
    uses = [Int32](repeating: 0, count: path.count)
    for (index, raw) in path.enumerated().dropFirst() {
      if index & 0xffff == 0 { try tape.interruption.check() }
      for operand in tape.operands(of: raw) {
        if let place = places[operand] { uses[place] += 1 }
      }
    }
  }

  subscript(place: Int) -> Value? {
    get { values[place] }
    set { values[place] = newValue }
  }

  /// Notes that a consumer has read its operands.
  mutating func release(operands: [UInt32], _ places: PathPlaces) {
    for operand in operands {
      guard let place = places[operand] else { continue }
      uses[place] -= 1
      if uses[place] == 0 { values[place] = nil }
    }
  }
}

// Many tangents, or many upstream gradients, taken through a path in one pass: local Jacobians are
// worked out once for all of them, and nothing is recorded.

extension Tape {
  /// The derivatives of the last node of a path along `width` tangents of the first.
  ///
  /// `seeds` and the result are row-major with `width` entries for each entry of the node.
  mutating func forwardPass(
    _ path: [UInt32], seeds: Tensor, width: Int, rows: Int
  ) throws(GateError) -> Tensor {
    let places = PathPlaces(path)
    var known = try PathValues<Tensor>(path, places, on: self)
    known[0] = seeds
    for (place, raw) in path.enumerated() where place > 0 {
      if place & 0x3f == 0 { try interruption.check() }
      guard let node = pointer(to: NodeID(raw: raw))?.pointee else { throw .forgotten }
      var result: Tensor?
      if !node.flags.contains(.application) {
        for (operand, partial) in try numberPartials(node) {
          guard let from = places[operand], let tangent = known[from] else { continue }
          let contribution = tangent.chained(by: partial)
          if var sum = result {
            sum.add(contribution)
            result = sum
          } else {
            result = contribution
          }
        }
      } else {
        try interruption.check()
        for (operand, map) in try numericMaps(of: raw, where: { places[$0] != nil }) {
          if let from = places[operand], let tangent = known[from] {
            try map.add(to: &result, applying: tangent, width: width)
          }
        }
      }
      known[place] = result
      known.release(operands: operands(of: raw), places)
    }
    return known[path.count - 1] ?? Tensor(repeating: 0, shape: Shape(rows * width))
  }

  /// The gradients of the first node of a path for `width` upstream gradients of the last.
  mutating func reversePass(
    _ path: [UInt32], seeds: Tensor, width: Int, columns: Int
  ) throws(GateError) -> Tensor {
    let places = PathPlaces(path)
    var gradients = [Tensor?](repeating: nil, count: path.count)
    gradients[path.count - 1] = seeds
    for (place, raw) in path.enumerated().reversed() where place > 0 {
      if place & 0x3f == 0 { try interruption.check() }
      guard let upstream = gradients[place] else { continue }
      gradients[place] = nil
      guard let node = pointer(to: NodeID(raw: raw))?.pointee else { throw .forgotten }
      func add(_ contribution: Tensor, at operand: Int) {
        if var sum = gradients[operand] {
          gradients[operand] = nil
          sum.add(contribution)
          gradients[operand] = sum
        } else {
          gradients[operand] = contribution
        }
      }
      if !node.flags.contains(.application) {
        for (operand, partial) in try numberPartials(node) {
          if let to = places[operand] { add(upstream.chained(by: partial), at: to) }
        }
      } else {
        try interruption.check()
        for (operand, map) in try numericMaps(of: raw, where: { places[$0] != nil }) {
          guard let to = places[operand] else { continue }
          add(try map.appliedTransposed(to: upstream, width: width), at: to)
        }
      }
    }
    return gradients[0] ?? Tensor(repeating: 0, shape: Shape(columns * width))
  }

  /// The local Jacobians of a node as numbers; a fused expression's by one run for all operands.
  mutating func numericMaps(
    of raw: UInt32, where isWanted: (UInt32) -> Bool
  ) throws(GateError) -> [(operand: UInt32, map: LinearMap)] {
    guard let node = pointer(to: NodeID(raw: raw))?.pointee, node.flags.contains(.application),
      node.gate == EngineGates.fused.index,
      let application = applications[Int(node.application)],
      case .other(let fusion as Fusion) = application.parameters
    else { return try localMaps(of: raw, where: isWanted) }
    var wanted: UInt64 = 0
    for (place, operand) in application.operands.enumerated()
    where operand.node.isTracked && isWanted(operand.node.raw) {
      wanted |= 1 << UInt64(place)
    }
    let maps = try factorMaps(fusion, application.operands, wanted: wanted)
    return maps.map { (application.operands[$0.place].node.raw, $0.map) }
  }

  /// The local Jacobians of a fused expression for the operands with a bit in `wanted`.
  private mutating func factorMaps(
    _ fusion: Fusion, _ operands: [Traced], wanted: UInt64
  ) throws(GateError) -> [(place: Int, map: LinearMap)] {
    // Operands whose factor is one number need no run.
    let places = operands.indices.filter { wanted >> UInt64($0) & 1 == 1 }
    var constants: [Int: Double] = [:]
    let outputs = fusion.program.gradient(wanted: wanted, upstream: nil).outputs
    for (place, output) in zip(places, outputs) {
      if case .constant(let value) = output.source { constants[place] = value }
    }
    var factors: ArraySlice<Tensor> = []
    if constants.count < places.count {
      let varying = places.reduce(UInt64(0)) {
        constants[$1] == nil ? $0 | 1 << UInt64($1) : $0
      }
      factors =
        fusion.program.gradient(wanted: varying, upstream: nil)
        .run(operands.map(\.tensor), fusion.shape)[...]
    }
    try interruption.check()
    var result: [(place: Int, map: LinearMap)] = []
    for place in places {
      let own: LinearMap
      if let factor = constants[place] {
        let scale = Traced(constant: factor)
        own =
          factor == 1
          ? .identity(fusion.shape)
          : LinearMap(rows: fusion.shape, columns: fusion.shape, .scaled(scale))
      } else if let factor = factors.popFirst() {
        own = .diagonal(Traced(constant: factor))
      } else {
        continue
      }
      var map = own.after(.broadcast(from: operands[place].shape, to: fusion.shape))
      if let divisor = fusion.divisor {
        map = LinearMap.sum(from: fusion.shape, to: .scalar).after(map)
        if divisor != 1 {
          let share = Traced(constant: 1 / divisor)
          map = LinearMap(rows: .scalar, columns: .scalar, .scaled(share)).after(map)
        }
      }
      result.append((place, map))
    }
    return result
  }

  /// The operands of a gate of numbers with their partial derivatives.
  private func numberPartials(
    _ node: Node
  ) throws(GateError) -> [(operand: UInt32, partial: Double)] {
    let row = partials + Int(node.gate)
    var result: [(UInt32, Double)] = []
    if node.a >= NodeID.firstTracked {
      guard let partial = row.pointee.a(node.x, node.y, node.value) else {
        throw .undifferentiable(node.gate)
      }
      result.append((node.a, partial))
    }
    if node.b >= NodeID.firstTracked {
      guard let partial = row.pointee.b(node.x, node.y, node.value) else {
        throw .undifferentiable(node.gate)
      }
      result.append((node.b, partial))
    }
    return result
  }
}

extension Tensor {
  /// Upstream gradients times one local gradient.
  fileprivate func chained(by local: Double) -> Tensor {
    if local == 1 { return self }
    return withEntries { source in
      Tensor(shape: shape) { entries in
        for index in entries.indices { entries[index] = Autodiff.chained(source[index], local) }
      }
    }
  }
}

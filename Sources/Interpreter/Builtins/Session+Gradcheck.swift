import Autodiff
import Display
import EngineInterface

extension Session {
  /// Compares the gradients of a recorded value with central differences, entry by entry.
  ///
  /// Shows a table of the leaves; true when all pass.
  func gradcheck(_ root: Traced, names: [NodeID: String]) throws(Failure) -> Value {
    guard root.node.isTracked else {
      throw Failure(
        .gradient, "this value depends on no leaf, so there is no gradient to check")
    }
    let known = names.merging(namedLeaves()) { given, _ in given }
    // Params alone, where there are any: the others are data.
    var leaves = tape.pointee.leaves(of: root)
    if tape.pointee.isTrained(root.node) { leaves = leaves.filter { tape.pointee.isParam($0) } }
    if !names.isEmpty {
      leaves = tape.pointee.ancestors(of: root.node, among: Array(names.keys)).sorted()
    }
    let replay = try running { () throws(GateError) in try tape.pointee.replay(of: root) }
    var weights = RandomState(seed: 0)
    let upstream =
      root.tensor.count == 1
      ? Tensor(repeating: 1, shape: root.shape)
      : Tensor(shape: root.shape) { entries in
        for index in entries.indices { entries[index] = weights.fraction() + 0.5 }
      }
    var rows: [GradcheckTable.Row] = []
    for leaf in leaves {
      guard let value = tape.pointee.value(of: leaf, in: replay) else { continue }
      let analytic = try withoutRecording { () throws(Failure) in
        try gradients(of: root, upstream: Traced(constant: upstream), [Traced(value, leaf)])[0]
          .tensor
      }
      let name = known[leaf] ?? "leaf \(rows.count + 1)"
      rows.append(
        try checked(name, leaf, value, analytic, upstream: upstream, root, replay))
    }
    let table = GradcheckTable(
      rows: rows, tolerance: Session.gradcheckTolerance, precision: options.precision)
    sink.display(table.bundle(sink.page), id: nil)
    return .boolean(table.passed)
  }

  /// One leaf's worst entry.
  private func checked(
    _ name: String, _ leaf: NodeID, _ value: Tensor, _ analytic: Tensor, upstream: Tensor,
    _ root: Traced, _ replay: Tape.Replay
  ) throws(Failure) -> GradcheckTable.Row {
    var worst: GradcheckTable.Row?
    for place in 0..<value.count {
      try checkInterruption()
      let step = 1e-6 * max(1, abs(value[place]))
      func moved(_ sign: Double) throws(Failure) -> Double {
        var changed = value
        changed.update { $0[place] += sign * step }
        let result = try running { () throws(GateError) in
          try tape.pointee.value(of: replay, with: leaf, at: changed)
        }
        return (0..<result.count).reduce(0) { $0 + result[$1] * upstream[$1] }
      }
      let numeric = (try moved(1) - moved(-1)) / (2 * step)
      let claimed = analytic[place]
      let error = Session.relativeError(claimed, numeric)
      if let worst, !(error > worst.relativeError) { continue }
      worst = GradcheckTable.Row(
        name: name, entry: Session.index(of: place, in: value.shape), analytic: claimed,
        numeric: numeric, relativeError: error, passed: error <= Session.gradcheckTolerance)
    }
    return worst
      ?? GradcheckTable.Row(
        name: name, analytic: 0, numeric: 0, relativeError: 0, passed: true)
  }

  /// Central differences with steps of 1e-6 are good to about 1e-9; a wrong gradient is off by more.
  private static let gradcheckTolerance = 1e-5

  /// The difference relative to the larger one, absolute below 1; infinite where one is no number.
  private static func relativeError(_ a: Double, _ b: Double) -> Double {
    guard a.isFinite, b.isFinite else { return a == b ? 0 : .infinity }
    return abs(a - b) / max(1, abs(a), abs(b))
  }

  private static func index(of place: Int, in shape: Shape) -> [Int] {
    var rest = place
    return shape.strides.map { stride in
      defer { rest %= stride }
      return rest / stride
    }
  }

  /// Names of the leaves that variables hold.
  private func namedLeaves() -> [NodeID: String] {
    var names: [NodeID: String] = [:]
    for (name, value) in globals.bound where !name.hasPrefix("_") {
      for (path, leaf) in leaves(in: value) where names[leaf.node] == nil {
        names[leaf.node] = name + path
      }
    }
    return names
  }
}

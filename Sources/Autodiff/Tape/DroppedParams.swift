/// Params that no value stands for any more, for the tape to reclaim.
///
/// Who holds a param may outlive the tape, so the word goes to this. For the tape's thread only.
public final class DroppedParams {
  private var nodes: [NodeID] = []

  init() {}

  /// Notes that nothing holds a param any more.
  public func append(_ node: NodeID) { nodes.append(node) }

  /// All that were noted since this was last called.
  func take() -> [NodeID] {
    defer { nodes.removeAll(keepingCapacity: nodes.count < 4096) }
    return nodes
  }
}

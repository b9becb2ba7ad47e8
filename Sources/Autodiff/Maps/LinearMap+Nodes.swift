extension LinearMap {
  /// The nodes that its factors stand for, through which derivatives of higher order flow.
  public var nodes: [NodeID] {
    switch kind {
    case .zero, .identity, .permutation, .broadcast, .sum, .selection, .placement, .kronecker,
      .blocks, .banded, .sparse, .rankOneUpdate:
      []
    case .scaled(let factor), .diagonal(let factor), .productByRight(let factor),
      .productByLeft(let factor), .solution(let factor), .softmax(let factor, _),
      .scan(let factor, _), .inner(let factor), .column(let factor), .dense(let factor):
      [factor.node]
    case .composed(let outer, let inner): outer.nodes + inner.nodes
    case .total(let maps): maps.flatMap(\.nodes)
    case .transposed(let map): map.nodes
    case .operation(let operation): operation.factors.map(\.node)
    case .recorded(let root, let target, _): [root.node, target.node]
    }
  }
}

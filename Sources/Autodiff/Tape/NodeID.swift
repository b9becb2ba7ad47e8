/// Where a value stands on the tape.
public struct NodeID: Sendable, Hashable, Comparable {
  public let raw: UInt32

  @inlinable public init(raw: UInt32) { self.raw = raw }

  /// A value from a literal or a constructor: it becomes a leaf when it gets a name or a place.
  public static let fresh = NodeID(raw: 0)
  /// A value that is no leaf and depends on none, as a length or an index.
  public static let constant = NodeID(raw: 1)
  /// A value that changes in jumps with one that has a history, as a place or a comparison does: a
  /// gradient of it is an error.
  static let stepped = NodeID(raw: 2)
  /// The first that stands for a node.
  static let firstTracked: UInt32 = 3

  @inlinable public var isTracked: Bool { raw >= 3 }

  @inlinable public static func < (a: NodeID, b: NodeID) -> Bool { a.raw < b.raw }

  /// What untracked operands make together: fresh only when all are, stepped when any is.
  static func untracked(_ a: NodeID, _ b: NodeID) -> NodeID {
    a.raw == b.raw ? a : a == .stepped || b == .stepped ? .stepped : .constant
  }

  /// What a gate without a slope makes of an operand.
  var throughStep: NodeID { isTracked || self == .stepped ? .stepped : .constant }
}

/// A tensor with its place on the tape.
public struct Traced: Sendable {
  public var tensor: Tensor
  public var node: NodeID

  public init(_ tensor: Tensor, _ node: NodeID) {
    self.tensor = tensor
    self.node = node
  }

  /// A constant, which no gradient flows to.
  public init(constant tensor: Tensor) { self.init(tensor, .constant) }
  public init(constant number: Double) { self.init(Tensor(number), .constant) }

  public var shape: Shape { tensor.shape }
}

extension Traced: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self.init(constant: value) }
  public init(integerLiteral value: Int) { self.init(constant: Double(value)) }
}

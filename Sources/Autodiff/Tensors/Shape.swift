/// The lengths of a tensor's axes, outermost first; rank 0 is a number.
///
/// Up to eight axes, held inline so that shapes cost no allocation.
public struct Shape: Sendable, Hashable {
  /// The most axes that a tensor may have.
  public static let maximumRank = 8

  // 32 bits each and no vector, so that a shape has 36 bytes and no alignment of its own: tensors
  // are copied often.
  private var axes: Int32
  private var lengths: InlineArray<8, Int32>

  public var rank: Int { Int(axes) }

  /// The shape of a number.
  public static let scalar = Shape()

  public init() {
    axes = 0
    lengths = InlineArray(repeating: 0)
  }

  public static func == (a: Shape, b: Shape) -> Bool {
    guard a.axes == b.axes else { return false }
    for axis in 0..<a.rank where a.lengths[axis] != b.lengths[axis] { return false }
    return true
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(axes)
    for axis in 0..<rank { hasher.combine(lengths[axis]) }
  }

  /// Lengths must be at least 0 and below 2^31, and at most eight; callers check what users give.
  public init(_ dimensions: some Collection<Int>) {
    precondition(dimensions.count <= Shape.maximumRank, "at most \(Shape.maximumRank) axes")
    axes = Int32(dimensions.count)
    lengths = InlineArray(repeating: 0)
    var axis = 0
    for length in dimensions {
      lengths[axis] = Int32(length)
      axis += 1
    }
  }

  public init(_ dimensions: Int...) { self.init(dimensions) }

  /// One axis, or two: without an array, because they are made often.
  public init(_ length: Int) {
    self.init()
    axes = 1
    lengths[0] = Int32(length)
  }
  public init(_ rows: Int, _ columns: Int) {
    self.init()
    axes = 2
    lengths[0] = Int32(rows)
    lengths[1] = Int32(columns)
  }

  /// The number of entries.
  public var count: Int {
    var product = 1
    for axis in 0..<rank { product *= self[axis] }
    return product
  }

  public var isScalar: Bool { axes == 0 }

  /// The length of an axis, `0 ..< rank`.
  public subscript(axis: Int) -> Int {
    get { Int(lengths[axis]) }
    set { lengths[axis] = Int32(newValue) }
  }

  public var dimensions: [Int] { (0..<rank).map { self[$0] } }

  /// Steps between neighbours along each axis in row-major order.
  public var strides: [Int] {
    var result = [Int](repeating: 1, count: rank)
    var step = 1
    for axis in stride(from: rank - 1, through: 0, by: -1) {
      result[axis] = step
      step *= self[axis]
    }
    return result
  }

  public func appending(_ length: Int) -> Shape { Shape(dimensions + [length]) }

  public func removing(axis: Int) -> Shape {
    var dimensions = dimensions
    dimensions.remove(at: axis)
    return Shape(dimensions)
  }

  public func inserting(_ length: Int, at axis: Int) -> Shape {
    var dimensions = dimensions
    dimensions.insert(length, at: axis)
    return Shape(dimensions)
  }

  public func replacing(axis: Int, with length: Int) -> Shape {
    var copy = self
    copy[axis] = length
    return copy
  }

  /// The shape that both broadcast to by NumPy's rule; nil when they do not fit.
  public func broadcast(with other: Shape) -> Shape? {
    if self == other { return self }
    let larger = rank >= other.rank ? self : other
    let smaller = rank >= other.rank ? other : self
    var result = larger
    let shift = larger.rank - smaller.rank
    for axis in 0..<smaller.rank {
      let a = larger[axis + shift]
      let b = smaller[axis]
      if a == b || b == 1 { continue }
      guard a == 1 else { return nil }
      result[axis + shift] = b
    }
    return result
  }
}

extension Shape: CustomStringConvertible {
  /// As Python writes it: `()`, `(3,)`, `(2, 3)`.
  public var description: String {
    rank == 1 ? "(\(self[0]),)" : "(" + dimensions.map(String.init).joined(separator: ", ") + ")"
  }
}

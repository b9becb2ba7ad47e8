/// What went wrong in a gate, for the interpreter to place and to name the operands in.
///
/// `{0}`, `{1}` in the message stand for the operands as the user wrote them.
public struct GateError: Error, Sendable {
  public enum Kind: String, Sendable {
    case shape = "ShapeError"
    case value = "ValueError"
    case type = "TypeError"
    case index = "IndexError"
    case gradient = "GradientError"
    case linearAlgebra = "LinAlgError"
    case memory = "MemoryError"
    case output = "OutputError"
    case interrupt = "KeyboardInterrupt"
  }

  public var kind: Kind
  public var message: String
  public var hint: String?

  public init(_ kind: Kind, _ message: String, hint: String? = nil) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }
}

extension GateError {
  /// Operands whose shapes do not broadcast; `phrase` says what was asked of `{0}` and `{1}`.
  static func broadcast(_ phrase: String, _ a: Shape, _ b: Shape) -> GateError {
    GateError(
      .shape, "cannot \(phrase.withShapes([a, b])): they do not broadcast",
      hint: broadcastHint(a, b))
  }

  /// A result that alone would take more than a session may.
  static func tooLarge(_ shape: Shape) -> GateError {
    let bytes = shape.dimensions.reduce(8.0) { $0 * Double($1) }
    return GateError(
      .memory,
      "a tensor of shape \(shape) would take \(MemoryLimit.text(Int(exactly: bytes) ?? Int.max)),"
        + " more than the limit of \(MemoryLimit.text(MemoryLimit.bytes))")
  }

  /// Says which axes clash, and the reshape or transpose that would fit.
  private static func broadcastHint(_ a: Shape, _ b: Shape) -> String? {
    if b.rank == 1, a.rank == 2, b[0] == a[0] {
      return "{1}[:, None] makes it a column, of shape (\(b[0]), 1)"
    }
    if a.rank == 1, b.rank == 2, a[0] == b[0] {
      return "{0}[:, None] makes it a column, of shape (\(a[0]), 1)"
    }
    if b.rank == 2, a.broadcast(with: Shape(b[1], b[0])) != nil { return "{1}.T would fit" }
    if a.rank == 2, b.broadcast(with: Shape(a[1], a[0])) != nil { return "{0}.T would fit" }
    for axis in 1...max(1, min(a.rank, b.rank)) where axis <= min(a.rank, b.rank) {
      let x = a[a.rank - axis]
      let y = b[b.rank - axis]
      if x != y, x != 1, y != 1 {
        return "axes are compared from the last: axis -\(axis) has \(x) against \(y) entries"
      }
    }
    return nil
  }

  static func axis(_ axis: Int, _ shape: Shape) -> GateError {
    GateError(
      .shape, "axis \(axis) is out of range for {0} of shape \(shape)",
      hint: shape.rank == 0
        ? "a number has no axes" : "its axes are 0 to \(shape.rank - 1), or -1 to -\(shape.rank)")
  }

  /// What ends the work of a thread whose ``Interruption`` was requested.
  static var interrupted: GateError {
    Interruption.current?.answer() ?? GateError(.interrupt, "interrupted")
  }
}

extension String {
  /// The phrase with each operand's shape after its place: `{0} of shape (3,)`.
  func withShapes(_ shapes: [Shape]) -> String {
    var text = ""
    var digits: String?
    for character in self {
      text.append(character)
      switch character {
      case "{": digits = ""
      case "}":
        if let place = digits.flatMap({ Int($0) }), place < shapes.count {
          text += " of shape \(shapes[place])"
        }
        digits = nil
      default: digits?.append(character)
      }
    }
    return text
  }
}

extension Shape {
  /// An axis counted from either end, as `0 ..< rank`.
  public func resolved(axis: Int) throws(GateError) -> Int {
    guard axis >= -rank, axis < rank else { throw .axis(axis, self) }
    return axis < 0 ? axis + rank : axis
  }

  /// Axes counted from either end, as `0 ..< rank` in rising order; nil stands for all.
  ///
  /// Throws: an axis out of range, or one that is given twice.
  public func resolved(axes: [Int]?) throws(GateError) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    var result: [Int] = []
    for axis in axes {
      let place = try resolved(axis: axis)
      guard !result.contains(place) else {
        throw GateError(.value, "axis \(axis) is given twice for {0} of shape \(self)")
      }
      result.append(place)
    }
    return result.sorted()
  }
}

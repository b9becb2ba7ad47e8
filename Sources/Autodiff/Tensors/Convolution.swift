/// How the windows of a convolution or a pool move: what gates are told of them.
public struct Convolution: Sendable {
  public struct Pair: Sendable, Equatable {
    public var rows: Int
    public var columns: Int
    public init(_ rows: Int, _ columns: Int) {
      self.rows = rows
      self.columns = columns
    }
  }

  public var stride: Pair
  public var pad: Pair
  /// The size that operands do not tell: a pool's window, and what a gradient is the size of.
  public var size: Pair?
  /// The size of the images that the gradient of a pool has.
  public var image: Pair?

  public init(
    stride: Pair = Pair(1, 1), pad: Pair = Pair(0, 0), size: Pair? = nil, image: Pair? = nil
  ) {
    self.stride = stride
    self.pad = pad
    self.size = size
    self.image = image
  }

  init(_ parameters: Parameters) throws(GateError) {
    switch parameters {
    case .none: self.init()
    case .other(let convolution as Convolution): self = convolution
    default: throw .parameters
    }
  }

  /// The length of the outputs for windows of `size` over `length` entries; nil where none fits.
  static func outputs(_ length: Int, size: Int, stride: Int, pad: Int) -> Int? {
    let room = length + 2 * pad - size
    return room < 0 ? nil : room / stride + 1
  }

  /// Throws: ValueError for a stride below 1 or a padding below 0, or beyond any memory.
  func checked(_ name: String) throws(GateError) -> Convolution {
    if let size {
      for length in [size.rows, size.columns] where !(1...Int(Int32.max)).contains(length) {
        throw GateError(.value, "\(name) needs a window of at least 1 entry, not \(length)")
      }
    }
    for length in [stride.rows, stride.columns] where !(1...Int(Int32.max)).contains(length) {
      throw GateError(.value, "\(name) needs a stride of at least 1, not \(length)")
    }
    for length in [pad.rows, pad.columns] where !(0...Int(Int32.max)).contains(length) {
      throw GateError(.value, "\(name) needs a padding of at least 0, not \(length)")
    }
    return self
  }
}

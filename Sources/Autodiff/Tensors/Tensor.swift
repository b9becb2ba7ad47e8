/// Float64 entries in row-major order with a shape; rank 0 is a number and needs no buffer.
public struct Tensor: Sendable {
  public let shape: Shape
  /// Nil for rank 0.
  private(set) var buffer: Buffer?
  private var scalar: Double
  /// Whether this is a boolean tensor: its entries are 0 and 1, and it masks when it indexes.
  public var isMask: Bool

  /// A number.
  @inlinable public init(_ value: Double) {
    self.init(number: value, isMask: false)
  }

  public init(number: Double, isMask: Bool) {
    shape = .scalar
    buffer = nil
    scalar = number
    self.isMask = isMask
  }

  /// Wraps a buffer that holds `shape.count` entries.
  public init(shape: Shape, buffer: Buffer, isMask: Bool = false) {
    self.shape = shape
    self.isMask = isMask
    if shape.isScalar {
      scalar = buffer.pointer[0]
      self.buffer = nil
    } else {
      scalar = 0
      self.buffer = buffer
    }
  }

  /// A tensor of the given entries; `values.count` must be `shape.count`.
  public init(shape: Shape, values: [Double], isMask: Bool = false) {
    precondition(values.count == shape.count, "\(values.count) values for shape \(shape)")
    self.init(shape: shape, isMask: isMask) { entries in
      _ = entries.initialize(from: values)
    }
  }

  /// A tensor whose entries the closure writes, all of them.
  public init(
    shape: Shape, isMask: Bool = false, fill: (UnsafeMutableBufferPointer<Double>) -> Void
  ) {
    if shape.isScalar {
      var value = 0.0
      withUnsafeMutablePointer(to: &value) { fill(UnsafeMutableBufferPointer(start: $0, count: 1)) }
      self.init(number: value, isMask: isMask)
    } else {
      let buffer = Buffer(count: shape.count)
      fill(UnsafeMutableBufferPointer(start: buffer.pointer, count: shape.count))
      self.init(shape: shape, buffer: buffer, isMask: isMask)
    }
  }

  /// A shape without entries, for records that need no more; its entries must not be read.
  static func shapeOnly(of shape: Shape) -> Tensor { Tensor(shapeOnly: shape) }

  private init(shapeOnly shape: Shape) {
    self.shape = shape
    buffer = nil
    scalar = .nan
    isMask = false
  }

  /// A tensor of equal entries; not all are there when the running cell is interrupted.
  public init(repeating value: Double, shape: Shape, isMask: Bool = false) {
    if shape.isScalar {
      self.init(number: value, isMask: isMask)
    } else {
      self.init(shape: shape, isMask: isMask) { entries in
        Interruption.forEachChunk(of: entries.count) { start, count in
          UnsafeMutableBufferPointer(rebasing: entries[start..<start + count])
            .initialize(repeating: value)
        }
      }
    }
  }

  public var count: Int { shape.count }
  public var isScalar: Bool { shape.isScalar }

  /// The only entry, of any rank; nil when there is not exactly one.
  public var item: Double? {
    if let buffer { buffer.count == 1 ? buffer.pointer[0] : nil } else { scalar }
  }

  /// The number of rank 0; do not ask a tensor of higher rank.
  public var number: Double { scalar }

  /// The entries, row-major, for the time of the call.
  @inline(__always)
  public func withEntries<R, E: Error>(
    _ body: (UnsafeBufferPointer<Double>) throws(E) -> R
  ) throws(E) -> R {
    if let buffer {
      // The buffer must outlive the call, whatever the optimiser knows about `self`.
      defer { withExtendedLifetime(buffer) {} }
      return try body(UnsafeBufferPointer(start: buffer.pointer, count: buffer.count))
    }
    let value = scalar
    var outcome: Result<R, E>?
    withUnsafePointer(to: value) { pointer in
      do throws(E) {
        outcome = .success(try body(UnsafeBufferPointer(start: pointer, count: 1)))
      } catch {
        outcome = .failure(error)
      }
    }
    return try outcome!.get()
  }

  /// The entries, row-major, as an array.
  public var values: [Double] { withEntries { Array($0) } }

  /// The entry at a row-major offset.
  public subscript(offset: Int) -> Double {
    if let buffer { buffer.pointer[offset] } else { scalar }
  }

  /// The same entries in another shape of as many.
  public func reshaped(_ shape: Shape) -> Tensor {
    if let buffer { return Tensor(shape: shape, buffer: buffer, isMask: isMask) }
    return Tensor(repeating: scalar, shape: shape, isMask: isMask)
  }

  /// Writes entries in place when no other tensor shares the buffer, else on a copy.
  public mutating func update(_ body: (UnsafeMutableBufferPointer<Double>) -> Void) {
    if buffer == nil {
      withUnsafeMutablePointer(to: &scalar) {
        body(UnsafeMutableBufferPointer(start: $0, count: 1))
      }
      return
    }
    if !isKnownUniquelyReferenced(&buffer) {
      let copy = Buffer(count: shape.count)
      withEntries { source in
        _ = UnsafeMutableBufferPointer(start: copy.pointer, count: shape.count)
          .initialize(from: source)
      }
      buffer = copy
    }
    if let buffer { body(UnsafeMutableBufferPointer(start: buffer.pointer, count: buffer.count)) }
  }

  /// Whether both have the same shape and equal entries (NaN equals nothing).
  public func isEqual(_ other: Tensor) -> Bool {
    guard shape == other.shape else { return false }
    return withEntries { mine in other.withEntries { mine.elementsEqual($0) } }
  }
}

import Autodiff

/// What is told of a tensor too large to be shown: range, mean, norm and a thumbnail.
///
/// All of it comes from one pass over the entries. Range, mean and norm are those of the finite
/// entries; `nan` when there are none.
public struct TensorSummary: Sendable {
  public let shape: Shape
  public let isMask: Bool
  public private(set) var minimum = Double.nan
  public private(set) var maximum = Double.nan
  public private(set) var mean = Double.nan
  /// The root of the sum of squares.
  public private(set) var norm = Double.nan
  public private(set) var nanCount = 0
  public private(set) var infiniteCount = 0
  public private(set) var thumbnail: Thumbnail

  public var count: Int { shape.count }

  /// The most entries that a table shows one by one, and the most lines that they may take.
  static let smallCount = 40
  static let smallLines = 16

  /// Whether a tensor of that shape is shown whole.
  public static func isSmall(_ shape: Shape) -> Bool {
    if shape.isScalar || shape.count == 0 { return true }
    let lines = shape.dimensions.dropLast().reduce(1, *)
    return shape.count <= smallCount && lines <= smallLines
  }

  public init(_ tensor: Tensor) {
    shape = tensor.shape
    isMask = tensor.isMask
    let (rows, columns) = Thumbnail.layout(of: tensor.shape)
    thumbnail = Thumbnail(sourceRows: rows, sourceColumns: columns)
    guard tensor.count > 0 else { return }
    var total = Totals()
    unsafe tensor.withEntries { entries in
      for row in 0..<rows {
        let gridRow = thumbnail.row(of: row)
        for gridColumn in 0..<thumbnail.columns {
          var part = Totals()
          let range = thumbnail.sourceColumns(of: gridColumn)
          var index = row * columns + range.lowerBound
          let end = row * columns + range.upperBound
          // Short runs keep the rounding errors of long sums apart.
          while index < end {
            let stop = min(index + 256, end)
            var run = Totals()
            while index < stop {
              run.add(unsafe entries[index])
              index += 1
            }
            part.add(run)
          }
          thumbnail.add(sum: part.sum, count: part.count, row: gridRow, column: gridColumn)
          total.add(part)
        }
      }
    }
    nanCount = total.nanCount
    infiniteCount = tensor.count - total.count - total.nanCount
    guard total.count > 0 else { return }
    minimum = total.minimum
    maximum = total.maximum
    mean = total.sum / Double(total.count)
    norm = total.squares.squareRoot()
    if !mean.isFinite || !norm.isFinite || norm < 1e-150 { rescale(tensor, total) }
  }

  /// Mean and norm again, for entries whose sums or squares leave the range of a double.
  private mutating func rescale(_ tensor: Tensor, _ total: Totals) {
    let scale = max(minimum.magnitude, maximum.magnitude)
    guard scale > 0 else { return }
    var scaled = Totals()
    unsafe tensor.withEntries { entries in
      for index in 0..<tensor.count { scaled.add(unsafe entries[index] / scale) }
    }
    mean = scaled.sum / Double(total.count) * scale
    norm = scaled.squares.squareRoot() * scale
  }
}

/// Running figures of a stretch of entries.
private struct Totals {
  var sum = 0.0
  var squares = 0.0
  var minimum = Double.infinity
  var maximum = -Double.infinity
  /// Finite entries.
  var count = 0
  var nanCount = 0

  mutating func add(_ number: Double) {
    guard number.isFinite else {
      if number.isNaN { nanCount += 1 }
      return
    }
    sum += number
    squares += number * number
    if number < minimum { minimum = number }
    if number > maximum { maximum = number }
    count += 1
  }

  mutating func add(_ other: Totals) {
    sum += other.sum
    squares += other.squares
    minimum = Swift.min(minimum, other.minimum)
    maximum = Swift.max(maximum, other.maximum)
    count += other.count
    nanCount += other.nanCount
  }
}

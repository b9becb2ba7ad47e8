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
    var total = add(tensor)
    nanCount = total.nanCount
    infiniteCount = tensor.count - total.count - total.nanCount
    guard total.count > 0 else { return }
    minimum = total.minimum
    maximum = total.maximum
    let largest = max(minimum.magnitude, maximum.magnitude)
    var unit = 1.0
    // Sums or squares left the range of a double.
    if !total.sum.isFinite || !total.squares.isFinite || total.squares < 1e-300, largest > 0 {
      unit = largest
      thumbnail = Thumbnail(sourceRows: rows, sourceColumns: columns, unit: unit)
      total = add(tensor)
    }
    mean = total.sum / Double(total.count) * unit
    norm = total.squares.squareRoot() * unit
  }

  /// Adds all entries to the thumbnail, in its unit; gives their figures, sums in that unit.
  private mutating func add(_ tensor: Tensor) -> Totals {
    var total = Totals(unit: thumbnail.unit)
    let columns = thumbnail.sourceColumns
    unsafe tensor.withEntries { entries in
      for row in 0..<thumbnail.sourceRows {
        let gridRow = thumbnail.row(of: row)
        for gridColumn in 0..<thumbnail.columns {
          var part = Totals(unit: thumbnail.unit)
          let range = thumbnail.sourceColumns(of: gridColumn)
          var index = row * columns + range.lowerBound
          let end = row * columns + range.upperBound
          // Short runs keep the rounding errors of long sums apart.
          while index < end {
            let stop = min(index + 256, end)
            var run = Totals(unit: thumbnail.unit)
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
    return total
  }
}

/// Running figures of a stretch of entries.
private struct Totals {
  /// What sums are in.
  let unit: Double
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
    let scaled = unit == 1 ? number : number / unit
    sum += scaled
    squares += scaled * scaled
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

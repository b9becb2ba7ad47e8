/// The order that sorts numbers: equals keep theirs, nan goes last.
///
/// A merge sort from runs of 16, so that it looks for an interruption between merges; what is
/// interrupted is some order of the places, which whoever asked for it discards.
public struct SortedOrder {
  private var places: [Int]
  private var other: [Int]

  /// The places of the entries of a tensor, in the order of their values.
  public static func of(_ tensor: Tensor) -> [Int] {
    tensor.withEntries { entries in
      entries.baseAddress.map { of($0, count: entries.count, step: 1) } ?? []
    }
  }

  /// The places of `count` entries, of which each stands `step` after the one before.
  static func of(_ first: UnsafePointer<Double>, count: Int, step: Int) -> [Int] {
    var order = SortedOrder(count: count)
    order.sort(first, step)
    return order.places
  }

  private init(count: Int) {
    places = Array(0..<count)
    other = places
  }

  @inline(__always)
  private static func isBefore(_ a: Double, _ b: Double) -> Bool {
    a < b || (b != b && a == a)
  }

  private mutating func sort(_ keys: UnsafePointer<Double>, _ step: Int) {
    let count = places.count
    let run = 16
    places.withUnsafeMutableBufferPointer { places in
      for start in stride(from: 0, to: count, by: run) {
        if start & 0xFFFF == 0, Interruption.isCurrentRequested { return }
        for index in start + 1..<max(min(start + run, count), start + 1) {
          let place = places[index]
          let key = keys[place * step]
          var slot = index
          while slot > start, SortedOrder.isBefore(key, keys[places[slot - 1] * step]) {
            places[slot] = places[slot - 1]
            slot -= 1
          }
          places[slot] = place
        }
      }
    }
    var width = run
    while width < count {
      if Interruption.isCurrentRequested { return }
      places.withUnsafeBufferPointer { source in
        other.withUnsafeMutableBufferPointer { target in
          for start in stride(from: 0, to: count, by: 2 * width) {
            let middle = min(start + width, count)
            let end = min(start + 2 * width, count)
            var (left, right) = (start, middle)
            for slot in start..<end {
              if slot & 0xFFFF == 0, Interruption.isCurrentRequested { return }
              // The left one of equals, so that equals keep their order.
              let takesRight =
                left == middle
                || right < end
                  && SortedOrder.isBefore(keys[source[right] * step], keys[source[left] * step])
              if takesRight {
                target[slot] = source[right]
                right += 1
              } else {
                target[slot] = source[left]
                left += 1
              }
            }
          }
        }
      }
      swap(&places, &other)
      width *= 2
    }
  }
}

/// Which axes of a tensor a gate reduces, and the shapes before and after.
struct Reduction {
  let source: Shape
  /// The reduced axes, rising, each in `0 ..< rank`.
  let axes: [Int]
  /// The source with a 1 for each reduced axis: what broadcasts back to it.
  let kept: Shape
  let result: Shape

  init(_ source: Shape, _ parameters: Parameters) throws(GateError) {
    switch parameters {
    case .none: try self.init(source, axes: nil, keepsDimensions: false)
    case .axes(let axes, let keeps): try self.init(source, axes: axes, keepsDimensions: keeps)
    case .axis(let axis): try self.init(source, axes: [axis], keepsDimensions: false)
    default: throw .parameters
    }
  }

  init(_ source: Shape, axes: [Int]?, keepsDimensions: Bool) throws(GateError) {
    self.source = source
    let axes = try source.resolved(axes: axes)
    self.axes = axes
    var kept = source
    for axis in axes { kept[axis] = 1 }
    self.kept = kept
    let rest = (0..<source.rank).filter { !axes.contains($0) }.map { source[$0] }
    result = keepsDimensions ? kept : Shape(rest)
  }

  /// The number of entries that each entry of the result comes from.
  var length: Int { axes.reduce(1) { $0 * source[$1] } }

  /// The source's offset of the first entry of each group, in the result's order.
  var starts: [Int] { Reduction.offsets(source, (0..<source.rank).filter { !axes.contains($0) }) }

  /// The offsets of a group's entries from its first, in row-major order.
  var steps: [Int] { Reduction.offsets(source, axes) }

  private static func offsets(_ source: Shape, _ axes: [Int]) -> [Int] {
    let strides = source.strides
    var offsets = [0]
    for axis in axes {
      let stride = strides[axis]
      let length = source[axis]
      offsets = offsets.flatMap { base in (0..<length).map { base + $0 * stride } }
    }
    return offsets
  }

  /// Throws when groups have no entries and the gate has no value for that.
  func requireEntries(_ what: String) throws(GateError) {
    guard length > 0 || result.count == 0 else {
      throw GateError(
        .value, "cannot take the \(what) of {0} of shape \(source): there are no entries",
        hint: "check its size before, or reduce along an axis that has entries")
    }
  }

  /// For each group the offset of the entry that no other beats; the first of equals, nan first.
  func best(_ x: Tensor, _ beats: (Double, Double) -> Bool) -> [Int] {
    let steps = steps
    return x.withEntries { entries in
      starts.map { start in
        var place = start
        var value = entries[start]
        for step in steps where !value.isNaN {
          let other = entries[start + step]
          if beats(other, value) || other.isNaN {
            value = other
            place = start + step
          }
        }
        return place
      }
    }
  }

  /// Each group folded into one number; `x` has the source's shape.
  func fold(
    _ x: Tensor, from first: Double, isMask: Bool = false, _ next: (Double, Double) -> Double
  ) -> Tensor {
    let starts = starts
    let steps = steps
    return x.withEntries { source in
      Tensor(shape: result, isMask: isMask) { entries in
        for index in entries.indices {
          var value = first
          for step in steps { value = next(value, source[starts[index] + step]) }
          entries[index] = value
        }
      }
    }
  }
}

extension Reduction {
  /// The map that sums each group: from the source's shape to the result's.
  var sum: LinearMap {
    LinearMap.identity(kept, as: result).after(.sum(from: source, to: kept))
  }

  /// The map `v ↦ Σ factors v` over each group; the factors have the source's shape.
  func weighted(_ factors: Traced) -> LinearMap { sum.after(.diagonal(factors)) }
}

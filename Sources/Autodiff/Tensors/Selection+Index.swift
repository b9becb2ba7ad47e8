/// One part of an index expression, between the commas.
public enum IndexItem: Sendable {
  case integer(Int)
  case slice(start: Int?, stop: Int?, step: Int)
  case newAxis
  case ellipsis
  /// An array of integers of any shape.
  case integers(Shape, [Int])
  /// A boolean tensor; takes as many axes as it has.
  case mask(Tensor)
}

extension Selection {
  /// Resolves an index expression on a shape, by NumPy's rules for basic and advanced indexing.
  ///
  /// Throws: IndexError for too many indices, a place out of range, a mask that does not fit,
  /// or integer arrays that do not broadcast.
  public init(_ items: [IndexItem], of source: Shape) throws(GateError) {
    if items.count == 1, case .mask(let mask) = items[0], mask.shape == source, !mask.isScalar {
      self.init(mask: mask)
      return
    }
    let items = try Selection.expanded(items, source)
    let strides = source.strides
    var start = 0
    // Axes of the result from slices and new axes, in order; advanced indices are noted by place.
    var basic: [(length: Int, step: Int)] = []
    var advanced: [(place: Int, shape: Shape, offsets: [Int])] = []
    var axis = 0
    for item in items {
      switch item {
      case .integer(let index):
        start += try Selection.resolve(index, axis, source) * strides[axis]
        axis += 1
      case .slice(let first, let last, let step):
        let range = try Selection.range(first, last, step, length: source[axis])
        start += range.start * strides[axis]
        basic.append((range.count, step * strides[axis]))
        axis += 1
      case .newAxis: basic.append((1, 0))
      case .ellipsis: break
      case .integers(let shape, let indices):
        var offsets = indices
        for place in offsets.indices {
          offsets[place] = try Selection.resolve(offsets[place], axis, source) * strides[axis]
        }
        advanced.append((basic.count, shape, offsets))
        axis += 1
      case .mask(let mask):
        let picked = try Selection.places(of: mask, axis, source)
        for k in 0..<mask.shape.rank {
          let offsets = picked.map { $0[k] * strides[axis + k] }
          advanced.append((basic.count, Shape(picked.count), offsets))
        }
        axis += mask.shape.rank
      }
    }
    // Together at one place the advanced axes stay there; apart (a slice between) they go first.
    let together =
      advanced.isEmpty || Set(advanced.map(\.place)).count == 1 && Selection.adjacent(items)
    try self.init(
      source: source, start: start, basic: basic, advanced: advanced.map { ($0.shape, $0.offsets) },
      place: together ? (advanced.first?.place ?? 0) : 0)
  }

  /// The entries where a mask of the tensor's own shape holds.
  private init(mask: Tensor) {
    let offsets = mask.withEntries { entries in
      let count = entries.reduce(0) { $1 != 0 ? $0 + 1 : $0 }
      return [Int](unsafeUninitializedCapacity: count) { offsets, initialized in
        for (offset, entry) in entries.enumerated() where entry != 0 {
          offsets[initialized] = offset
          initialized += 1
        }
      }
    }
    self.init(source: mask.shape, result: Shape(offsets.count), places: .listed(offsets))
  }

  private init(
    source: Shape, start: Int, basic: [(length: Int, step: Int)],
    advanced: [(shape: Shape, offsets: [Int])], place: Int
  ) throws(GateError) {
    if advanced.isEmpty {
      self.init(
        source: source, result: try Shape(checking: basic.map(\.length)),
        places: .strided(start: start, steps: basic.map(\.step)))
      return
    }
    var common = advanced[0].shape
    for (shape, _) in advanced.dropFirst() {
      guard let both = common.broadcast(with: shape) else {
        throw GateError(
          .index,
          "the integer arrays that index {0} have shapes \(common) and \(shape),"
            + " which do not broadcast")
      }
      common = both
    }
    guard common.fitsMemory else { throw .tooLarge(common) }
    var offsets = [Int](repeating: start, count: common.count)
    for (shape, list) in advanced {
      let walk = BroadcastWalk(common, shape, shape)
      if !offsets.isEmpty {
        walk.forEachRow { offset, i, _ in
          for k in 0..<walk.rowLength { offsets[offset + k] += list[i + k * walk.stepA] }
        }
      }
    }
    let before = Array(basic[..<place])
    let after = Array(basic[place...])
    let dimensions = before.map(\.length) + common.dimensions + after.map(\.length)
    let result = try Shape(checking: dimensions)
    if before.isEmpty, after.isEmpty {
      self.init(source: source, result: result, places: .listed(offsets))
      return
    }
    let outer = Selection.offsets(before)
    let inner = Selection.offsets(after)
    var all: [Int] = []
    all.reserveCapacity(outer.count * offsets.count * inner.count)
    for a in outer { for b in offsets { for c in inner { all.append(a + b + c) } } }
    self.init(source: source, result: result, places: .listed(all))
  }

  /// The offsets of all places on some axes, row-major.
  private static func offsets(_ axes: [(length: Int, step: Int)]) -> [Int] {
    var result = [0]
    for (length, step) in axes {
      result = result.flatMap { base in (0..<length).map { base + $0 * step } }
    }
    return result
  }

  /// The items with an ellipsis (an implied one at the end) written out as whole slices.
  private static func expanded(
    _ items: [IndexItem], _ source: Shape
  ) throws(GateError) -> [IndexItem] {
    var used = 0
    var ellipses = 0
    for item in items {
      switch item {
      case .integer, .slice, .integers: used += 1
      case .mask(let mask): used += mask.shape.rank
      case .ellipsis: ellipses += 1
      case .newAxis: break
      }
    }
    guard ellipses <= 1 else { throw GateError(.index, "an index has at most one ...") }
    guard used <= source.rank else {
      let axes = source.rank == 1 ? "1 axis" : "\(source.rank) axes"
      throw GateError(
        .index, "too many indices: {0} of shape \(source) has \(axes), the index has \(used)")
    }
    let fill = [IndexItem](
      repeating: .slice(start: nil, stop: nil, step: 1), count: source.rank - used)
    guard let place = items.firstIndex(where: { if case .ellipsis = $0 { true } else { false } })
    else { return items + fill }
    return Array(items[..<place]) + fill + Array(items[(place + 1)...])
  }

  /// Whether no slice or new axis stands between advanced indices.
  private static func adjacent(_ items: [IndexItem]) -> Bool {
    var seen = false
    var left = false
    for item in items {
      switch item {
      case .integers, .mask:
        if left { return false }
        seen = true
      case .slice, .newAxis: if seen { left = true }
      case .integer, .ellipsis: break
      }
    }
    return true
  }

  /// An index counted from either end of an axis.
  private static func resolve(_ index: Int, _ axis: Int, _ source: Shape) throws(GateError) -> Int {
    let length = source[axis]
    guard index >= -length, index < length else {
      throw GateError(
        .index,
        "index \(index) is out of range for axis \(axis) of {0}, which has \(length)"
          + (length == 1 ? " entry" : " entries"))
    }
    return index < 0 ? index + length : index
  }

  /// A slice's first place and count, by Python's rules.
  public static func range(
    _ first: Int?, _ last: Int?, _ step: Int, length: Int
  ) throws(GateError) -> (start: Int, count: Int) {
    guard step != 0 else { throw GateError(.value, "a slice's step cannot be 0") }
    func clamp(_ place: Int, _ low: Int, _ high: Int) -> Int {
      // Additions wrap nowhere: places are clamped to the axis before they are added to.
      let place = place < 0 ? (place < -length ? -1 : place + length) : place
      return min(max(place, low), high)
    }
    if step > 0 {
      let start = clamp(first ?? 0, 0, length)
      let stop = clamp(last ?? length, 0, length)
      return (start, stop > start ? (stop - start - 1) / step + 1 : 0)
    }
    let start = first.map { clamp($0, -1, length - 1) } ?? length - 1
    let stop = last.map { clamp($0, -1, length - 1) } ?? -1
    let size = step == Int.min ? Int.max : -step
    return (max(start, 0), start > stop ? (start - stop - 1) / size + 1 : 0)
  }

  /// The places where a mask is true, one list of indices each.
  private static func places(
    of mask: Tensor, _ axis: Int, _ source: Shape
  ) throws(GateError) -> [[Int]] {
    for k in 0..<mask.shape.rank where mask.shape[k] != source[axis + k] {
      throw GateError(
        .index, "a mask of shape \(mask.shape) does not fit {0} of shape \(source)",
        hint: "axis \(axis + k) has \(source[axis + k]) entries, the mask \(mask.shape[k])")
    }
    let strides = mask.shape.strides
    return mask.withEntries { entries in
      entries.indices.filter { entries[$0] != 0 }.map { offset in
        var rest = offset
        return strides.map { stride in
          defer { rest %= stride }
          return rest / stride
        }
      }
    }
  }
}

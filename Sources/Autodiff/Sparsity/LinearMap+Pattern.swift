// What a map does to patterns: from the inputs that each entry of its operand depends on to those
// of each entry of its result, without numbers.

extension LinearMap {
  /// The sets of the result's entries, given those of the operand's.
  ///
  /// A factor of 0 in a map of constants, as of an assignment, counts as no entry.
  func traced(_ sets: [Int32], in all: inout IndexSets) -> [Int32] {
    switch kind {
    case .zero: return [Int32](repeating: IndexSets.empty, count: rows.count)
    case .identity, .scaled: return sets
    case .diagonal(let factors):
      return factors.tensor.withEntries { factors in
        sets.indices.map { factors[$0] == 0 ? IndexSets.empty : sets[$0] }
      }
    case .permutation(let order):
      let strides = columns.strides
      return sets.picked(
        Selection(
          source: columns, result: rows,
          places: .strided(start: 0, steps: order.map { strides[$0] })))
    case .broadcast: return sets.picked(.repeating(columns, to: rows))
    case .selection(let selection): return sets.picked(selection)
    case .sum: return sets.gathered(.repeating(rows, to: columns), in: &all)
    case .placement(let selection): return sets.gathered(selection, in: &all)
    case .inner: return [all.union(of: sets)]
    case .column: return [Int32](repeating: sets[0], count: rows.count)
    case .productByRight(let factor) where factor.shape.rank <= 2:
      // Every entry of a row depends on the whole row.
      let inner = factor.shape[0]
      let width = factor.shape.rank == 1 ? 1 : factor.shape[1]
      return sets.indexedLanes(inner).flatMap { lane in
        [Int32](repeating: all.union(of: sets[lane]), count: width)
      }
    case .softmax(_, let axis):
      return sets.lanes(columns, axis: axis) { lane in
        let union = all.union(of: lane)
        return lane.map { _ in union }
      }
    case .scan(_, let axis):
      return sets.lanes(columns, axis: axis) { lane in
        var union = IndexSets.empty
        return lane.map { set in
          union = all.union(union, set)
          return union
        }
      }
    case .composed(let outer, let inner):
      return outer.traced(inner.traced(sets, in: &all), in: &all)
    case .total(let maps):
      var result = [Int32](repeating: IndexSets.empty, count: rows.count)
      for map in maps { result.unite(with: map.traced(sets, in: &all), in: &all) }
      return result
    default: return normalized.tracedByEntries(sets, in: &all)
    }
  }

  /// By each row's entries; maps that have none to look at are taken as dense.
  private func tracedByEntries(_ sets: [Int32], in all: inout IndexSets) -> [Int32] {
    switch kind {
    case .zero, .identity, .scaled, .diagonal, .selection, .placement: return traced(sets, in: &all)
    case .kronecker(let factors):
      var current = sets
      var before = 1
      var after = factors.reduce(1) { $0 * $1.columns }
      for factor in factors {
        after /= max(factor.columns, 1)
        if case .matrix(let matrix) = factor {
          current = current.mixed(matrix.shape[0], matrix.shape[1], before, after, in: &all)
        }
        before *= factor.rows
      }
      return current
    case .rankOneUpdate, .blocks, .banded, .sparse:
      var result: [Int32] = []
      result.reserveCapacity(rows.count)
      var row: [Int32] = []
      for index in 0..<rows.count {
        row.removeAll(keepingCapacity: true)
        forEachEntry(inRows: index..<index + 1) { _, column, _ in row.append(sets[column]) }
        result.append(row.count == 1 ? row[0] : all.union(of: row))
      }
      return result
    default:
      return [Int32](repeating: all.union(of: sets), count: rows.count)
    }
  }
}

extension [Int32] {
  /// The sets of picked entries.
  func picked(_ selection: Selection) -> [Int32] {
    if selection.result.count == count, selection.contiguousStart == 0 { return self }
    return withUnsafeBufferPointer { source in
      [Int32](unsafeUninitializedCapacity: selection.result.count) { result, size in
        selection.walk { result[$0] = source[$1] }
        size = selection.result.count
      }
    }
  }

  /// Adds entries' sets to those of the places that they are put in.
  mutating func place(_ sets: [Int32], _ selection: Selection, in all: inout IndexSets) {
    if isInjective(selection) {
      selection.walk { self[$1] = all.union(self[$1], sets[$0]) }
    } else {
      unite(with: sets.gathered(selection, in: &all), in: &all)
    }
  }

  /// The sets of entries that others are put into, added up where several are.
  fileprivate func gathered(_ selection: Selection, in all: inout IndexSets) -> [Int32] {
    var result = [Int32](repeating: IndexSets.empty, count: selection.source.count)
    if isInjective(selection) {
      selection.walk { result[$1] = self[$0] }
      return result
    }
    // All that go to one place are united at once: pair by pair the sets between would be kept.
    var starts = [Int](repeating: 0, count: selection.source.count + 1)
    let offsets = selection.offsets
    for offset in offsets { starts[offset + 1] += 1 }
    for place in 0..<selection.source.count { starts[place + 1] += starts[place] }
    var next = starts
    var grouped = [Int32](repeating: 0, count: offsets.count)
    for (index, offset) in offsets.enumerated() {
      grouped[next[offset]] = self[index]
      next[offset] += 1
    }
    for place in result.indices {
      result[place] = all.union(of: grouped[starts[place]..<starts[place + 1]])
    }
    return result
  }

  /// Whether no entry is put where another is; steps of 0 repeat.
  private func isInjective(_ selection: Selection) -> Bool {
    switch selection.places {
    case .strided(_, let steps): !steps.contains(0)
    case .listed: false
    }
  }

  /// Adds to each entry's set another one.
  mutating func unite(with others: [Int32], in all: inout IndexSets) {
    for index in indices where self[index] != others[index] {
      self[index] = all.union(self[index], others[index])
    }
  }

  /// Ranges of so many entries one after the other.
  fileprivate func indexedLanes(_ length: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: Swift.max(length, 1)).map { $0..<$0 + length }
  }

  /// The entries along an axis, lane by lane, replaced by what `body` makes of them.
  fileprivate func lanes(
    _ shape: Shape, axis: Int, _ body: ([Int32]) -> [Int32]
  ) -> [Int32] {
    let length = shape[axis]
    let inner = shape.dimensions[(axis + 1)...].reduce(1, *)
    var result = self
    guard length > 0, inner > 0 else { return result }
    for lane in 0..<count / length {
      let first = lane / inner * length * inner + lane % inner
      let changed = body((0..<length).map { self[first + $0 * inner] })
      for (place, set) in changed.enumerated() { result[first + place * inner] = set }
    }
    return result
  }

  /// A full matrix of `rows × columns` along one axis, between `before` and `after` entries.
  fileprivate func mixed(
    _ rows: Int, _ columns: Int, _ before: Int, _ after: Int, in all: inout IndexSets
  ) -> [Int32] {
    var result = [Int32](repeating: IndexSets.empty, count: before * rows * after)
    for block in 0..<before {
      for place in 0..<after {
        let lane = (0..<columns).map { self[(block * columns + $0) * after + place] }
        let union = all.union(of: lane)
        for row in 0..<rows { result[(block * rows + row) * after + place] = union }
      }
    }
    return result
  }
}

/// Sets of indices below a bound, each kept once and named by a number; 0 is the empty set.
///
/// Entries of a tensor that depend on the same inputs share one set, so that picking, moving and
/// repeating entries moves numbers only, and a union that was made before is looked up.
struct IndexSets {
  /// Indices are in `0 ..< bound`.
  let bound: Int
  /// Where each set starts in `indices`, and the end.
  private var starts: [Int]
  private var indices: [Int32]
  /// The most indices that are kept in all sets together.
  private let limit: Int
  /// Indices looked at in unions of two, and the most: about a second.
  private var work = 0
  private static let mostWork = 1 << 29
  /// Whether a set was lost because there was no room; the sets are of no use then.
  private(set) var isOverfull = false

  /// Sets by their content: open addressing, -1 where free.
  private var table: [Int32]
  /// Unions made lately, by both operands; an entry that is needed again may have been displaced.
  private var unionKeys: [UInt64]
  private var unionResults: [Int32]
  private static let unionBits = 14

  /// The union in which each index, and each set, was seen last.
  private var indexStamps: [Int32]
  private var setStamps: [Int32] = []
  private var stamp: Int32 = 0

  /// How many indices lead to the next look for sets that nothing names any more.
  private var threshold: Int

  static let empty: Int32 = 0

  /// The empty set and the sets of one index; index `i` alone is set `i + 1`.
  init(bound: Int, limit: Int) {
    self.bound = bound
    self.limit = max(limit, 2 * bound)
    threshold = max(limit / 4, 2 * bound)
    starts = [0] + (0...bound)
    indices = (0..<bound).map { Int32($0) }
    table = [Int32](repeating: -1, count: 1024)
    unionKeys = [UInt64](repeating: 0, count: 1 << IndexSets.unionBits)
    unionResults = [Int32](repeating: 0, count: 1 << IndexSets.unionBits)
    indexStamps = [Int32](repeating: 0, count: bound)
    starts.reserveCapacity(2 * bound)
    indices.reserveCapacity(4 * bound)
  }

  static func single(_ index: Int) -> Int32 { Int32(index + 1) }

  private var count: Int { starts.count - 1 }

  func size(_ set: Int32) -> Int { starts[Int(set) + 1] - starts[Int(set)] }

  /// The indices of a set, rising.
  func members(_ set: Int32) -> ArraySlice<Int32> {
    indices[starts[Int(set)]..<starts[Int(set) + 1]]
  }

  mutating func union(_ a: Int32, _ b: Int32) -> Int32 {
    if a == b || b == IndexSets.empty { return a }
    if a == IndexSets.empty { return b }
    if size(a) == bound { return a }
    if size(b) == bound { return b }
    let key = UInt64(UInt32(min(a, b))) << 32 | UInt64(UInt32(max(a, b)))
    let slot = Int((key &* 0x9e37_79b9_7f4a_7c15) >> UInt64(64 - IndexSets.unionBits))
    if unionKeys[slot] == key { return unionResults[slot] }
    let start = indices.count
    work += size(a) + size(b)
    if work > IndexSets.mostWork { isOverfull = true }
    if isOverfull { return IndexSets.empty }
    merge(a, b)
    let result = kept(from: start)
    unionKeys[slot] = key
    unionResults[slot] = result
    return result
  }

  /// Appends the union of two sets behind all others.
  private mutating func merge(_ a: Int32, _ b: Int32) {
    var i = starts[Int(a)]
    var j = starts[Int(b)]
    let endA = starts[Int(a) + 1]
    let endB = starts[Int(b) + 1]
    while i < endA, j < endB {
      let x = indices[i]
      let y = indices[j]
      indices.append(min(x, y))
      if x <= y { i += 1 }
      if y <= x { j += 1 }
    }
    while i < endA {
      indices.append(indices[i])
      i += 1
    }
    while j < endB {
      indices.append(indices[j])
      j += 1
    }
  }

  /// The union of many sets.
  mutating func union(of sets: some Sequence<Int32>) -> Int32 {
    stamp += 1
    if setStamps.count < count {
      setStamps += [Int32](repeating: 0, count: 2 * count - setStamps.count)
    }
    var first = IndexSets.empty
    var second = IndexSets.empty
    var distinct = 0
    let start = indices.count
    for set in sets where set != IndexSets.empty && setStamps[Int(set)] != stamp {
      if size(set) == bound {
        indices.removeSubrange(start...)
        return set
      }
      setStamps[Int(set)] = stamp
      distinct += 1
      if distinct == 1 {
        first = set
        continue
      }
      if distinct == 2 {
        second = set
        collect(first)
      }
      collect(set)
    }
    if distinct < 2 { return first }
    if distinct == 2 {
      indices.removeSubrange(start...)
      return union(first, second)
    }
    let added = indices.count - start
    if added > bound / 16 {
      // Read off the stamps in order rather than sort.
      indices.removeSubrange(start...)
      for index in 0..<bound where indexStamps[index] == stamp { indices.append(Int32(index)) }
    } else {
      indices[start...].sort()
    }
    return kept(from: start)
  }

  private mutating func collect(_ set: Int32) {
    for place in starts[Int(set)]..<starts[Int(set) + 1] {
      let index = indices[place]
      if indexStamps[Int(index)] == stamp { continue }
      indexStamps[Int(index)] = stamp
      indices.append(index)
    }
  }

  /// The set of the last indices, which are taken away again where it is there already.
  private mutating func kept(from start: Int) -> Int32 {
    let size = indices.count - start
    if size == 0 { return IndexSets.empty }
    if size == 1 {
      let set = IndexSets.single(Int(indices[start]))
      indices.removeLast()
      return set
    }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for place in start..<indices.count {
      hash = (hash ^ UInt64(UInt32(indices[place]))) &* 0x100_0000_01b3
    }
    var slot = Int(hash >> 20) & (table.count - 1)
    while table[slot] >= 0 {
      let other = Int(table[slot])
      if starts[other + 1] - starts[other] == size,
        indices[start...].elementsEqual(indices[starts[other]..<starts[other + 1]])
      {
        indices.removeSubrange(start...)
        return Int32(other)
      }
      slot = (slot + 1) & (table.count - 1)
    }
    if indices.count > limit || count >= Int(Int32.max) - 1 {
      isOverfull = true
      indices.removeSubrange(start...)
      return IndexSets.empty
    }
    let set = Int32(count)
    starts.append(indices.count)
    table[slot] = set
    if 2 * (count - bound) > table.count { grow() }
    return set
  }

  /// Whether it is time to call ``keep(_:)``.
  var isCrowded: Bool { indices.count > threshold }

  /// Forgets all sets but those that the lists name, and names these anew.
  mutating func keep(_ lists: inout [[Int32]?]) {
    var names = [Int32](repeating: -1, count: count)
    for set in 0...bound { names[set] = Int32(set) }
    var keptStarts = Array(starts[0...bound + 1])
    var keptIndices = Array(indices[0..<bound])
    for list in lists.indices {
      lists[list]?.withUnsafeMutableBufferPointer { sets in
        for place in sets.indices {
          let set = Int(sets[place])
          if names[set] < 0 {
            names[set] = Int32(keptStarts.count - 1)
            keptIndices += indices[starts[set]..<starts[set + 1]]
            keptStarts.append(keptIndices.count)
          }
          sets[place] = names[set]
        }
      }
    }
    starts = keptStarts
    indices = keptIndices
    threshold = max(limit / 4, 2 * indices.count)
    setStamps = []
    for slot in unionKeys.indices { unionKeys[slot] = 0 }
    table = [Int32](repeating: -1, count: 1024)
    while table.count < 4 * (count - bound) {
      table = [Int32](repeating: -1, count: 4 * table.count)
    }
    for set in (bound + 1)..<max(count, bound + 1) { insert(Int32(set)) }
  }

  private mutating func insert(_ set: Int32) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in members(set) { hash = (hash ^ UInt64(UInt32(index))) &* 0x100_0000_01b3 }
    var slot = Int(hash >> 20) & (table.count - 1)
    while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
    table[slot] = set
  }

  private mutating func grow() {
    let sets = table.filter { $0 >= 0 }
    table = [Int32](repeating: -1, count: 4 * table.count)
    for set in sets { insert(set) }
  }
}

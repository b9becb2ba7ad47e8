import TestSupport
import Testing

@testable import Autodiff

@Suite("Selections by index")
struct SelectionTests {
  /// What NumPy's rules say, entry by entry: slow and obvious.
  ///
  /// The result's axes are the slices' and new axes, with the broadcast axes of all arrays in one
  /// block: where the arrays stand when they are neighbours, else first.
  private func expected(_ items: [IndexItem], _ source: Shape) -> (shape: [Int], offsets: [Int]) {
    var filled: [IndexItem] = []
    let used = items.reduce(0) { sum, item in
      switch item {
      case .integer, .slice, .integers: sum + 1
      case .mask(let mask): sum + mask.shape.rank
      case .newAxis, .ellipsis: sum
      }
    }
    let fill = [IndexItem](
      repeating: .slice(start: nil, stop: nil, step: 1), count: source.rank - used)
    var hasEllipsis = false
    for item in items {
      if case .ellipsis = item {
        filled += fill
        hasEllipsis = true
      } else {
        filled.append(item)
      }
    }
    if !hasEllipsis { filled += fill }

    // Each axis of the source: the places that it offers, and which result axis walks them.
    enum Walk {
      case fixed(Int)
      case slice([Int], axis: Int)
      case array(Shape, [Int])
    }
    var walks: [Walk] = []
    var lengths: [Int] = []
    var blocks: [Int] = []
    var order = 0
    for item in filled {
      let length = walks.count < source.rank ? source[walks.count] : 0
      switch item {
      case .integer(let index): walks.append(.fixed(index < 0 ? index + length : index))
      case .slice(let start, let stop, let step):
        let places = pythonRange(start, stop, step, length)
        walks.append(.slice(places, axis: lengths.count))
        lengths.append(places.count)
      case .newAxis: lengths.append(1)
      case .integers(let shape, let indices):
        blocks.append(order)
        walks.append(.array(shape, indices.map { $0 < 0 ? $0 + length : $0 }))
      case .mask(let mask):
        let strides = mask.shape.strides
        let places = mask.values.indices.filter { mask.values[$0] != 0 }
        for axis in 0..<mask.shape.rank {
          blocks.append(order)
          walks.append(
            .array(Shape(places.count), places.map { $0 / strides[axis] % mask.shape[axis] }))
        }
      case .ellipsis: break
      }
      if case .integers = item { continue }
      if case .mask = item { continue }
      if case .integer = item { continue }
      order += 1
    }
    var common = Shape()
    for case .array(let shape, _) in walks { common = common.broadcast(with: shape) ?? common }
    let place = Set(blocks).count == 1 ? blocks[0] : 0
    var shape = lengths
    shape.insert(contentsOf: common.dimensions, at: blocks.isEmpty ? 0 : place)
    let result = Shape(shape)
    let strides = source.strides
    var offsets: [Int] = []
    for flat in 0..<result.count {
      var rest = flat
      var position = result.strides.map { stride in
        defer { rest %= stride }
        return rest / stride
      }
      let start = blocks.isEmpty ? 0 : place
      let inBlock = Array(position[start..<start + common.rank])
      position.removeSubrange(start..<start + common.rank)
      var offset = 0
      for (axis, walk) in walks.enumerated() {
        switch walk {
        case .fixed(let index): offset += index * strides[axis]
        case .slice(let places, let resultAxis):
          offset += places[position[resultAxis]] * strides[axis]
        case .array(let shape, let indices):
          var entry = 0
          for k in 0..<shape.rank {
            let at = inBlock[common.rank - shape.rank + k]
            entry = entry * shape[k] + (shape[k] == 1 ? 0 : at)
          }
          offset += indices[entry] * strides[axis]
        }
      }
      offsets.append(offset)
    }
    return (shape, offsets)
  }

  /// The places of a slice, by walking.
  private func pythonRange(_ start: Int?, _ stop: Int?, _ step: Int, _ length: Int) -> [Int] {
    func clamp(_ value: Int) -> Int {
      let place = value < 0 ? value + length : value
      return step > 0 ? min(max(place, 0), length) : min(max(place, -1), length - 1)
    }
    var place = start.map(clamp) ?? (step > 0 ? 0 : length - 1)
    let end = stop.map(clamp) ?? (step > 0 ? length : -1)
    var places: [Int] = []
    while step > 0 ? place < end : place > end {
      places.append(place)
      place += step
    }
    return places
  }

  @Test("agree with a slow walk on random indices", arguments: 0..<400)
  func random(_ seed: Int) throws {
    var random = SplitMix(UInt64(seed) &+ 1000)
    func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
    let source = Shape((0..<1 + below(4)).map { _ in 1 + below(4) })
    var items: [IndexItem] = []
    var axis = 0
    let wanted = 1 + below(source.rank)
    var mayHaveEllipsis = true
    let arrayLength = 1 + below(3)
    while axis < wanted {
      let length = source[axis]
      switch below(9) {
      case 0, 1: items.append(.integer(below(2 * length) - length))
      case 2, 3, 4:
        let step = [1, 1, 2, -1, -2, 3][below(6)]
        items.append(
          .slice(
            start: below(3) == 0 ? nil : below(2 * length + 3) - length - 1,
            stop: below(3) == 0 ? nil : below(2 * length + 3) - length - 1, step: step))
      case 5:
        items.append(.newAxis)
        continue
      case 6:
        let shape = [Shape(), Shape(arrayLength), Shape(2, arrayLength), Shape(2, 1)][below(4)]
        items.append(.integers(shape, (0..<shape.count).map { _ in below(2 * length) - length }))
      case 7 where mayHaveEllipsis:
        // What follows an ellipsis stands at the end; let it stand for nothing or for the rest.
        items.append(.ellipsis)
        mayHaveEllipsis = false
        continue
      default:
        items.append(.slice(start: nil, stop: nil, step: 1))
      }
      axis += 1
    }
    // With an ellipsis before its end the axes shift: keep only indices that hold for any length.
    if !mayHaveEllipsis {
      items = items.map { item in
        switch item {
        case .integer(let index): .integer(index < 0 ? -1 : 0)
        case .integers(let shape, let indices): .integers(shape, indices.map { $0 < 0 ? -1 : 0 })
        default: item
        }
      }
    }
    let selection = try Selection(items, of: source)
    let (shape, offsets) = expected(items, source)
    #expect(selection.result.dimensions == shape)
    #expect(selection.offsets == offsets)
    #expect(selection.isInjective == (Set(offsets).count == offsets.count))
  }

  @Test("masks pick where they are true, over as many axes as they have")
  func masks() throws {
    let mask = Tensor(shape: Shape(2, 3), values: [0, 1, 0, 1, 0, 1], isMask: true)
    let whole = try Selection([.mask(mask)], of: Shape(2, 3))
    #expect(whole.result == Shape(3) && whole.offsets == [1, 3, 5])
    let first = try Selection([.mask(mask)], of: Shape(2, 3, 2))
    #expect(first.result == Shape(3, 2) && first.offsets == [2, 3, 6, 7, 10, 11])
    let row = Tensor(shape: Shape(3), values: [1, 0, 1], isMask: true)
    let columns = try Selection(
      [.slice(start: nil, stop: nil, step: 1), .mask(row)], of: Shape(2, 3))
    #expect(columns.result == Shape(2, 2) && columns.offsets == [0, 2, 3, 5])
    let none = Tensor(shape: Shape(3), values: [0, 0, 0], isMask: true)
    #expect(try Selection([.mask(none)], of: Shape(3)).result == Shape(0))
  }

  @Test("indices that do not fit are errors that name what would")
  func errors() throws {
    func message(_ items: [IndexItem], _ shape: Shape) -> String? {
      (#expect(throws: GateError.self) { try Selection(items, of: shape) })?.message
    }
    #expect(
      message([.integer(3)], Shape(3))
        == "index 3 is out of range for axis 0 of {0}, which has 3 entries")
    #expect(
      message([.integer(0), .integer(-2)], Shape(3, 1))
        == "index -2 is out of range for axis 1 of {0}, which has 1 entry")
    #expect(
      message([.integer(0), .integer(0)], Shape(3))
        == "too many indices: {0} of shape (3,) has 1 axis, the index has 2")
    #expect(
      message([.integers(Shape(2), [0, 1]), .integers(Shape(3), [0, 1, 2])], Shape(3, 3))
        == "the integer arrays that index {0} have shapes (2,) and (3,), which do not broadcast")
    let mask = Tensor(shape: Shape(2), values: [1, 0], isMask: true)
    #expect(
      message([.mask(mask)], Shape(3)) == "a mask of shape (2,) does not fit {0} of shape (3,)")
    #expect(
      message([.slice(start: nil, stop: nil, step: 0)], Shape(3)) == "a slice's step cannot be 0")
    #expect(message([.ellipsis, .ellipsis], Shape(3)) == "an index has at most one ...")
    #expect(message([.integer(Int.min)], Shape(3)) != nil)
    #expect(
      message([IndexItem](repeating: .newAxis, count: 9), Shape(1))?.contains("at most 8 axes")
        == true)
  }

  @Test("arrays that would pick more than memory holds are refused")
  func tooMany() {
    let zeros = [Int](repeating: 0, count: 1 << 20)
    let error = #expect(throws: GateError.self) {
      try Selection(
        [.integers(Shape(1 << 20, 1), zeros), .integers(Shape(1 << 20), zeros)], of: Shape(2, 2))
    }
    #expect(error?.kind == .memory)
  }

  @Test("extreme slices wrap nowhere")
  func extremeSlices() throws {
    let shape = Shape(5)
    func places(_ start: Int?, _ stop: Int?, _ step: Int) throws -> [Int] {
      try Selection([.slice(start: start, stop: stop, step: step)], of: shape).offsets
    }
    #expect(try places(Int.min, Int.max, 1) == [0, 1, 2, 3, 4])
    #expect(try places(Int.max, Int.min, -1) == [4, 3, 2, 1, 0])
    #expect(try places(nil, nil, Int.max) == [0])
    #expect(try places(nil, nil, Int.min) == [4])
    #expect(
      try Selection([.slice(start: nil, stop: nil, step: -1)], of: Shape(0)).result.count == 0)
  }

  @Test("an assignment that picks a place twice keeps the last value, and its gradient")
  func assignment() throws {
    let selection = Selection(source: Shape(3), result: Shape(3), places: .listed([1, 1, 0]))
    let gate = try #require(GateTable.gate(named: "replace"))
    var tape = Tape(interruption: Interruption())
    let x = Traced([10, 20, 30], tape.leaf([10, 20, 30]))
    let v = Traced([1, 2, 3], tape.leaf([1, 2, 3]))
    let y = try tape.apply(gate, [x, v], .selection(selection))
    #expect(y.tensor.values == [3, 2, 30])
    try tape.backward(from: y, upstream: [5, 6, 7])
    #expect(tape.gradients[x.node]?.values == [0, 0, 7])
    #expect(tape.gradients[v.node]?.values == [0, 6, 5])
  }
}

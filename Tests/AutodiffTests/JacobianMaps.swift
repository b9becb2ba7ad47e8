import Testing

@testable import Autodiff

/// Maps of every kind for tests, and the slow, obviously right way to their matrices.
enum JacobianMaps {
  /// A small generator of its own, so that failures repeat.
  struct Numbers {
    var state: UInt64

    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int64(bitPattern: state) >> 32) / 2_147_483_648 * 2
    }

    mutating func tensor(_ dimensions: Int...) -> Tensor {
      let shape = Shape(dimensions)
      return Tensor(shape: shape, values: (0..<shape.count).map { _ in next() })
    }

    mutating func traced(_ shape: Shape) -> Traced {
      Traced(constant: Tensor(shape: shape, values: (0..<shape.count).map { _ in next() }))
    }
  }

  /// The matrix by applying the map to basis vectors.
  static func verified(_ map: LinearMap) throws -> [[Double]] {
    var tape = Tape(interruption: Interruption())
    var matrix = [[Double]](
      repeating: [Double](repeating: 0, count: map.columns.count), count: map.rows.count)
    for column in 0..<map.columns.count {
      var basis = [Double](repeating: 0, count: map.columns.count)
      basis[column] = 1
      let tangent = Traced(constant: Tensor(shape: map.columns, values: basis))
      let image = try map.apply(tangent, on: &tape).tensor
      #expect(image.shape == map.rows)
      for (row, value) in image.values.enumerated() { matrix[row][column] = value }
    }
    return matrix
  }

  static func product(_ a: [[Double]], _ b: [[Double]], _ columns: Int) -> [[Double]] {
    a.map { row in
      (0..<columns).map { column -> Double in
        var sum = 0.0
        for k in row.indices { sum += row[k] * b[k][column] }
        return sum
      }
    }
  }

  static func sum(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    zip(a, b).map { x, y -> [Double] in zip(x, y).map { $0 + $1 } }
  }

  static func transposed(_ a: [[Double]], _ columns: Int) -> [[Double]] {
    (0..<columns).map { column in a.map { $0[column] } }
  }

  /// The matrix that a map says it is.
  static func dense(_ map: LinearMap) throws -> [[Double]] {
    let matrix = try map.dense()
    let width = map.columns.count
    return (0..<map.rows.count).map { row in (0..<width).map { matrix[row * width + $0] } }
  }

  static func close(_ a: [[Double]], _ b: [[Double]]) -> Bool {
    guard a.count == b.count else { return false }
    for (x, y) in zip(a, b) {
      guard x.count == y.count else { return false }
      for (value, expected) in zip(x, y) {
        if !(abs(value - expected) <= 1e-12 * (1 + abs(expected))) { return false }
      }
    }
    return true
  }

  struct Named: CustomTestStringConvertible, Sendable {
    let name: String
    let map: LinearMap
    var testDescription: String { name }
  }

  /// Maps between tensors of 12 and 6 entries, and a few others.
  static let all: [Named] = makeAll()

  private static func makeAll() -> [Named] {
    var maker = Maker()
    maker.addSimple()
    maker.addProducts()
    maker.addStored()
    return maker.maps
  }
}

/// Collects the maps, by groups.
private struct Maker {
  var numbers = JacobianMaps.Numbers(state: 7)
  var maps: [JacobianMaps.Named] = []

  mutating func add(_ name: String, _ map: LinearMap) {
    maps.append(JacobianMaps.Named(name: name, map: map))
  }

  mutating func kind(_ name: String, _ rows: Shape, _ columns: Shape, _ kind: LinearMap.Kind) {
    add(name, LinearMap(rows: rows, columns: columns, kind))
  }

  mutating func addSimple() {
    add("zero 12x12", .zero(rows: Shape(12), columns: Shape(3, 4)))
    add("zero 6x12", .zero(rows: Shape(6), columns: Shape(12)))
    add("identity", .identity(Shape(12)))
    add("reshape", .identity(Shape(3, 4), as: Shape(2, 6)))
    kind("scaled", Shape(12), Shape(12), .scaled(Traced(constant: Double(-1.5))))
    add("diagonal", .diagonal(numbers.traced(Shape(3, 4))))
    add("diagonal of 6", .diagonal(numbers.traced(Shape(6))))
    add("permutation", .permutation([1, 0], of: Shape(3, 4)))
    add("permutation of three", .permutation([2, 0, 1], of: Shape(2, 3, 2)))
    add("broadcast column", .broadcast(from: Shape(6, 1), to: Shape(6, 2)))
    add("broadcast row", .broadcast(from: Shape(6), to: Shape(2, 6)))
    add("broadcast number", .broadcast(from: .scalar, to: Shape(12)))
    add("sum axis", .sum(from: Shape(2, 6), to: Shape(6)))
    add("sum of all", .sum(from: Shape(3, 4), to: .scalar))
    func strided(_ source: Shape, _ result: Shape, _ start: Int, _ steps: [Int]) -> Selection {
      Selection(source: source, result: result, places: .strided(start: start, steps: steps))
    }
    func listed(_ source: Shape, _ result: Shape, _ offsets: [Int]) -> Selection {
      Selection(source: source, result: result, places: .listed(offsets))
    }
    add("slice", .selection(strided(Shape(12), Shape(6), 3, [1])))
    add("every other", .selection(strided(Shape(12), Shape(6), 0, [2])))
    add("reversed", .selection(strided(Shape(12), Shape(12), 11, [-1])))
    add("picked", .selection(listed(Shape(12), Shape(6), [4, 0, 0, 11, 7, 4])))
    add(
      "picked twice each",
      .selection(listed(Shape(6), Shape(12), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5])))
    add("placed slice", .placement(strided(Shape(12), Shape(6), 3, [1])))
    add("placed", .placement(listed(Shape(12), Shape(6), [4, 0, 0, 11, 7, 4])))
    add("placed apart", .placement(listed(Shape(12), Shape(6), [4, 0, 1, 11, 7, 3])))
  }

  mutating func right(_ name: String, _ a: Shape, _ b: Shape, _ result: Shape) {
    kind(name, result, a, .productByRight(numbers.traced(b)))
  }

  mutating func left(_ name: String, _ a: Shape, _ b: Shape, _ result: Shape) {
    kind(name, result, b, .productByLeft(numbers.traced(a)))
  }

  mutating func addProducts() {
    right("A in A @ B", Shape(3, 4), Shape(4, 2), Shape(3, 2))
    right("A in A @ b", Shape(3, 4), Shape(4), Shape(3))
    right("a in a @ b", Shape(12), Shape(12), .scalar)
    right("a in a @ B", Shape(6), Shape(6, 12), Shape(12))
    right("stack in A @ B", Shape(2, 3, 2), Shape(2, 2), Shape(2, 3, 2))
    right("stack in A @ stack", Shape(2, 3, 2), Shape(2, 2, 1), Shape(2, 3, 1))
    right("A in A @ stack", Shape(3, 2), Shape(2, 2, 2), Shape(2, 3, 2))
    right("a in a @ stack", Shape(6), Shape(2, 6, 3), Shape(2, 3))
    left("B in A @ B", Shape(2, 4), Shape(4, 3), Shape(2, 3))
    left("b in A @ b", Shape(6, 12), Shape(12), Shape(6))
    left("b in a @ b", Shape(6), Shape(6), .scalar)
    left("B in a @ B", Shape(4), Shape(4, 3), Shape(3))
    left("stack in A @ stack", Shape(2, 3), Shape(2, 3, 2), Shape(2, 2, 2))
    left("stack in stack @ stack", Shape(2, 3, 3), Shape(2, 3, 2), Shape(2, 3, 2))
    left("B in stack @ B", Shape(2, 3, 3), Shape(3, 2), Shape(2, 3, 2))
    left("b in stack @ b", Shape(2, 3, 6), Shape(6), Shape(2, 3))
    left("stack in a @ stack", Shape(3), Shape(2, 3, 2), Shape(2, 2))
  }

  mutating func band(_ rows: Int, _ columns: Int, _ offsets: [Int]) -> BandMatrix {
    var diagonals: [BandMatrix.Diagonal] = []
    for offset in offsets {
      let low = max(0, -offset)
      let high = min(rows, columns - offset)
      let values = BandMatrix.Values.entries(numbers.tensor(high - low))
      diagonals.append(BandMatrix.Diagonal(offset: offset, rows: low..<high, values: values))
    }
    return BandMatrix(rows: rows, columns: columns, diagonals: diagonals)
  }

  mutating func sparse() -> SparseMatrix {
    var starts = [0]
    var indices: [Int32] = []
    var values: [Double] = []
    for row in 0..<12 {
      if row % 3 != 1 {
        indices.append(Int32(row * 5 % 7))
        indices.append(Int32(7 + row * 3 % 5))
        values.append(numbers.next())
        values.append(numbers.next())
      }
      starts.append(values.count)
    }
    return SparseMatrix(
      rows: 12, columns: 12, rowStarts: starts, columnIndices: indices, values: values)
  }

  mutating func addStored() {
    kind("softmax", Shape(12), Shape(12), .softmax(numbers.traced(Shape(12)), axis: 0))
    kind(
      "softmax of rows", Shape(3, 4), Shape(3, 4), .softmax(numbers.traced(Shape(3, 4)), axis: 1))
    kind(
      "softmax of columns", Shape(3, 4), Shape(3, 4), .softmax(numbers.traced(Shape(3, 4)), axis: 0)
    )
    add("inner", .inner(numbers.traced(Shape(3, 4))))
    kind("column", Shape(3, 4), .scalar, .column(numbers.traced(Shape(3, 4))))
    kind("dense", Shape(2, 3), Shape(3, 4), .dense(numbers.traced(Shape(6, 12))))
    kind("dense square", Shape(12), Shape(12), .dense(numbers.traced(Shape(12, 12))))
    kind("tridiagonal", Shape(12), Shape(12), .banded(band(12, 12, [-1, 0, 1])))
    kind("wide band", Shape(6), Shape(12), .banded(band(6, 12, [2, 5])))
    kind("blocks", Shape(12), Shape(6), .blocks(numbers.tensor(3, 4, 2)))
    kind("square blocks", Shape(12), Shape(12), .blocks(numbers.tensor(6, 2, 2)))
    kind(
      "kronecker", Shape(12), Shape(12),
      .kronecker([.matrix(numbers.tensor(2, 3)), .identity(2), .matrix(numbers.tensor(3, 2))]))
    kind("sparse", Shape(12), Shape(12), .sparse(sparse()))
  }
}

import TestSupport
import Testing

@testable import Autodiff

@Suite("Sums")
struct SumTests {
  /// The sum with twice the digits, by Neumaier's correction.
  private func exact(_ values: [Double]) -> Double {
    var sum = 0.0
    var rest = 0.0
    for value in values {
      let next = sum + value
      rest += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
    return sum + rest
  }

  @Test("are as accurate as pairwise ones, along any axis", arguments: [7, 100, 1000, 200_003])
  func accuracy(_ count: Int) throws {
    var random = SplitMix(31)
    let values = random.tensor(Shape(count)).values.map { $0 + 1 }
    let expected = exact(values)
    let bound = expected * 0x1p-53 * 40
    let row = Tensor(shape: Shape(count), values: values)
    #expect(abs(try call("sum", [row], .whole).number - expected) <= bound)
    #expect(
      abs(try call("mean", [row], .whole).number - expected / Double(count)) <= bound
        / Double(count))
    // Two columns, the second the negated first.
    let columns = Tensor(shape: Shape(count, 2), values: values.flatMap { [$0, -$0] })
    let sums = try call("sum", [columns], .along(0)).values
    #expect(abs(sums[0] - expected) <= bound && sums[1] == -sums[0])
    let rows = Tensor(shape: Shape(2, count), values: values + values)
    #expect(try call("sum", [rows], .along(1)).values.allSatisfy { abs($0 - expected) <= bound })
  }

  @Test("to every shape that broadcasts are the transposes of broadcasting")
  func everyShape() throws {
    let shape = Shape(2, 3, 1, 4)
    var random = SplitMix(32)
    let x = random.tensor(shape)
    for bits in 0..<16 {
      var kept = shape
      for axis in 0..<4 where bits >> axis & 1 == 1 { kept[axis] = 1 }
      for dropped in 0...4 where kept.dimensions.prefix(dropped).allSatisfy({ $0 == 1 }) {
        let target = Shape(kept.dimensions.dropFirst(dropped))
        // The obvious way: each entry is added where it broadcasts from.
        let places = Tensor.counting(target.dimensions, of: target).broadcast(to: shape)
        var sums = [Double](repeating: 0, count: target.count)
        for (place, value) in zip(places.values, x.values) { sums[Int(place)] += value }
        expectClose(x.summed(to: target), Tensor(shape: target, values: sums), 1e-15)
      }
    }
  }

  @Test("of many columns go by blocks")
  func manyColumns() throws {
    let x = Tensor(shape: Shape(40, 700), values: (0..<28_000).map { Double($0 % 700) })
    #expect(try call("sum", [x], .along(0)).values == (0..<700).map { 40 * Double($0) })
  }
}

extension Tensor {
  fileprivate static func counting(_ dimensions: [Int], of shape: Shape) -> Tensor {
    Tensor(shape: shape, values: (0..<shape.count).map(Double.init))
  }
}

import Testing

@testable import Autodiff

/// The legacy stream, held against literals that NumPy printed.
@Suite struct RandomTests {
  @Test(arguments: RandomStream.all)
  func everyDistributionIsNumPysBitForBit(_ stream: RandomStream) throws {
    func state() -> RandomState { RandomState(seed: stream.seed) }
    var fractions = state()
    #expect(fractions.uniform(Shape(5)).values == stream.fractions)
    var gaussians = state()
    #expect(gaussians.normal(Shape(7)).values == stream.gaussians)
    var small = state()
    #expect(try small.integers(low: 0, high: 10, count: 12) == stream.small)
    var wide = state()
    #expect(
      try wide.integers(low: -5_000_000_000, high: 7_000_000_000, count: 5) == stream.wide)
    var widest = state()
    #expect(try widest.integers(low: .min, high: .max, count: 4) == stream.widest)
    var permutation = state()
    #expect(permutation.permutation(10) == stream.permutation)
    var uniform = state()
    #expect(uniform.uniform(low: -2.5, high: 7, Shape(4)).values == stream.uniform)
    var normal = state()
    #expect(
      try normal.normal(mean: 3, deviation: 0.1, Shape(4)).values == stream.normal)
    var late = state()
    #expect(late.uniform(Shape(10_000)).values.last == stream.late)
  }

  @Test(arguments: RandomStream.all)
  func everyChoiceIsNumPys(_ stream: RandomStream) throws {
    func state() -> RandomState { RandomState(seed: stream.seed) }
    var plain = state()
    #expect(try plain.choice(6, count: 8) == stream.choice)
    var distinct = state()
    #expect(try distinct.choice(9, count: 5, replace: false) == stream.distinct)
    var weighted = state()
    #expect(try weighted.choice(6, count: 10, p: RandomStream.weights) == stream.weighted)
    var both = state()
    #expect(
      try both.choice(6, count: 5, replace: false, p: RandomStream.weights)
        == stream.distinctWeighted)
  }

  @Test(arguments: RandomStream.all)
  func callsOneAfterTheOtherShareOneStream(_ stream: RandomStream) throws {
    var state = RandomState(seed: stream.seed)
    var drawn = state.normal(Shape(3)).values
    drawn += state.uniform(Shape(2)).values
    drawn += state.permutation(4).map(Double.init)
    drawn.append(state.gaussian())
    drawn += try state.integers(low: 0, high: 10, count: 3).map(Double.init)
    drawn += try state.normal(mean: 0, deviation: 1, Shape(2)).values
    #expect(drawn == stream.mixed)
  }

  @Test func aListSeedsTheStreamAsInNumPy() throws {
    var short = try RandomState(key: [1, 2, 3])
    #expect(
      short.uniform(Shape(3)).values == [
        0.6098612722867289, 0.8866970434146851, 0.47633673750662764,
      ])
    var long = try RandomState(key: [0, 4_294_967_295] + Array(0..<700))
    #expect(
      long.uniform(Shape(3)).values == [
        0.02237459243138684, 0.6564677853029185, 0.2919157256230943,
      ])
  }

  @Test func drawsThatCannotBeAreValueErrors() throws {
    var state = RandomState(seed: 0)
    func kind(_ body: () throws -> Void) -> GateError.Kind? {
      #expect(throws: GateError.self, performing: body)?.kind
    }
    #expect(kind { _ = try RandomState(checking: -1) } == .value)
    #expect(kind { _ = try RandomState(checking: 1 << 32) } == .value)
    #expect(kind { _ = try RandomState(key: []) } == .value)
    #expect(kind { _ = try state.integers(low: 3, high: 3, count: 1) } == .value)
    #expect(kind { _ = try state.integers(low: 0, high: 3, count: -1) } == .value)
    #expect(kind { _ = try state.choice(0, count: 1) } == .value)
    #expect(kind { _ = try state.choice(3, count: 4, replace: false) } == .value)
    #expect(kind { _ = try state.choice(2, count: 1, p: [0.5, 0.6]) } == .value)
    #expect(kind { _ = try state.choice(2, count: 1, p: [1.5, -0.5]) } == .value)
    #expect(kind { _ = try state.choice(2, count: 1, p: [1]) } == .value)
    #expect(kind { _ = try state.choice(2, count: 2, replace: false, p: [1, 0]) } == .value)
    #expect(kind { _ = try state.normal(mean: 0, deviation: -1, Shape(1)) } == .value)
    // None of them drew anything.
    #expect(state.uniform(Shape(5)).values == RandomStream.all[0].fractions)
  }
}

import TestSupport
import Testing

@testable import Autodiff

@Suite("Derivatives of every gate")
struct GateDerivativeTests {
  @Test("jvp and vjp are adjoint", arguments: GateCase.differentiable)
  func adjoint(_ test: GateCase) throws {
    var random = SplitMix(11)
    var tape = Tape(interruption: Interruption())
    let leaves = test.leaves(test.operands(&random), on: &tape)
    let result = try test.apply(leaves, on: &tape)
    let maps = try tape.localMaps(of: result.node.raw, where: { _ in true })
    #expect(maps.map(\.operand) == test.places.map { leaves[$0].node.raw })
    for (place, (_, map)) in zip(test.places, maps) {
      #expect(map.rows == result.shape && map.columns == leaves[place].shape)
      let v = random.tensor(map.columns)
      let w = random.tensor(map.rows)
      let forward = try map.apply(Traced(constant: v), on: &tape).tensor
      let backward = try map.applyTransposed(Traced(constant: w), on: &tape).tensor
      #expect(forward.shape == map.rows && backward.shape == map.columns)
      let size = max(innerSize(w, forward), innerSize(backward, v))
      #expect(abs(inner(w, forward) - inner(backward, v)) <= 1e-12 * size)
    }
  }

  @Test("jvp is the slope along a line", arguments: GateCase.differentiable)
  func forwardMode(_ test: GateCase) throws {
    var random = SplitMix(12)
    let operands = test.operands(&random)
    var tape = Tape(interruption: Interruption())
    let leaves = test.leaves(operands, on: &tape)
    let result = try test.apply(leaves, on: &tape)
    let maps = try tape.localMaps(of: result.node.raw, where: { _ in true })
    for (place, (_, map)) in zip(test.places, maps) {
      let v = random.tensor(map.columns)
      let w = random.tensor(map.rows)
      let slope = try differences(at: Tensor(0)) { step in
        var moved = operands
        moved[place].update { entries in
          for index in entries.indices { entries[index] += step.number * v[index] }
        }
        return inner(w, try test.value(moved))
      }
      let forward = try map.apply(Traced(constant: v), on: &tape).tensor
      expectClose(Tensor(inner(w, forward)), slope, 1e-8)
    }
  }

  @Test(
    "backward and the recorded gradient agree with differences", arguments: GateCase.differentiable)
  func firstDerivatives(_ test: GateCase) throws {
    var random = SplitMix(13)
    let operands = test.operands(&random)
    var tape = Tape(interruption: Interruption())
    let leaves = test.leaves(operands, on: &tape)
    let result = try test.apply(leaves, on: &tape)
    let upstream = random.tensor(result.shape)
    let recorded = try tape.gradient(
      of: result, upstream: Traced(constant: upstream), targets: test.places.map { leaves[$0] })
    try tape.backward(from: result, upstream: upstream)
    for (index, place) in test.places.enumerated() {
      let slopes = try differences(at: operands[place]) { moved in
        var all = operands
        all[place] = moved
        return inner(upstream, try test.value(all))
      }
      let numeric = try #require(tape.gradients[leaves[place].node])
      expectClose(numeric, slopes, 1e-8, "numeric, operand \(place)")
      expectClose(recorded[index].tensor, numeric, 1e-14, "recorded, operand \(place)")
    }
  }

  @Test(
    "second derivatives agree with differences of first ones", arguments: GateCase.differentiable)
  func secondDerivatives(_ test: GateCase) throws {
    var random = SplitMix(14)
    let operands = test.operands(&random)
    let upstream = random.tensor(try test.value(operands).shape)
    let weights = test.places.map { random.tensor(operands[$0].shape) }
    // <weights, gradient> as a function of the operands and of the upstream.
    func weighted(_ tape: inout Tape, _ leaves: [Traced], _ upstream: Traced) throws -> Traced {
      let result = try test.apply(leaves, on: &tape)
      let gradients = try tape.gradient(
        of: result, upstream: upstream, targets: test.places.map { leaves[$0] })
      var total: Traced = 0
      for (gradient, weight) in zip(gradients, weights) {
        let product = try tape.multiply(gradient, Traced(constant: weight))
        total = try tape.add(total, tape.sum(product, to: .scalar))
      }
      return total
    }
    var tape = Tape(interruption: Interruption())
    let leaves = test.leaves(operands, on: &tape)
    let source = Traced(upstream, tape.leaf(upstream))
    let total = try weighted(&tape, leaves, source)
    let targets = test.places.map { leaves[$0] } + [source]
    let second = try tape.gradient(of: total, upstream: 1, targets: targets)
    for (index, place) in (test.places + [operands.count]).enumerated() {
      let slopes = try differences(at: place < operands.count ? operands[place] : upstream) {
        moved in
        var tape = Tape(interruption: Interruption())
        var all = operands
        var seed = upstream
        if place < operands.count { all[place] = moved } else { seed = moved }
        let leaves = test.leaves(all, on: &tape)
        return try weighted(&tape, leaves, Traced(constant: seed)).tensor.number
      }
      expectClose(second[index].tensor, slopes, 1e-7, "operand \(place)")
    }
    // The numeric pass through the recorded first one gives the same.
    guard total.node.isTracked else { return }
    try tape.backward(from: total, upstream: Tensor(1))
    for (index, target) in targets.enumerated() {
      guard let numeric = tape.gradients[target.node] else {
        #expect(second[index].tensor.values.allSatisfy { $0 == 0 })
        continue
      }
      expectClose(numeric, second[index].tensor, 1e-12)
    }
  }

  @Test("no gradient flows through masks and indices")
  func undifferentiable() throws {
    let gates = GateCase.all.filter { !$0.gate.isDifferentiable }
    #expect(gates.contains { $0.gate.name == "less" })
    for test in gates {
      var random = SplitMix(15)
      var tape = Tape(interruption: Interruption())
      let leaves = test.leaves(test.operands(&random), on: &tape)
      let result = try test.apply(leaves, on: &tape)
      #expect(!result.node.isTracked)
      let error = #expect(throws: GateError.self) {
        try tape.backward(from: result, upstream: Tensor(repeating: 1, shape: result.shape))
      }
      #expect(error?.kind == .gradient)
    }
  }
}

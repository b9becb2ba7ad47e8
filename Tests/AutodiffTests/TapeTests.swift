import Testing

@testable import Autodiff

@Suite("The tape")
struct TapeTests {
  /// A tape with some leaves.
  private func leaves(_ tape: inout Tape, _ values: Tensor...) -> [Traced] {
    values.map { Traced($0, tape.leaf($0)) }
  }

  @Test("the gradients of (x + y) * z")
  func compound() throws {
    var tape = Tape(interruption: Interruption())
    let values = leaves(&tape, -2, 5, -4)
    let q = try tape.add(values[0], values[1])
    tape.markNamed(q.node)
    let f = try tape.multiply(q, values[2])
    #expect(f.tensor.number == -12)
    try tape.backward(from: f, upstream: 1)
    #expect(values.map { tape.gradients[$0.node]?.number } == [-4, -4, 3])
    #expect(tape.gradients[q.node]?.number == -4)
    #expect(tape.gradients[f.node]?.number == 1)
  }

  @Test("contributions add up at forks, of numbers and of tensors")
  func forks() throws {
    for value: Tensor in [3, [3, 3]] {
      var tape = Tape(interruption: Interruption())
      let x = Traced(value, tape.leaf(value))
      // x * x + x, where x is used three times.
      let f = try tape.add(tape.multiply(x, x), x)
      try tape.backward(from: f, upstream: Tensor(repeating: 1, shape: value.shape))
      #expect(tape.gradients[x.node]?[0] == 7)
    }
  }

  @Test("a pass sets gradients, accumulate adds to them")
  func accumulation() throws {
    for value: Tensor in [3, [3, 3]] {
      var tape = Tape(interruption: Interruption())
      let x = Traced(value, tape.leaf(value))
      let ones = Tensor(repeating: 1, shape: value.shape)
      let f = try tape.apply("square", tape.apply("square", x))
      try tape.backward(from: f, upstream: ones)
      try tape.backward(from: f, upstream: ones)
      #expect(tape.gradients[x.node]?[0] == 108)
      try tape.backward(from: f, upstream: ones, accumulates: true)
      #expect(tape.gradients[x.node]?[0] == 216)
      let g = try tape.multiply(x, 2)
      try tape.backward(from: g, upstream: ones, accumulates: true)
      #expect(tape.gradients[x.node]?[0] == 218)
      try tape.backward(from: g, upstream: ones)
      #expect(tape.gradients[x.node]?[0] == 2)
    }
  }

  @Test("params get gradients, other leaves are then data")
  func params() throws {
    for value: Tensor in [3, [3, 3]] {
      var tape = Tape(interruption: Interruption())
      let w = Traced(value, tape.leaf(value, isParam: true))
      let x = Traced(value, tape.leaf(value))
      let product = try tape.multiply(w, x)
      let ones = Tensor(repeating: 1, shape: value.shape)
      try tape.backward(from: product, upstream: ones)
      #expect(tape.gradients[w.node]?[0] == 3)
      #expect(tape.gradients[x.node] == nil)
      let isTraining = tape.gradients.isTraining
      #expect(isTraining)
      // Asked for by name it is there all the same.
      let asked = try tape.gradient(
        of: product, upstream: Traced(constant: ones), targets: [x])
      #expect(asked[0].tensor[0] == 3)
      // Without a param on the path every leaf counts.
      try tape.backward(from: try tape.multiply(x, x), upstream: ones)
      #expect(tape.gradients[x.node]?[0] == 6)
      let isTrainingAgain = tape.gradients.isTraining
      #expect(!isTrainingAgain)
    }
  }

  @Test("values that no name holds have no gradient after a pass")
  func unnamed() throws {
    var tape = Tape(interruption: Interruption())
    let x = leaves(&tape, [1, 2])[0]
    let inside = try tape.apply("square", x)
    let f = try tape.sum(inside, to: .scalar)
    try tape.backward(from: f, upstream: 1)
    #expect(tape.gradients[inside.node] == nil)
    #expect(tape.gradients[x.node]?.values == [2, 4])
  }

  @Test("what does not depend on a target has the gradient 0")
  func independent() throws {
    var tape = Tape(interruption: Interruption())
    let values = leaves(&tape, 2, [1, 2, 3])
    let f = try tape.multiply(values[0], values[0])
    let constant: Traced = 5
    let slopes = try tape.gradient(
      of: f, upstream: 1, targets: [values[1], constant, values[0], f])
    #expect(slopes[0].tensor.values == [0, 0, 0])
    #expect(slopes[1].tensor.number == 0)
    #expect(slopes[2].tensor.number == 4)
    #expect(slopes[3].tensor.number == 1)
    let none = try tape.gradient(of: constant, upstream: 1, targets: [constant])
    #expect(none[0].tensor.number == 0)
  }

  @Test("derivatives nest to the fifth order", arguments: [2.0, -0.5])
  func nesting(_ at: Double) throws {
    var tape = Tape(interruption: Interruption())
    let x = Traced(Tensor(at), tape.leaf(at))
    // x⁵ by products, and exp(2x), whose derivatives are known.
    var power = x
    for _ in 1..<5 { power = try tape.multiply(power, x) }
    var f = try tape.add(power, tape.apply("exp", tape.multiply(x, 2)))
    for (order, factor) in [5.0, 20, 60, 120, 120].enumerated() {
      f = try tape.gradient(of: f, upstream: 1, targets: [x])[0]
      var expected = factor
      for _ in 0..<(4 - order) { expected *= at }
      var growth = 1.0
      for _ in 0...order { growth *= 2 }
      expected += growth * (try call("exp", [Tensor(2 * at)]).number)
      #expect(abs(f.tensor.number - expected) <= 1e-12 * abs(expected))
    }
  }

  @Test("a value without a leaf cannot start a pass")
  func nothingToDifferentiate() {
    var tape = Tape(interruption: Interruption())
    let error = #expect(throws: GateError.self) {
      try tape.backward(from: 3, upstream: 1)
    }
    #expect(error?.kind == .gradient)
  }

  @Test("nothing is recorded while recording is off")
  func noGrad() throws {
    var tape = Tape(interruption: Interruption())
    let x = leaves(&tape, 2)[0]
    tape.isRecording = false
    let count = tape.count
    let f = try tape.multiply(x, x)
    #expect(f.node == .constant && tape.count == count)
    #expect(tape.leaf(3.0) == .fresh)
  }

  @Test("an interruption ends a pass and leaves the tape in order")
  func interruption() throws {
    let interruption = Interruption()
    var tape = Tape(interruption: interruption)
    let x = leaves(&tape, [2, 3])[0]
    let f = try tape.sum(tape.multiply(x, x), to: .scalar)
    interruption.request()
    let error = #expect(throws: GateError.self) { try tape.backward(from: f, upstream: 1) }
    #expect(error?.kind == .interrupt)
    #expect(tape.isRecording && tape.gradients[x.node] == nil)
    interruption.clear()
    try tape.backward(from: f, upstream: 1)
    #expect(tape.gradients[x.node]?.values == [4, 6])
  }

  @Test("a million chained gates of numbers run forward and backward, and are freed")
  func longChain() throws {
    var tape = Tape(interruption: Interruption())
    let gate = try #require(GateTable.gate(named: "add"))
    let leaf = tape.leaf(1)
    var value = 1.0
    var node = leaf
    // Each adds the leaf again: the fork at the start has a million branches.
    for _ in 0..<1_000_000 {
      (value, node) = tape.apply(binary: gate, value, node, 1, leaf)
    }
    #expect(value == 1_000_001)
    try tape.backward(from: Traced(Tensor(value), node), upstream: 1)
    #expect(tape.gradients[leaf]?.number == 1_000_001)
  }

  @Test("a long chain of tensors runs forward and backward, recorded too, and is freed")
  func longTensorChain() throws {
    var tape = Tape(interruption: Interruption())
    let x = leaves(&tape, [1, 2])[0]
    var f = x
    for _ in 0..<20_000 { f = try tape.add(f, x) }
    try tape.backward(from: f, upstream: [1, 1])
    #expect(tape.gradients[x.node]?.values == [20_001, 20_001])
    let recorded = try tape.gradient(of: f, upstream: Traced(constant: [1, 1]), targets: [x])
    #expect(recorded[0].tensor.values == [20_001, 20_001])
  }
}

import Testing

@testable import Autodiff

@Suite("Errors of gates")
struct GateErrorTests {
  @Test(
    "shapes that do not broadcast are named with what was asked",
    arguments: [
      ("add", "cannot add {0} of shape (2,) and {1} of shape (3,)"),
      ("subtract", "cannot subtract {1} of shape (3,) from {0} of shape (2,)"),
      ("multiply", "cannot multiply {0} of shape (2,) and {1} of shape (3,)"),
      ("divide", "cannot divide {0} of shape (2,) by {1} of shape (3,)"),
      ("power", "cannot raise {0} of shape (2,) to the power {1} of shape (3,)"),
      ("less_equal", "cannot compare {0} of shape (2,) with {1} of shape (3,)"),
      ("maximum", "cannot take the maximum of {0} of shape (2,) and {1} of shape (3,)"),
      ("mse", "cannot compare {0} of shape (2,) with {1} of shape (3,)"),
      ("leaky_relu", "cannot apply leaky_relu to {0} of shape (2,) with alpha {1} of shape (3,)"),
    ])
  func broadcast(_ name: String, _ beginning: String) {
    let error = failure(name, [[1, 2], [1, 2, 3]])
    #expect(error?.kind == .shape)
    #expect(error?.message == beginning + ": they do not broadcast")
  }

  @Test("every gate of two operands says what it was asked in words", arguments: GateTable.gates)
  func phrases(_ gate: Gate) {
    guard case .binary = gate.kind else { return }
    let error = failure(gate.name, [[1, 2], [1, 2, 3]])
    #expect(error?.message.contains("{0} of shape (2,)") == true)
    #expect(error?.message.contains("{1} of shape (3,)") == true)
    // A name in Python's spelling is no English.
    let words = gate.phrase.split(separator: " ")
    #expect(!words.contains { $0.contains("_") && $0 != "leaky_relu" })
  }

  @Test("where and clip name all three operands")
  func threeOperands() {
    #expect(
      failure("where", [[1, 0], [1, 2, 3], 0])?.message
        == "cannot choose by {0} of shape (2,) between {1} of shape (3,) and {2} of shape ():"
        + " they do not broadcast")
    #expect(failure("clip", [[1, 0], [1, 2, 3], 0])?.kind == .shape)
  }

  @Test("labels out of range are named with their row and the number of classes")
  func labels() {
    let scores = Tensor.counting(2, 3)
    for name in ["cross_entropy", "svm_loss"] {
      let operands = name == "svm_loss" ? [scores, 1] : [scores]
      for (label, text) in [(3, "3"), (-1, "-1")] {
        let error = failure(name, operands, .labels([0, label]))
        #expect(error?.kind == .index)
        #expect(
          error?.message
            == "label \(text) of row 1 is out of range: {0} of shape (2, 3) has 3 classes")
        #expect(error?.hint == "labels are 0 to 2")
      }
      let count = failure(name, operands, .labels([0]))
      #expect(count?.kind == .value)
      #expect(count?.message == "{0} of shape (2, 3) has 2 rows, and there is 1 label")
      #expect(failure(name, [1, 1], .labels([]))?.kind == .shape)
    }
    #expect(failure("svm_loss", [scores, [1, 2]], .labels([0, 1]))?.kind == .shape)
  }

  @Test("axes out of range, and axes given twice")
  func axes() {
    let x = Tensor.counting(2, 3)
    for name in ["sum", "mean", "max", "var", "norm", "logsumexp", "flip", "any"] {
      let error = failure(name, [x], .along(2))
      #expect(error?.message == "axis 2 is out of range for {0} of shape (2, 3)")
      #expect(error?.hint == "its axes are 0 to 1, or -1 to -2")
      #expect(failure(name, [x], .along(1, -1))?.message.contains("given twice") == true)
    }
    for name in ["softmax", "cumsum", "cumprod", "sort", "argsort", "concatenate"] {
      #expect(failure(name, [x], .axis(-3))?.kind == .shape)
      #expect(failure(name, [1], .axis(0))?.kind == .shape)
    }
    #expect(failure("argmax", [x], .along(0, 1))?.kind == .type)
  }

  @Test("parts that cannot be joined")
  func joining() {
    let a = Tensor.counting(2, 3)
    let error = failure("concatenate", [a, .counting(2, 4)], .axis(0))
    #expect(
      error?.message == "cannot concatenate {0} of shape (2, 3) and {1} of shape (2, 4) along axis"
        + " 0: axis 1 has 3 against 4 entries")
    #expect(failure("concatenate", [a, [1]], .axis(0))?.kind == .shape)
    #expect(failure("concatenate", [1, 2], .axis(0))?.kind == .shape)
    #expect(failure("stack", [a, .counting(3, 2)], .axis(0))?.kind == .shape)
    #expect(failure("stack", [], .axis(0))?.kind == .value)
    #expect(failure("stack", [a], .axis(3))?.kind == .shape)
  }

  @Test("counts and sizes that no tensor has")
  func sizes() {
    let x: Tensor = [1, 2, 3]
    #expect(failure("repeat", [x], .other(Repetition([-1], axis: nil)))?.kind == .value)
    #expect(failure("repeat", [x], .other(Repetition([1, 2], axis: 0)))?.kind == .value)
    #expect(failure("repeat", [x], .other(Repetition([Int.max], axis: nil)))?.kind == .value)
    #expect(failure("repeat", [x], .other(Repetition([1 << 50], axis: nil)))?.kind == .memory)
    #expect(failure("pad", [x], .other(Padding([(-1, 0)])))?.kind == .value)
    #expect(failure("pad", [x], .other(Padding([(Int.max, 1)])))?.kind == .value)
    #expect(failure("pad", [x], .other(Padding([(1, 1), (1, 1)])))?.kind == .value)
    #expect(failure("tile", [x], .shape(Shape([1 << 20, 1 << 20])))?.kind == .memory)
    #expect(failure("roll", [x], .other(Roll([Int.max, 1], axes: nil)))?.kind == .value)
    #expect(failure("diag", [x], .other(DiagonalOffset(Int.max)))?.kind == .memory)
    #expect(failure("diag", [.counting(2, 2, 2)])?.kind == .shape)
    #expect(failure("trace", [x])?.kind == .shape)
    #expect(failure("tril", [x])?.kind == .shape)
    // A column and a row of a million each are small, their sum is not.
    let column = Tensor(repeating: 1, shape: Shape(1 << 20, 1))
    let row = Tensor(repeating: 1, shape: Shape(1 << 20))
    #expect(failure("add", [column, row])?.kind == .memory)
    #expect(failure("outer", [row, row])?.kind == .memory)
    #expect(
      failure("matmul", [column, row.reshaped(Shape(1, 1 << 20))])?.message.hasPrefix(
        "a tensor of shape (1048576, 1048576) would take 8 TiB, more than the limit of ") == true)
  }

  @Test("parameters of another gate are an error, not a crash", arguments: GateTable.gates)
  func foreignParameters(_ gate: Gate) {
    struct Foreign: Sendable {}
    guard case .general(let row) = gate.kind, !gate.parameters.isEmpty else { return }
    let operands = gate.samples[0].shapes.map { Tensor(repeating: 1, shape: $0) }
    let error = #expect(throws: GateError.self) {
      try row.forward(operands, .other(Foreign()))
    }
    #expect(error?.kind == .type)
  }
}

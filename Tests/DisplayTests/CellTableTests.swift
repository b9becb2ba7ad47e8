import Autodiff
import JSON
import Testing

@testable import Display

extension CellTable.Row {
  init(_ name: String, _ computedAs: String, _ value: Double, _ gradient: Double? = nil) {
    self.init(
      name: name, computedAs: computedAs, value: Tensor(value),
      gradient: gradient.map { .value(Tensor($0)) } ?? .absent)
  }
}

@Suite("The table of a cell as text")
struct CellTableTests {
  @Test("The compound expression of the lecture")
  func compound() {
    let table = CellTable(rows: [
      .init("x", "leaf", -2, -4), .init("y", "leaf", 5, -4), .init("z", "leaf", -4, 3),
      .init("q", "x + y", 3, -4), .init("f", "q * z", -12, 1),
    ])
    #expect(
      table.text() == """
         name │ computed as │ shape │ value │ gradient
        ──────┼─────────────┼───────┼───────┼─────────
         x    │ leaf        │ ()    │    -2 │       -4
         y    │ leaf        │ ()    │     5 │       -4
         z    │ leaf        │ ()    │    -4 │        3
         q    │ x + y       │ ()    │     3 │       -4
         f    │ q * z       │ ()    │   -12 │        1
        """)
  }

  @Test("Without a gradient in any row the column is left out")
  func noGradients() {
    let table = CellTable(rows: [.init("x", "leaf", 3)], also: ["i", "N"])
    #expect(
      table.text() == """
         name │ computed as │ shape │ value
        ──────┼─────────────┼───────┼──────
         x    │ leaf        │ ()    │     3
        also: i, N
        """)
  }

  @Test("Matrices stand whole, decimals meet, and missing gradients are marked")
  func matrices() {
    let w = Tensor(shape: Shape(2, 2), values: [0.1, 0.5, -0.3, 0.8])
    let dw = Tensor(shape: Shape(2, 2), values: [0.088, 0.176, 0.104, 0.208])
    let x = Tensor(shape: Shape(2), values: [0.2, 0.4])
    let table = CellTable(rows: [
      .init(name: "W", computedAs: "param", value: w, gradient: .value(dw)),
      .init(name: "x", computedAs: "leaf", value: x, gradient: .data),
      .init("k", "leaf", 12), .init("f", "sum((W @ x) ** 2)", 0.116, 1),
    ])
    #expect(
      table.text() == """
         name │ computed as       │ shape  │         value │        gradient
        ──────┼───────────────────┼────────┼───────────────┼────────────────
         W    │ param             │ (2, 2) │ [[ 0.1  0.5]  │ [[0.088 0.176]
              │                   │        │  [-0.3  0.8]] │  [0.104 0.208]]
         x    │ leaf              │ (2,)   │     [0.2 0.4] │            data
         k    │ leaf              │ ()     │        12     │               —
         f    │ sum((W @ x) ** 2) │ ()     │         0.116 │               1
        """)
  }
}

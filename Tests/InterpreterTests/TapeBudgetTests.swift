import Foundation
import Interpreter
import Testing

@Suite("The tape keeps within its budget")
struct TapeBudgetTests {
  /// 80 kB an operation, so that a budget of 8 MiB holds about a hundred.
  private static let start = "x = linspace(-1, 1, 10000)\ny = x\n"

  @Test func `history past the budget is forgotten with one notice, and asking for it is an error`()
    async
  {
    let session = Cells(tapeMemory: 8 << 20)
    let ran = await session.run(
      Self.start + "for i in range(1000): y = tanh(y)\nbackward(sum(y))")
    #expect(ran.errorName == "GradientError")
    #expect(ran.output.stderr.components(separatedBy: "the oldest is forgotten").count == 2)
    let next = await session.run(
      "print(x.shape, y.shape)\nz = x * 2; backward(sum(z)); print(dx[0])")
    #expect(next.outcome.error == nil)
    #expect(next.output.stdout == "(10000,) (10000,)\n2\n")
  }

  @Test func `what fits the budget is kept`() async {
    let session = Cells(tapeMemory: 8 << 20)
    let ran = await session.run(Self.start + "for i in range(50): y = y + x\nbackward(sum(y))")
    #expect(ran.outcome.error == nil)
    #expect(ran.output.stderr.isEmpty)
    // Each of the 50 sums adds x once to the x that y began as.
    let gradient = await session.run("print(dx[0], dx[-1])")
    #expect(gradient.output.stdout == "51 51\n")
  }

  @Test func `a loop with data and gradients by hand goes on for ever`() async {
    let session = Cells(tapeMemory: 8 << 20)
    let ran = await session.run(
      """
      X = ones((100, 100)); W = zeros((100, 100))
      for step in range(2000):
          dH = X @ W - 1
          W += -0.00001 * (X.T @ dH)
      """)
    #expect(ran.outcome.error == nil)
    let trained = await session.run(
      """
      w = param(zeros((100, 100)))
      for step in range(2000):
          loss = sum((X @ w - 1)**2)
          backward(loss)
          w -= 0.00001 * w.grad
      print(w.grad.shape)
      """)
    #expect(trained.outcome.error == nil)
    #expect(trained.output.stdout == "(100, 100)\n")
  }
}

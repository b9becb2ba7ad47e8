import TestSupport
import Testing

@testable import Autodiff

@Suite("Matrix products")
struct MatmulTests {
  /// Stacks of matrices multiplied entry by entry.
  private func naive(_ a: Tensor, _ b: Tensor) -> Tensor {
    let left = a.shape.rank == 1 ? a.reshaped(Shape(1, a.shape[0])) : a
    let right = b.shape.rank == 1 ? b.reshaped(Shape(b.shape[0], 1)) : b
    let (n, m) = (left.shape[left.shape.rank - 2], left.shape[left.shape.rank - 1])
    let k = right.shape[right.shape.rank - 1]
    let stackA = Shape(left.shape.dimensions.dropLast(2))
    let stackB = Shape(right.shape.dimensions.dropLast(2))
    let stack = stackA.broadcast(with: stackB) ?? Shape()
    func starts(_ own: Shape) -> [Int] {
      Tensor(shape: own, values: (0..<own.count).map(Double.init)).broadcast(to: stack).values
        .map { Int($0) }
    }
    var entries: [Double] = []
    for (i, j) in zip(starts(stackA), starts(stackB)) {
      for row in 0..<n {
        for column in 0..<k {
          var sum = 0.0
          for inner in 0..<m {
            sum += left[i * n * m + row * m + inner] * right[j * m * k + inner * k + column]
          }
          entries.append(sum)
        }
      }
    }
    var dimensions = stack.dimensions
    if a.shape.rank > 1 { dimensions.append(n) }
    if b.shape.rank > 1 { dimensions.append(k) }
    return Tensor(shape: Shape(dimensions), values: entries)
  }

  @Test(
    "agree with sums of products",
    arguments: [
      (Shape(3), Shape(3)), (Shape(3), Shape(3, 2)), (Shape(2, 3), Shape(3)),
      (Shape(2, 3), Shape(3, 4)), (Shape(1, 1), Shape(1, 1)), (Shape(5, 1), Shape(1, 7)),
      (Shape(17, 31), Shape(31, 9)), (Shape(64, 64), Shape(64, 64)), (Shape(100, 3), Shape(3, 50)),
      (Shape(2, 3, 4), Shape(4, 5)), (Shape(4, 5), Shape(2, 5, 3)), (Shape(3), Shape(2, 3, 4)),
      (Shape(2, 3, 4), Shape(4)), (Shape(5, 1, 2, 3), Shape(4, 3, 2)), (Shape(0, 3), Shape(3, 2)),
      (Shape(2, 0), Shape(0, 3)), (Shape(0, 2, 3), Shape(3, 2)), (Shape(1, 300), Shape(300, 1)),
    ])
  func products(_ a: Shape, _ b: Shape) throws {
    var random = SplitMix(41)
    let (x, y) = (random.tensor(a), random.tensor(b))
    expectClose(try call("matmul", [x, y]), naive(x, y), 1e-13)
  }

  @Test(
    "that do not fit say what would",
    arguments: [
      (Shape(2, 3), Shape(2, 3), "{0} @ {1}.T would fit: (2, 3) @ (3, 2)"),
      (Shape(3, 2), Shape(3, 4), "{0}.T @ {1} would fit: (2, 3) @ (3, 4)"),
      (Shape(4, 2), Shape(3, 4), "{1} @ {0} would fit: (3, 4) @ (4, 2)"),
    ])
  func mismatch(_ a: Shape, _ b: Shape, _ hint: String) {
    let error = failure("matmul", [Tensor(repeating: 1, shape: a), Tensor(repeating: 1, shape: b)])
    #expect(error?.kind == .shape)
    #expect(error?.hint == hint)
  }

  @Test("of numbers are refused")
  func numbers() {
    #expect(
      failure("matmul", [2, [1, 2]])?.message == "@ multiplies matrices, and {0} is a number")
    #expect(
      failure("matmul", [[1, 2], 2])?.message == "@ multiplies matrices, and {1} is a number")
  }
}
